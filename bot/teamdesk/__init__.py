"""The chats of teams and supervisors: cards, menus, commands, groups."""
