"""The rows of runs: a run, its events, an accepted file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunRow:
    """One person's run of one scenario. `state`, `view` and `pending` are JSON."""

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
    """An action of a person or a timer in a run, with the step before and after."""

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
