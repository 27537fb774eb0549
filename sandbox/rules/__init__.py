"""What Telegram allows and its effects: rights, topics, replies, text and keyboards, messages."""
