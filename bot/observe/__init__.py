"""Metrics, health, and logs without secrets."""
