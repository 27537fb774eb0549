"""The rows of runs: a run, an event of it, an accepted file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunRow:
    """One person's walk through one scenario. `state`, `view` and `pending` are JSON."""

    id: int
    person: int
    scenario: str
    version: str
    status: str
    seq: int
    step: str
    awaits: str
    language: str
    last: str
    state: str
    view: str
    pending: str | None
    started_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class RunEvent:
    """What a person or a timer did in a run, with the step before and after."""

    id: int
    run: int
    seq: int
    step: str
    kind: str
    value: str
    to_step: str
    at: int


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A scenarios.yaml that was accepted at `loaded_at` (UTC seconds)."""

    hash: str
    scenario: str
    source: str
    loaded_at: int
