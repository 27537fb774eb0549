"""Boards come by themselves: one in the supervisors' chat and one in each team's, once for each group that is bound."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.keys import EVERY_TEAM, SUPERVISORS, BoardRef, TeamChat
from bot.storage import kv
from bot.storage.unit import Unit
from bot.teamdesk.board import refreshing
from bot.telegram import chats, outbox, posts


def about(chat: str) -> str | None:
    """What the board of this chat shows; None for a chat that has none."""
    if chat == SUPERVISORS:
        return BoardRef(EVERY_TEAM)
    return BoardRef(TeamChat.read(chat).name) if TeamChat.names(chat) else None


def place(unit: Unit[object], chat: str) -> bool:
    """Show the board of this chat there, pinned, as its newest message. False for a chat that has none."""
    return _place(unit, chat, anew="asked")


def place_missing(unit: Unit[object]) -> None:
    """For groups that were bound when there were no boards, or beside the bot. Where one was, no second one comes."""
    for chat, number in chats.groups(unit.tx):
        if kv.get(unit.tx, _placed(chat)) != str(number):
            _place(unit, chat, anew=None)


def mark(tx: Connection, chat: str, number: int) -> None:
    """The group has had its board."""
    kv.put(tx, _placed(chat), str(number))


def _place(unit: Unit[object], chat: str, *, anew: str | None) -> bool:
    shown, place = about(chat), chats.find(unit.tx, chat)
    if shown is None or place is None:
        return False
    outbox.show(unit, chat, posts.BOARD, shown, anew=anew)
    refreshing.keep(unit, chat, shown)
    mark(unit.tx, chat, place.chat_id)
    return True


def _placed(chat: str) -> str:
    return f"placed board of {chat}"
