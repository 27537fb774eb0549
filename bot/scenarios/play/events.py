"""The engine's data: events in, views and effects out, the state between."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Json = Any  # what json.dumps takes
Awaits = Literal["press", "text", "photo", "check", "nothing"]

# ── events: what a person (or a check) did ──────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Press:
    """A button of the step was pressed."""

    value: str


@dataclass(frozen=True, slots=True)
class Typed:
    """Words were typed; `means` is "yes" or "no" when they surely are one, in whatever words."""

    text: str
    means: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file was sent: kind is photo, document, voice, video, audio, sticker ... as in Telegram."""

    kind: str
    file_id: str
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Back:
    """One step back."""


@dataclass(frozen=True, slots=True)
class Restart:
    """The run starts over."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """No longer wanted."""


@dataclass(frozen=True, slots=True)
class Human:
    """A human is called."""


@dataclass(frozen=True, slots=True)
class Skip:
    """An optional step is skipped."""


@dataclass(frozen=True, slots=True)
class Rewind:
    """Back to the step that was shown as number `seq`."""

    seq: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A check function has returned."""

    outcome: Literal["ok", "fail", "error"]
    text: str = ""


Event = Press | Typed | Sent | Back | Restart | Cancel | Human | Skip | Rewind | Checked

# ── effects: what the doors and verbs do next ───────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Open a ticket. Texts are in the desk's language, except for `..._own`; `why`: authored, human called, a loop."""

    scenario: str
    category: str
    team: str
    type: str
    impact: str
    urgency: str
    summary: str
    summary_own: str  # in the person's language, for their own card
    body: str
    transcript: tuple[tuple[str, str], ...]  # (question, answer), plain text
    files: tuple[tuple[str, str], ...]  # (kind, Telegram's file id)
    words: str | None  # the person's own first words
    answers: Mapping[str, Json]
    tried: tuple[str, ...]  # what was tried without success
    tried_own: tuple[str, ...]  # in the person's language
    mass_hint: bool = False
    why: Literal["ticket", "human", "loop"] = "ticket"


@dataclass(frozen=True, slots=True)
class RunCheck:
    """Run a registered check outside any transaction and feed `Checked` back with the turn's seq."""

    name: str
    args: Mapping[str, Json]
    timeout: int  # seconds of wall time


@dataclass(frozen=True, slots=True)
class Remember:
    """Store a profile field."""

    field: str
    value: Json


@dataclass(frozen=True, slots=True)
class Offer:
    """The words match these other scenarios; offer to switch."""

    scenarios: tuple[str, ...]


Effect = OpenTicket | RunCheck | Remember | Offer

# ── what is seen ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Player:
    """The person, as far as a scenario may know."""

    staff_id: str
    name: str
    office: str = ""
    department: str = ""
    language: str = "ru"
    profile: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """What the person sees now, in their language. `parts` are Telegram HTML; everything else is plain text."""

    title: str
    step: str  # scenario/step, for logs and tests
    step_no: int
    parts: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()  # (value, label)
    columns: int = 1
    skippable: bool = False
    can_go_back: bool = False
    hint: str | None = None
    awaits: Awaits = "nothing"
    article: str | None = None
    banner: str | None = None  # show this category's open major incident first


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the stored value and its text, per language."""

    value: Json
    label: Mapping[str, str]

    def shown(self, language: str) -> str:
        """Its text in this language, or in any other."""
        return self.label.get(language) or self.label.get("") or next(iter(self.label.values()), "")


# ── the current step ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Frame:
    """One active scenario; the frames below it called it."""

    scenario: str
    step: str
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A place to enter from; entering again shows the same step. `kept` counts asked, files, tried so far."""

    frames: tuple[Frame, ...]
    profile: Mapping[str, Json]
    visits: Mapping[str, int] = field(default_factory=dict)
    kept: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class RunState:
    """One run between two events. Serialisable; contains the version of its scenario."""

    scenario: str
    version: str
    language: str
    place: Checkpoint
    seq: int = 1
    words: str | None = None
    asked: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    tried: tuple[tuple[str, str], ...] = ()  # in the desk's language and in the person's
    history: tuple[tuple[int, Checkpoint], ...] = ()  # (seq it was shown as, where it was entered)
    done: str | None = None
    heard: Mapping[str, Json] = field(default_factory=dict)  # named in the first words: floor, room, device
    ticketed: bool = False  # a ticket was opened during the run: later messages belong to it

    @property
    def answers(self) -> dict[str, Json]:
        """The values given so far in the current scenario."""
        return {name: answer.value for name, answer in self.place.frames[-1].answers.items()}

    @property
    def seqs(self) -> tuple[int, ...]:
        """The earlier steps one can rewind to."""
        return tuple(seq for seq, _ in self.history)

    def to_json(self) -> str:
        return compact(self)

    @staticmethod
    def from_json(text: str) -> "RunState":
        raw = json.loads(text)
        raw["place"] = _place(raw["place"])
        raw["history"] = tuple((seq, _place(place)) for seq, place in raw["history"])
        for name in ("asked", "files", "tried"):
            raw[name] = tuple((first, second) for first, second in raw[name])
        return RunState(**raw)


def compact(value: Any) -> str:
    """Frozen dataclasses as JSON, field by field: this runs at every tap."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_fields)


def _fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in value.__slots__}


def _place(raw: dict[str, Any]) -> Checkpoint:
    frames = tuple(
        Frame(
            item["scenario"],
            item["step"],
            {name: Answer(answer["value"], answer["label"]) for name, answer in item["answers"].items()},
        )
        for item in raw["frames"]
    )
    asked, files, tried = raw["kept"]
    return Checkpoint(frames, raw["profile"], raw["visits"], (asked, files, tried))


@dataclass(frozen=True, slots=True)
class Transition:
    """The engine's result for one event; `moved` is False when the person stays at the step."""

    state: RunState
    view: View
    effects: tuple[Effect, ...] = ()
    moved: bool = True
    trail: tuple[tuple[str, str, str], ...] = ()  # (scenario, step, edge) taken in this turn, for coverage

    def with_view(self, **changes: Any) -> "Transition":
        """The same turn with changes of its view."""
        return replace(self, view=replace(self.view, **changes))
