"""Timers: rows with a time, and one job that fires those that are due."""
