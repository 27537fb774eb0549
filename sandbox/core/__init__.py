"""State and its changes: people and chats, the clock, updates and their delivery, faults and limits."""
