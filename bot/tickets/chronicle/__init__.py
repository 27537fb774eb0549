"""Lives of tickets read in bulk, for figures over a year."""
