"""Moves a SQLite database into an empty PostgreSQL one: `firstline move`."""
