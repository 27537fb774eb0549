"""Notices mass incidents while they begin: what is counted, what is usual, when it is too many."""
