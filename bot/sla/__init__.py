"""Business time: calendars, policies and clocks, pure arithmetic without a clock or a database."""
