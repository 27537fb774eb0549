"""Keys by which rows name chats and objects: "person:7", "team:network", "ticket:17". They are stored: their text
never changes.

A key is its text, with a type that builds and parses it; no other code does.
"""

from __future__ import annotations

from typing import ClassVar, Self

SUPERVISORS = "supervisors"
ADMINS = "bot-admins"  # not "admins": desks may have a team of that name
EVERY_TEAM = "all"  # what the supervisors' board is about


class _Key(str):
    __slots__ = ()
    KIND: ClassVar[str]

    @classmethod
    def read(cls, text: str) -> Self:
        """Parse a key of this type. Raises ValueError for another kind."""
        if not cls.names(text):
            raise ValueError(f"{text!r} is no {cls.__name__}")
        return str.__new__(cls, text)

    @classmethod
    def among(cls, text: str) -> Self | None:
        """Parse a key of this type; None for another kind."""
        return cls.read(text) if cls.names(text) else None

    @classmethod
    def names(cls, text: str | None) -> bool:
        """Whether this text is a key of this type."""
        return text is not None and text.startswith(f"{cls.KIND}:")

    @property
    def _rest(self) -> str:
        return self[len(self.KIND) + 1 :]


class _Numbered(_Key):
    __slots__ = ()

    def __new__(cls, number: int) -> Self:
        return super().__new__(cls, f"{cls.KIND}:{number}")

    def __getnewargs__(self) -> tuple[int]:  # type: ignore[override]  # a copy is made of what __new__ takes
        return (self.number,)

    @property
    def number(self) -> int:
        return int(self._rest)


class _Named(_Key):
    __slots__ = ()

    def __new__(cls, name: str) -> Self:
        return super().__new__(cls, f"{cls.KIND}:{name}")

    def __getnewargs__(self) -> tuple[str]:
        return (self.name,)

    @property
    def name(self) -> str:
        return self._rest


class PersonChat(_Numbered):
    """The private chat with a person of the directory; also their name in the history."""

    __slots__ = ()
    KIND = "person"


class RawChat(_Numbered):
    """A chat known only by Telegram's id: a stranger's, or a group that is not bound."""

    __slots__ = ()
    KIND = "id"


class TeamChat(_Named):
    __slots__ = ()
    KIND = "team"


class ChatRef(_Named):
    """A chat as the reference of a timer; its name is the chat's key."""

    __slots__ = ()
    KIND = "chat"


class EngineerRole(_Named):
    __slots__ = ()
    KIND = "engineer"


class LeadRole(_Named):
    __slots__ = ()
    KIND = "lead"


class TicketRef(_Numbered):
    __slots__ = ()
    KIND = "ticket"


class TopicRef(_Numbered):
    """The topic of a ticket while it is being created."""

    __slots__ = ()
    KIND = "topic"


class DraftRef(_Numbered):
    __slots__ = ()
    KIND = "draft"


class ClockRef(_Numbered):
    __slots__ = ()
    KIND = "clock"


class AlertRef(_Numbered):
    __slots__ = ()
    KIND = "alert"


class BurstRef(_Numbered):
    """Alerts collected into one message; the number is when it began, UTC seconds."""

    __slots__ = ()
    KIND = "burst"


class RelayRef(_Numbered):
    __slots__ = ()
    KIND = "relay"


class SecretRef(_Key):
    """A message of a private chat whose secret was hidden, by its writer and its number: "secret:7:71"."""

    __slots__ = ()
    KIND = "secret"

    @classmethod
    def of(cls, person: int, message: int) -> SecretRef:
        return cls.read(f"{cls.KIND}:{person}:{message}")

    @property
    def person(self) -> int:
        return int(self._rest.split(":")[0])

    @property
    def message(self) -> int:
        return int(self._rest.split(":")[1])


class EditRef(_Numbered):
    """The correction of a relayed message."""

    __slots__ = ()
    KIND = "edit"


class RecallRef(_Numbered):
    """A relayed message that is being recalled."""

    __slots__ = ()
    KIND = "recall"


class PromptRef(_Numbered):
    """A question about a ticket that waits for a reply."""

    __slots__ = ()
    KIND = "prompt"


class QuestionRef(_Numbered):
    """The question for the text of an outage."""

    __slots__ = ()
    KIND = "question"


class WordsRef(_Numbered):
    """A person's message before a scenario was chosen."""

    __slots__ = ()
    KIND = "words"


class CallRef(_Numbered):
    """The sentence that a called human is to know: the words that called."""

    __slots__ = ()
    KIND = "call"


class CancelRef(_Numbered):
    """The question whether this ticket is really to be cancelled."""

    __slots__ = ()
    KIND = "cancel"


class BackRef(_Numbered):
    """Words are answered with the question whether this closed ticket has come back."""

    __slots__ = ()
    KIND = "again"


class LessonRef(_Numbered):
    __slots__ = ()
    KIND = "lesson"


class RunRef(_Numbered):
    __slots__ = ()
    KIND = "run"


class SearchRef(_Numbered):
    __slots__ = ()
    KIND = "search"


class ReadingRef(_Numbered):
    __slots__ = ()
    KIND = "reading"


class OutageRef(_Numbered):
    __slots__ = ()
    KIND = "outage"


class ProblemRef(_Numbered):
    __slots__ = ()
    KIND = "problem"


class FindingRef(_Numbered):
    __slots__ = ()
    KIND = "finding"


class CandidateRef(_Numbered):
    __slots__ = ()
    KIND = "candidate"


class InviteRef(_Numbered):
    __slots__ = ()
    KIND = "invite"


class NoticeRef(_Numbered):
    """The notice about personal data; the number is its version."""

    __slots__ = ()
    KIND = "notice"


class AuditRef(_Numbered):
    """An hour of the audit trail; the number is when it begins, UTC seconds."""

    __slots__ = ()
    KIND = "audit"


class StaffRef(_Named):
    __slots__ = ()
    KIND = "staff"


class CardRef(_Named):
    """A card in a chat: "card:person:7|ticket_card|ticket:17"."""

    __slots__ = ()
    KIND = "card"

    @classmethod
    def of(cls, chat: str, card: str, about: str) -> Self:
        return cls(f"{chat}|{card}|{about}")

    @property
    def parts(self) -> tuple[str, str, str]:
        """Chat, card, about."""
        chat, card, about = self._rest.split("|", 2)
        return chat, card, about


class CalendarRef(_Named):
    __slots__ = ()
    KIND = "calendar"


class QueueRef(_Named):
    __slots__ = ()
    KIND = "queue"


class BoardRef(_Named):
    """The board of a team, or of EVERY_TEAM."""

    __slots__ = ()
    KIND = "board"


class VersionRef(_Named):
    __slots__ = ()
    KIND = "version"


class InformRef(_Numbered):
    """The approver who gets the answer to their question."""

    __slots__ = ()
    KIND = "inform"


class QualityRef(_Numbered):
    """The figures of the last days; the number is how many days."""

    __slots__ = ()
    KIND = "quality"


class FiguresRef(_Named):
    """A picture of a scenario: "figures:printer:9f3a", the scenario and the picture's name."""

    __slots__ = ()
    KIND = "figures"

    @property
    def scenario(self) -> str:
        return self._rest.partition(":")[0]

    @property
    def picture(self) -> str:
        return self._rest.partition(":")[2]


class ReportRef(_Named):
    """A picture or a sheet of figures; the name is its file's."""

    __slots__ = ()
    KIND = "report"


class BannerRef(_Named):
    """An outage shown before a scenario begins: "outage:3:printer:71", with the number of the message that chose it,
    or 0."""

    __slots__ = ()
    KIND = "outage"

    @classmethod
    def of(cls, outage: int, scenario: str, words: int) -> Self:
        return cls(f"{outage}:{scenario}:{words}")

    @property
    def outage(self) -> int:
        return int(self._rest.split(":")[0])

    @property
    def scenario(self) -> str:
        return self._rest.split(":")[1]

    @property
    def words(self) -> int:
        return int(self._rest.split(":")[2])


class AlbumRef(_Named):
    """An album copied to the other side: "album:7:123:17", its place, Telegram's id of it, the ticket."""

    __slots__ = ()
    KIND = "album"

    @classmethod
    def of(cls, place: int, album: str, ticket: int) -> Self:
        return cls(f"{place}:{album}:{ticket}")

    @property
    def place(self) -> int:
        return int(self._rest.split(":")[0])

    @property
    def ticket(self) -> int:
        return int(self._rest.split(":")[2])
