"""Figures about the desk's own work: how fast, how well, how dear - defined once, counted from rows, told with their formulas."""
