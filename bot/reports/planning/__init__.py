"""The price of speed: how many engineers keep a promise, by simulation of the desk's own history."""
