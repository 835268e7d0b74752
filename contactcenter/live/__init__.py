"""Live cards: what is on them, who may have them, and how they reach open pages."""
