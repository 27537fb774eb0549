"""Everything that talks with Telegram: what came in, what goes out, and the limits of both."""
