"""For the employee, before and beside a ticket: intake, offers, scenario steps, profile, articles."""
