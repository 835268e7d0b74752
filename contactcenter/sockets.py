"""Placeholder, written next."""

sockets = None
