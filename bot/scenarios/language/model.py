"""The scenario language: the models of scenarios.yaml. check/ checks its meaning."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, GetJsonSchemaHandler, Tag, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError

from bot.yamlfiles.fitting import Authored, Many
from bot.yamlfiles.reading import nearest

VERBS = ("say", "choose", "ask", "photo", "article", "check", "branch", "call", "resolved", "ticket", "end")
# Targets of a goto besides the ids of the scenario's steps.
SOLVED, RETURN, HUMAN, END = "solved", "return", "human", "end"
RESERVED = (SOLVED, RETURN, HUMAN, END)
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Or:
    """Describes in the JSON Schema a short form that a validator accepts."""

    def __init__(self, **short: Any) -> None:
        self.short = short

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [self.short, handler(core)]}


def _worded(value: Any) -> Any:
    """A plain string is for every language: it is stored under the empty language."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise PydanticCustomError("E137", "{value}", {"value": str(value)})
    if value is None:
        raise PydanticCustomError("E136", "empty")
    if not isinstance(value, str | dict):
        raise PydanticCustomError("E121", "text")
    return {"": value} if isinstance(value, str) else value


def _span(value: Any) -> Any:
    """A span of wall time: 30m, 1h, 14d."""
    text = str(value)
    if not (text[:-1].isascii() and text[:-1].isdigit() and text[-1:] in UNITS and len(text) < 7):
        raise PydanticCustomError("E142", "{value}", {"value": text})
    return int(text[:-1]) * UNITS[text[-1]]


Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
ScenarioId = Annotated[str, Field(pattern=r"^_?[a-z][a-z0-9_]{0,30}$")]
Value = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
LanguageCode = Annotated[str, Field(pattern=r"^([a-z]{2})?$")]
Text = Annotated[
    dict[LanguageCode, Annotated[str, Field(min_length=1)]],
    BeforeValidator(_worded),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {
                    "type": "object",
                    "additionalProperties": {"type": "string", "minLength": 1},
                    "minProperties": 1,
                },
            ],
            "description": "Text for people: one string, or one per language: {ru: ..., en: ...}.",
        }
    ),
]
Span = Annotated[
    int,
    BeforeValidator(_span),
    WithJsonSchema(
        {"type": "string", "pattern": "^[0-9]{1,5}[smhd]$", "description": "Wall time: 30m, 1h, 14d."}
    ),
]
Template = Annotated[str, Field(min_length=1, max_length=4096)]


class Step(Authored):
    """What every step may have."""

    id: Name | None = Field(None, description="A name other steps can go to.")
    next: Name | None = Field(None, description="Where to go afterwards; without it, to the step below.")
    max_visits: int | None = Field(None, ge=1, le=50, description="How often one run may meet this step.")


class SayStep(Step):
    """Show a text and go on at once."""

    say: Text
    media: str | None = Field(
        None, description="A picture or file beside the articles, for example media/panel.jpg."
    )


class Option(Authored):
    """One button."""

    label: Text
    value: Value | None = Field(None, description="What is stored: short, and never changed once in use.")
    goto: Name | None = None
    set: dict[Name, Template] = Field(default_factory=dict, description="Other answers this button gives.")


class ChooseStep(Step):
    """A question with buttons."""

    choose: Text
    options: Many[Option] = Field(min_length=1, max_length=10)
    save: Name | None = None
    columns: int = Field(1, ge=1, le=3)
    media: str | None = None


class AskStep(Step):
    """A question answered by typing; `ask: profile.floor` asks the profile's question and stores the answer there."""

    ask: Text
    save: Name | None = None
    type: Literal["text", "int", "text_or_photo"] = "text"
    min: int | None = Field(None, description="Least number, or fewest characters.")
    max: int | None = Field(None, description="Greatest number, or most characters.")
    pattern: str | None = Field(
        None, min_length=1, max_length=200, description="What the whole answer looks like."
    )
    invalid: Text | None = Field(None, description="What to say when the answer does not fit.")
    optional: bool = Field(False, description="Adds a Skip button.")
    once: bool = Field(False, description="With profile fields: do not ask what is already known.")
    heard: Literal["floor", "room", "device"] | None = Field(
        None, description="Do not ask what the person's first words have said already."
    )
    media: str | None = None


class PhotoStep(Step):
    """Ask for a picture."""

    photo: Text
    save: Name | None = None
    optional: bool = False
    media: str | None = None


class ArticleStep(Step):
    """Show an article of the knowledge base and go on at once."""

    article: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")


class CheckStep(Step):
    """Run a check function and go on by its outcome."""

    check: Name
    with_: dict[Name, Template] = Field(default_factory=dict, alias="with")
    save: Name | None = None
    timeout: Span = Field(5, description="Wall time the function may take, 5s unless told.")
    on_ok: Name | None = None
    on_fail: Name | None = None
    on_error: Name | None = None


class BranchArm(Authored):
    """One condition of a branch."""

    when: Template
    goto: Name


class BranchStep(Step):
    """Go where the first true condition says, else to the step below."""

    branch: Many[BranchArm] = Field(min_length=1, max_length=20)


class CallStep(Step):
    """Play another scenario (its name begins with _) and return with its answers."""

    call: ScenarioId


class Labels(Authored):
    """The two buttons of `resolved`."""

    yes: Text | None = None
    no: Text | None = None


class ResolvedStep(Step):
    """Ask whether it helped. By default yes ends the scenario as solved; no goes below."""

    resolved: Text
    yes: Name | None = None
    no: Name | None = None
    labels: Labels = Field(default_factory=Labels)
    tried: Text | None = Field(None, description="What was tried, in two words, for the engineer's card.")


class TicketSpec(Authored):
    """The ticket's content. Engineers read it, so it is in defaults.language."""

    category: Template
    team: Template
    type: Template = "incident"
    impact: Template = "one"
    urgency: Template = "degraded"
    summary: Text
    body: Text = Field(default_factory=lambda: {"": "{{ transcript }}"})
    mass_incident_hint: bool = Field(False, description="Offers the engineers to open a major incident.")


class TicketStep(Step):
    """Open a ticket. The scenario ends here, unless `next` says where it goes on."""

    ticket: TicketSpec
    next: Name | None = Field(
        None, description="Where the scenario goes on: what is said there is added to the ticket."
    )


class EndStep(Step):
    """Show a last text. The scenario ends here without a ticket."""

    end: Text


MODELS: dict[str, type[Step]] = {
    "say": SayStep,
    "choose": ChooseStep,
    "ask": AskStep,
    "photo": PhotoStep,
    "article": ArticleStep,
    "check": CheckStep,
    "branch": BranchStep,
    "call": CallStep,
    "resolved": ResolvedStep,
    "ticket": TicketStep,
    "end": EndStep,
}


def _verb(step: Any) -> str | None:
    if isinstance(step, dict):
        return next((f"<{verb}>" for verb in VERBS if verb in step), None)
    return f"<{next((verb for verb in VERBS if hasattr(step, verb)), 'say')}>"


def _one_verb(step: Any) -> Any:
    """Exactly one verb says what kind of step it is."""
    if not isinstance(step, dict):
        return step
    verbs = [key for key in step if key in VERBS]
    if len(verbs) > 1:
        raise PydanticCustomError("E141", "{verbs}", {"verbs": verbs, "at": verbs[1]})
    if not verbs:
        known = {name for model in MODELS.values() for name in model.model_fields} - set(VERBS)
        for key in step:
            if key not in known and (meant := nearest(key, VERBS)):
                raise PydanticCustomError("E104", "{key}", {"key": key, "at": key, "hint": meant})
        raise PydanticCustomError("E140", "{verbs}", {"verbs": list(VERBS)})
    return step


AnyStep = Annotated[
    Annotated[
        Annotated[SayStep, Tag("<say>")]
        | Annotated[ChooseStep, Tag("<choose>")]
        | Annotated[AskStep, Tag("<ask>")]
        | Annotated[PhotoStep, Tag("<photo>")]
        | Annotated[ArticleStep, Tag("<article>")]
        | Annotated[CheckStep, Tag("<check>")]
        | Annotated[BranchStep, Tag("<branch>")]
        | Annotated[CallStep, Tag("<call>")]
        | Annotated[ResolvedStep, Tag("<resolved>")]
        | Annotated[TicketStep, Tag("<ticket>")]
        | Annotated[EndStep, Tag("<end>")],
        Discriminator(_verb),
    ],
    BeforeValidator(_one_verb),
]


def _listed(values: Any) -> Any:
    """[msk, spb] is short for {msk: msk, spb: spb}."""
    plain = isinstance(values, list) and all(isinstance(value, str) for value in values)
    return {value: value for value in values} if plain else values


class ProfileField(Authored):
    """A value the bot remembers about a person between scenarios."""

    type: Literal["text", "int", "enum"]
    min: int | None = None
    max: int | None = None
    values: Annotated[
        dict[Value, Text], BeforeValidator(_listed), Or(type="array", items={"type": "string"})
    ] = Field(default_factory=dict, max_length=10)
    pattern: str | None = Field(None, min_length=1, max_length=200)
    ask: Text | None = None
    invalid: Text | None = None
    label: Text | None = Field(
        None, description="Its name on cards; with one, the person sees, confirms and changes it in /profile."
    )


class HumanTicket(Authored):
    """The ticket that "call a human" opens, from any step."""

    team: str
    type: str = "incident"
    impact: str = "one"
    urgency: str = "degraded"


class Defaults(Authored):
    """Defaults for all scenarios."""

    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "ru"
    resume_within: Span = 14 * 86400
    remind_after: Span = 3600
    max_visits: int = Field(3, ge=1, le=50)
    confirm_after: Span = Field(180 * 86400, description="How old a profile may grow before we ask again.")
    human: HumanTicket | None = None


class ScenarioSpec(Authored):
    """One scenario. A name that begins with _ is a part called by others, not shown in the menu."""

    title: Text
    category: str | None = None
    phrases: Many[Annotated[str, Field(min_length=2, max_length=200)]] = Field((), max_length=400)
    banner: str | None = Field(None, description="A category: its open major incident is shown first.")
    returns: Many[Name] = ()
    may_return: Many[Name] = Field((), description="Answers a part returns only on some of its paths.")
    retire: bool = Field(False, description="No longer offered; people in the middle are handed to a human.")
    resume_within: Span | None = None
    remind_after: Span | None = None
    max_visits: int | None = Field(None, ge=1, le=50)
    human: HumanTicket | None = None
    steps: Many[AnyStep] = Field(min_length=1, max_length=500)
