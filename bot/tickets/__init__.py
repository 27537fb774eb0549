"""Tickets: what an employee asked for, who works on it, what was said, and what everybody sees of it."""
