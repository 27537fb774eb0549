"""What Telegram lets a call do and what follows: rights, topics, replies, text and keyboards, messages in the world."""
