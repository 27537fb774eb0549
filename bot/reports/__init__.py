"""Figures about the desk's work: speed, quality and cost, counted from rows."""
