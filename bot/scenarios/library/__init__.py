"""Scenarios in use: runs, versions, reloads, graphs."""
