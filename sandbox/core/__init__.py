"""What there is and how it moves on: people and chats, the clock, updates and their delivery, faults and limits."""
