"""Scenarios in use: runs, versions, reloads, statistics, graphs."""
