"""The board of the desk and of each team, and the desk of one engineer: live messages that are edited in place."""
