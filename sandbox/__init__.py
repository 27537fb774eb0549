"""A strict local Bot API server, the people who use it, and the page that shows their chats."""
