"""The clocks of a ticket: operations on them, their rows, the revised ETA, time spent by team."""
