"""Checks of desk.yaml beyond its form: what is unkept, unheard, unnamed or misspelt."""
