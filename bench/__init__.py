"""Measures, as ratios to a stated baseline in the same run. `make bench`; how to read it: docs/performance.md."""
