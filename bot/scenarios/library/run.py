"""Runs of scenarios: verbs that begin a run and process events, one transaction each."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from markupsafe import escape
from sqlalchemy import Connection, bindparam, select, update

from bot.keys import RunRef
from bot.scenarios.language.program import Program
from bot.scenarios.library.run_rows import RunRow
from bot.scenarios.library.versions import keep_scenario, program_of
from bot.scenarios.play import engine
from bot.scenarios.play.engine import Route
from bot.scenarios.play.enter import said
from bot.scenarios.play.events import (
    Cancel,
    Checked,
    Event,
    Human,
    Json,
    Player,
    Press,
    Rewind,
    RunCheck,
    RunState,
    Sent,
    Transition,
    View,
    compact,
)
from bot.storage import typed
from bot.storage.schema import run_events, runs
from bot.storage.unit import Unit
from bot.timers.timers import Timer, arm, disarm, settle

TIMER = "run"

# Built once: building a statement costs more than running it, and these run at every tap.
_MINE = (
    select(runs)
    .where((runs.c.id == bindparam("run_id")) & (runs.c.person == bindparam("person_id")))
    .with_for_update()
)
_OPEN = select(runs).where((runs.c.person == bindparam("person_id")) & (runs.c.status == "open"))
_OPEN_LOCKED, _ONE = _OPEN.with_for_update(), select(runs).where(runs.c.id == bindparam("run_id"))
_BEGUN = runs.insert().returning(runs.c.id)
_MOVE = update(runs).where(
    (runs.c.id == bindparam("was_id")) & (runs.c.seq == bindparam("was_seq")) & (runs.c.status == "open")
)
_RECORD = run_events.insert()

Kind = Literal["moved", "repeated", "stale", "absorbed", "closed", "nobody"]


@dataclass(frozen=True, slots=True)
class Stood:
    """The result of an event.

    moved: to another step or the end; repeated: the same step, with a hint; stale: a button of an earlier step,
    `rewind_to` is its seq when one can go back there; absorbed: a double tap or a late check; closed: the run is
    over; nobody: no such run of this person. moved and repeated have a turn.
    """

    run_id: int
    seq: int
    kind: Kind
    turn: Transition | None = None
    rewind_to: int | None = None
    silent_s: int = 0  # seconds of wall time since the previous event of the run


@dataclass(frozen=True, slots=True)
class CurrentRun:
    """A run as a card shows it."""

    run_id: int
    person_id: int
    scenario: str
    seq: int
    view: View
    open: bool
    status: str
    language: str
    updated_at: int  # UTC seconds


def begin(
    unit: Unit[object],
    program: Program,
    person_id: int,
    who: Player,
    scenario_id: str,
    words: str | None,
    heard: Mapping[str, Json] | None = None,
) -> Stood:
    """Start a scenario with the first words and what they name. An open run is left, and can be resumed."""
    leave(unit, person_id)
    turn = engine.begin(program, scenario_id, who, who.language, words, heard)
    keep_scenario(unit, program, scenario_id)
    run_id = _insert(unit, person_id, turn)
    _record(unit, run_id, turn.state.seq, "", "begin", "", turn.view.step)
    if turn.state.done is None:
        scenario = program.scenarios[scenario_id]
        arm(unit.tx, TIMER, RunRef(run_id), "remind", unit.now + scenario.remind_after)
        arm(unit.tx, TIMER, RunRef(run_id), "expire", unit.now + scenario.resume_within)
    return Stood(run_id, turn.state.seq, "moved", turn)


def take(
    unit: Unit[object],
    program: Program,
    run_id: int,
    person_id: int,
    seq: int | None,
    event: Event,
    who: Player,
    route: Route | None = None,
) -> Stood:
    """Process an event. `seq` is the pressed button's, None for a typed or sent answer."""
    row = _locked(unit.tx, run_id, person_id)
    if row is None:
        return Stood(run_id, 0, "nobody")
    if row.last and row.last == _signature(seq, event):
        return Stood(run_id, row.seq, "absorbed")
    if row.status != "open":
        return Stood(run_id, row.seq, "closed")
    state = RunState.from_json(row.state)
    if _is_old(row, seq, event):
        return _old(unit, row, state, seq or 0, event)
    return _play(unit, program, row, state, event, who, route)


def resume(unit: Unit[object], program: Program, run_id: int, person_id: int, who: Player) -> Stood:
    """Resume a run that was left for another one; the other one is left."""
    row = _locked(unit.tx, run_id, person_id)
    if row is None:
        return Stood(run_id, 0, "nobody")
    if row.status not in ("open", "left"):
        return Stood(run_id, row.seq, "closed")
    state = RunState.from_json(row.state)
    of_version = program_of(unit.tx, program, state)
    if row.status == "left":
        leave(unit, person_id)
        unit.tx.execute(update(runs).where(runs.c.id == run_id).values(status="open", updated_at=unit.now))
        arm(
            unit.tx,
            TIMER,
            RunRef(run_id),
            "expire",
            unit.now + _spans(of_version or program, row.scenario)[1],
        )
        _record(unit, run_id, row.seq, row.step, "resume", "", row.step)
    if of_version is None or _is_retired(program, row.scenario):
        return _play(unit, program, row, state, Rewind(row.seq), who, None)
    silent_s = unit.now - row.updated_at
    return Stood(row.id, row.seq, "repeated", engine.show(of_version, state, who), silent_s=silent_s)


def leave(unit: Unit[object], person_id: int) -> int | None:
    """Leave the person's open run, if any, for something else. Returns its id."""
    row = typed.first(RunRow, unit.tx.execute(_OPEN_LOCKED, {"person_id": person_id}))
    if row is None:
        return None
    _close(unit, row, "left")
    return int(row.id)


def current(tx: Connection, person_id: int) -> CurrentRun | None:
    row = typed.first(RunRow, tx.execute(_OPEN, {"person_id": person_id}))
    return _standing(row) if row else None


def begun_with(tx: Connection, person_id: int, scenario: str, since: int) -> CurrentRun | None:
    """The first run of this scenario that the person began at this moment (UTC seconds) or later."""
    theirs = (runs.c.person == person_id) & (runs.c.scenario == scenario) & (runs.c.started_at >= since)
    row = typed.first(RunRow, tx.execute(select(runs).where(theirs).order_by(runs.c.id).limit(1)))
    return _standing(row) if row else None


def standing(tx: Connection, run_id: int) -> CurrentRun | None:
    """A run in its current state, open or ended."""
    row = typed.first(RunRow, tx.execute(_ONE, {"run_id": run_id}))
    return _standing(row) if row else None


def unchecked(tx: Connection) -> list[tuple[int, int, int, RunCheck]]:
    """Checks in progress when the process stopped: (run, person, seq, what to run). They run again."""
    waiting = select(runs).where((runs.c.awaits == "check") & (runs.c.status == "open"))
    return [
        (int(row.id), int(row.person), int(row.seq), RunCheck(**json.loads(row.pending)))
        for row in tx.execute(waiting.order_by(runs.c.id)).all()
    ]


C = TypeVar("C")
Tell = Callable[[Unit[C], CurrentRun, Literal["remind", "expire"]], None]
"""`tell(unit, standing, what)`: say to the person that their run waits, or that it was closed."""


def ring(unit: Unit[C], rows: Sequence[Timer], program: Program, tell: Tell[C]) -> None:
    """The timers of runs: one reminder after a pause, and closing after a long one.

    A tap does not move the timers; a row that fires too early, because the person has continued, moves itself.
    """
    for row in rows:
        run_id = RunRef.read(row.ref).number
        found = standing(unit.tx, run_id)
        if found is None or not found.open:
            settle(unit, row.id, "skipped", "not open")
            continue
        due = found.updated_at + _spans(program, found.scenario)[0 if row.key == "remind" else 1]
        if due > unit.now:
            arm(unit.tx, TIMER, row.ref, row.key, due)
            continue
        settle(unit, row.id, "fired")
        _fall_silent(unit, found, row.key, tell)


def _fall_silent(unit: Unit[C], found: CurrentRun, key: str, tell: Tell[C]) -> None:
    if key == "remind":
        _record(unit, found.run_id, found.seq, found.view.step, "remind", "", found.view.step)
        tell(unit, found, "remind")
        return
    unit.tx.execute(
        update(runs).where(runs.c.id == found.run_id).values(status="expired", updated_at=unit.now)
    )
    _record(unit, found.run_id, found.seq, found.view.step, "expired", "", found.view.step)
    disarm(unit.tx, TIMER, RunRef(found.run_id), reason="expired")
    tell(unit, found, "expire")


# ── inside ──────────────────────────────────────────────────────────────────────────────────────────────


def _spans(program: Program, scenario: str) -> tuple[int, int]:
    """Seconds without an answer until the reminder, and until closing; the file's defaults for a removed scenario."""
    known = program.scenarios.get(scenario) or program.defaults
    return known.remind_after, known.resume_within


def _is_retired(program: Program, scenario: str) -> bool:
    present = program.scenarios.get(scenario)
    return present is not None and present.spec.retire


def _play(
    unit: Unit[object],
    program: Program,
    row: RunRow,
    state: RunState,
    event: Event,
    who: Player,
    route: Route | None,
) -> Stood:
    turn = _advanced(unit.tx, program, state, event, who, route)
    kind: Kind = "moved" if turn.moved else "repeated"
    last = _signature(state.seq, event) if turn.moved else row.last
    changed = {**_columns(turn, unit.now), "last": last, "was_id": row.id, "was_seq": row.seq}
    done = unit.tx.execute(_MOVE, changed)
    if done.rowcount != 1:
        return Stood(row.id, row.seq, "absorbed")
    name, value = _named(event)
    if turn.moved and name in ("press", "typed", "sent", "skip") and turn.trail:
        value = turn.trail[0][2]  # the edge taken, however it was said; never the words
    _record(unit, row.id, state.seq, row.step, name if turn.moved else "repeated", value, turn.view.step)
    if turn.state.done is not None:
        disarm(unit.tx, TIMER, RunRef(row.id), reason=turn.state.done)
    return Stood(row.id, turn.state.seq, kind, turn, silent_s=unit.now - row.updated_at)


def _advanced(
    tx: Connection, program: Program, state: RunState, event: Event, who: Player, route: Route | None
) -> Transition:
    """The engine's turn, on the version the run began with if that is still supported."""
    of_version = program_of(tx, program, state)
    if of_version is None:
        return engine.carry(program, state, who)
    if _is_retired(program, state.scenario) and not isinstance(event, Cancel):
        turn = engine.advance(of_version, state, Human(), who)
        title = program.title(state.scenario, state.language)
        return turn.with_view(parts=(said(state.language, "retired", title=escape(title)),))
    return engine.advance(of_version, state, event, who, route)


def _is_old(row: RunRow, seq: int | None, event: Event) -> bool:
    """Whether a press comes from a step that is no longer shown. "Call a human" works from any of them."""
    return seq is not None and seq != row.seq and not isinstance(event, Human | Cancel | Rewind)


def _old(unit: Unit[object], row: RunRow, state: RunState, seq: int, event: Event) -> Stood:
    if isinstance(event, Checked):
        return Stood(row.id, row.seq, "absorbed")
    _record(unit, row.id, row.seq, row.step, "stale", str(seq), row.step)
    return Stood(row.id, row.seq, "stale", rewind_to=seq if seq in state.seqs else None)


def _locked(tx: Connection, run_id: int, person_id: int) -> RunRow | None:
    return typed.first(RunRow, tx.execute(_MINE, {"run_id": run_id, "person_id": person_id}))


def _insert(unit: Unit[object], person_id: int, turn: Transition) -> int:
    row = {
        **_columns(turn, unit.now),
        "person": person_id,
        "scenario": turn.state.scenario,
        "version": turn.state.version,
        "language": turn.state.language,
        "started_at": unit.now,
    }
    return int(unit.tx.execute(_BEGUN, row).scalar_one())


def _columns(turn: Transition, now: int) -> dict[str, Any]:
    """The columns that a turn changes."""
    pending = next((effect for effect in turn.effects if isinstance(effect, RunCheck)), None)
    asked = compact(pending) if pending else None
    return {
        **(
            {"pending": asked} if turn.moved else {}
        ),  # a hint while a check is in progress does not cancel it
        "status": turn.state.done or "open",
        "seq": turn.state.seq,
        "step": turn.view.step,
        "awaits": turn.view.awaits,
        "state": turn.state.to_json(),
        "view": compact(turn.view),
        "updated_at": now,
    }


def _close(unit: Unit[object], row: RunRow, status: str) -> None:
    unit.tx.execute(update(runs).where(runs.c.id == row.id).values(status=status, updated_at=unit.now))
    _record(unit, row.id, row.seq, row.step, status, "", row.step)
    disarm(unit.tx, TIMER, RunRef(row.id), reason=status)


def _record(
    unit: Unit[object], run_id: int, seq: int, step: str, kind: str, value: str, to_step: str
) -> None:
    row = {
        "run": run_id,
        "seq": seq,
        "step": step,
        "kind": kind,
        "value": value,
        "to_step": to_step,
        "at": unit.now,
    }
    unit.tx.execute(_RECORD, row)


def _named(event: Event) -> tuple[str, str]:
    """An event as it is recorded. Typed text is not: it may be private, and statistics do not need it."""
    value = ""
    if isinstance(event, Press):
        value = event.value
    elif isinstance(event, Sent):
        value = event.kind
    elif isinstance(event, Checked):
        value = event.outcome
    elif isinstance(event, Rewind):
        value = str(event.seq)
    return type(event).__name__.lower(), value


def _signature(seq: int | None, event: Event) -> str:
    """Two presses of one button have one signature; typed text has none, because people do repeat it."""
    name, value = _named(event)
    return "" if seq is None or name in ("typed", "sent") else f"{seq}:{name}:{value}"


def _standing(row: RunRow) -> CurrentRun:
    return CurrentRun(
        run_id=int(row.id),
        person_id=int(row.person),
        scenario=row.scenario,
        seq=int(row.seq),
        view=view_from_json(row.view),
        open=row.status == "open",
        status=row.status,
        language=row.language,
        updated_at=int(row.updated_at),
    )


def view_from_json(text: str) -> View:
    raw = json.loads(text)
    raw["parts"], raw["media"] = tuple(raw["parts"]), tuple(raw["media"])
    raw["options"] = tuple((value, label) for value, label in raw["options"])
    return View(**raw)
