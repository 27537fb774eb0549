"""`/sim`: act as a person, look at what happened, bend the world; JSON in and out."""
