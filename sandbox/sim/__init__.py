"""`/sim`: act as a person, observe, change clock and faults; JSON in and out."""
