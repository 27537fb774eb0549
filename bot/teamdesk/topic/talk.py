"""The talk with the employee on the team's card: its last lines, and behind them what was said in another team's chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.config.config import Work
from bot.people import directory
from bot.texts.speak import Voice, shortened
from bot.tickets import transcript
from bot.tickets.ticket import OPEN, Ticket
from bot.tickets.transcript import CannedWord, Relay

LAST = 3  # lines on the card
WORDS = 120  # characters of each
SCREEN = 4  # messages of the talk with which a topic no longer fits a screen


@dataclass(frozen=True, slots=True)
class TalkLine:
    """Who wrote, and their words; `ours`: an engineer to the employee."""

    who: str
    words: str
    ours: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """The last lines, oldest first, and the earlier ones that this chat has no copies of; `is_long`: the card above is out of
    sight."""

    last: Sequence[TalkLine] = ()
    earlier: Sequence[TalkLine] = ()
    is_long: bool = False


def of(work: Work, ticket: Ticket, chat: str, voice: Voice) -> Talk:
    """What was said; words that are the ticket's title already are left out."""
    if ticket.state not in OPEN:
        return Talk()
    said = transcript.conversation(work.tx, ticket.id)
    known = {" ".join(ticket.summary.split()), " ".join(ticket.words.split()) if ticket.run else ""}
    fresh = [one for one in said if not (_is_text(one) and " ".join(one.content.split()) in known)]
    came = any(_was_elsewhere(one, chat) for one in fresh) and transcript.fits_a_card(said)
    last = [_line(work, one, voice, WORDS) for one in fresh[-LAST:]]
    earlier = [_line(work, one, voice, transcript.KEPT) for one in fresh[:-LAST]] if came else []
    return Talk(last, earlier, is_long=len(said) >= SCREEN)


def _was_elsewhere(one: Relay | CannedWord, chat: str) -> bool:
    return isinstance(one, Relay) and chat not in (one.from_chat, one.to_chat)


def _is_text(one: Relay | CannedWord) -> bool:
    return isinstance(one, CannedWord) or one.kind == "text"


def _line(work: Work, one: Relay | CannedWord, voice: Voice, most: int) -> TalkLine:
    words = one.content if _is_text(one) else f"{voice.say('talk.attached')} {one.content}"
    ours = isinstance(one, CannedWord) or one.toward == "employee"
    return TalkLine(directory.get(work.tx, one.author).first_name, shortened(words, most), ours)
