"""Alerts when a deadline is at risk or missed: levels that fire, their recipients, their texts."""
