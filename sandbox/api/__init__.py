"""The Bot API's methods, one file per theme, and how a call is executed."""
