"""Buttons of version 0.1 with positions in a list. Parsed until 0.3: the presser is shown the present list."""

from __future__ import annotations

from bot.telegram.buttons import Button, OfTicket


class FormerTeam(OfTicket, sign="t|to"):
    place: int


class FormerPriority(OfTicket, sign="t|prio"):
    place: int


class FormerReply(OfTicket, sign="t|canned"):
    place: int


class FormerCause(OfTicket, sign="t|cause"):
    place: int


class FormerScenario(Button, sign="m|go"):
    place: int


class FormerScenarioForWords(Button, sign="m|go"):
    place: int
    utterance: int


class FormerTopic(Button, sign="k|topic"):
    search: int
    place: int


class FormerField(Button, sign="p|change"):
    place: int


class FormerValue(Button, sign="p|value"):
    place: int
    number: int


class FormerLesson(Button, sign="l|add"):
    lesson: int
    place: int


class FormerMeToo(Button, sign="o|mine"):
    outage: int
    place: int
    utterance: int


class FormerSomethingElse(Button, sign="o|other"):
    outage: int
    place: int
    utterance: int
