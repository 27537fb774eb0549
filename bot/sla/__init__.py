"""Business time: calendars, policies and clocks, pure arithmetic without the time of day or a database."""
