"""Communication with Telegram: intake, delivery, and the limits of both."""
