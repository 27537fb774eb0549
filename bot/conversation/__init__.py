"""The relay between an employee and the team: messages copied, edited and recalled."""
