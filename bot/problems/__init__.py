"""Outages: declared by a supervisor, with the affected people and their messages."""
