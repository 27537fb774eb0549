"""The authors' tests: what is pressed, what must be seen, how it ends."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag
from pydantic_core import PydanticCustomError

from bot.scenarios.language.model import Name, Or, ScenarioId, Span
from bot.yamlfiles.fitting import Authored, Many
from bot.yamlfiles.reading import nearest

DOES = ("back", "restart", "cancel", "human", "skip")
MOVES = ("press", "type", "send", "wait", "expect", "do")
ENDS = ("solved", "ticket", "human", "cancelled", "end", "expired")


Shipped = Annotated[
    bool,
    Field(
        description="It came with Firstline: where the company has changed the scenario, a failure only warns."
    ),
]


def _step_name(value: Any) -> Any:
    """`expect: panel` is short for `expect: {step: panel}`."""
    return {"step": value} if isinstance(value, str) else value


def _move(value: Any) -> Any:
    """One move at a time; `back` alone is short for {do: back}."""
    if isinstance(value, str):
        if value in DOES:
            return {"do": value}
        raise PydanticCustomError("E143", "{value}", {"value": value, "hint": nearest(value, DOES)})
    if isinstance(value, dict):
        named = [key for key in value if key in MOVES]
        if len(named) != 1 and all(key in MOVES for key in value):
            raise PydanticCustomError("E144", "{moves}", {"moves": list(MOVES)})
    return value


def _end(value: Any) -> Any:
    """`ends: solved` is short for {reason: solved}; `ends: {ticket: {...}}` checks the ticket."""
    return {"reason": value} if isinstance(value, str) else value


class Expect(Authored):
    """What is seen now. Texts need only contain what is written here."""

    step: str | None = None
    article: str | None = None
    text: str | None = None
    hint: str | None = None
    banner: str | None = None
    options: Many[str] | None = None
    reminder: bool | None = None
    offer: str | None = None


class Move(Authored):
    """One thing the person does, or one look at what they see."""

    press: str | None = None
    type: str | None = None
    send: dict[Literal["photo", "document", "voice", "video", "audio", "sticker"], str] | None = Field(
        None, min_length=1, max_length=1
    )
    wait: Span | None = None
    expect: Annotated[Expect, BeforeValidator(_step_name), Or(type="string")] | None = None
    do: Literal["back", "restart", "cancel", "human", "skip"] | None = None


class Ends(Authored):
    """How it ended, and the ticket's fields: for a name with ~ at its end, containing the text is enough."""

    reason: Literal["solved", "ticket", "human", "cancelled", "end", "expired"] | None = None
    ticket: dict[str, str | bool] | None = None


class CheckAnswer(Authored):
    """The result of a check function in this test."""

    outcome: Literal["ok", "fail", "error"] = "ok"
    text: str = ""


def _outcome(value: Any) -> Any:
    return {"outcome": value} if isinstance(value, str) else value


class Case(Authored):
    """One test of one scenario."""

    name: str
    scenario: ScenarioId
    shipped: Shipped = False
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = None
    says: str | None = Field(None, description="The person's first words.")
    heard: dict[Literal["floor", "room", "device"], int | str] = Field(
        default_factory=dict, description="What those words name."
    )
    profile: dict[Name, str | int] = Field(default_factory=dict)
    checks: dict[
        Name, Annotated[CheckAnswer, BeforeValidator(_outcome), Or(enum=["ok", "fail", "error"])]
    ] = Field(default_factory=dict)
    steps: Many[
        Annotated[
            Move,
            BeforeValidator(_move),
            Or(enum=list(DOES)),
        ]
    ] = ()
    ends: Annotated[Ends, BeforeValidator(_end), Or(enum=list(ENDS))] | None = None


class RouteCase(Authored):
    """Words, and the scenario they must lead to (null: to none)."""

    route: str
    to: ScenarioId | None
    shipped: Shipped = False


def _kind(value: Any) -> str:
    named = value if isinstance(value, dict) else vars(value)
    return "<route>" if "route" in named else "<case>"


AnyCase = Annotated[
    Annotated[Case, Tag("<case>")] | Annotated[RouteCase, Tag("<route>")],
    Discriminator(_kind),
]
