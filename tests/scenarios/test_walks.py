"""Random walks over random programs: with any actions and restarts a run stays consistent and ends. A storm walks
hundreds of them."""

import random
import re

import pytest
from sqlalchemy import select

from bot.scenarios.check.compiler import compile_scenarios
from bot.scenarios.check.walk import answers, uncovered, walk_all
from bot.scenarios.language.program import Program
from bot.scenarios.language.template import MISSING
from bot.scenarios.library import run
from bot.scenarios.library.versions import program_of
from bot.scenarios.play import engine
from bot.scenarios.play.events import (
    Back,
    Checked,
    Event,
    Human,
    OpenTicket,
    Player,
    Press,
    Restart,
    Rewind,
    RunState,
    Sent,
    Skip,
    Transition,
    Typed,
)
from bot.storage.schema import people, runs
from tests.databases import in_memory
from tests.scenarios.known import KNOWN
from tests.scenarios.programs import grow
from tests.units import work

NOON = 1_800_000_000
ANNA = Player("1", "Анна", language="ru", profile={})
WORLD = type(KNOWN)(checks={"printer_status": ["printer"]}, teams=["helpdesk"], categories=["printing"])


def program_of_seed(seed: int) -> Program:
    """A random valid program. Growth may make what the compiler rightly refuses: those seeds move on."""
    for attempt in range(200):
        result = compile_scenarios("random.yaml", grow(random.Random(f"{seed}/{attempt}")), WORLD)
        if result.program is not None:
            return result.program
    raise AssertionError(result.complaints)


@pytest.mark.parametrize("seed", range(20))
def test_every_way_through_a_random_program_ends_without_a_hole(seed: int):
    walk_every_way(seed)


def walk_every_way(seed: int) -> None:
    program = program_of_seed(seed)
    compiled = compile_scenarios("random.yaml", program.source, WORLD)
    walked = walk_all(program, compiled.document)
    assert walked.complaints == []
    assert walked.walks > 0
    if "branch:" not in program.source and "once:" not in program.source.partition("  main:")[2]:
        missed, _ = uncovered(program, walked.walked)
        assert [way for way in missed if way[0] == "main"] == []


class World:
    """One person in front of a bot that restarts and reloads between any two steps."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.programs = [program_of_seed(seed), program_of_seed(seed + 1000)]
        self.engine = in_memory()
        with self.engine.begin() as tx:
            tx.execute(people.insert().values(id=1, staff_id="1", name="A", roles=[], profile={}))
        self.now = NOON

    @property
    def program(self) -> Program:
        """The program that happens to be loaded at this moment."""
        return self.rng.choice(self.programs)

    def begin(self) -> run.Stood:
        with self.engine.begin() as tx:
            return run.begin(work(tx, self.now), self.programs[0], 1, ANNA, "main", "помогите")

    def take(self, run_id: int, seq: int | None, what: Event) -> run.Stood:
        self.now += 1
        with self.engine.begin() as tx:
            return run.take(work(tx, self.now), self.program, run_id, 1, seq, what, ANNA)

    def shown(self, run_id: int) -> Transition:
        """What a process that has just started makes of the row."""
        with self.engine.begin() as tx:
            row = tx.execute(select(runs).where(runs.c.id == run_id)).one()
            state = RunState.from_json(row.state)
            program = program_of(tx, self.program, state)
            assert program is not None
            turn = engine.show(program, state, ANNA)
            assert turn.view.parts == run.view_from_json(row.view).parts
            return turn


def wild(world: World, turn: Transition) -> tuple[int | None, Event]:
    """Anything a person may do, sensible or not."""
    rng, seq = world.rng, turn.state.seq
    sensible = list(answers(world.programs[0], turn, ANNA))
    roll = rng.random()
    if roll < 0.55 and sensible:
        what = rng.choice(sensible)
        return (None if isinstance(what, Typed | Sent) else seq), what
    if roll < 0.65:
        return rng.choice([None, seq]), Back()
    if roll < 0.70 and turn.state.seqs:
        earlier = rng.choice(turn.state.seqs)
        return earlier, Rewind(earlier)
    if roll < 0.76:
        return rng.randrange(seq + 1), Press(rng.choice(["one", "last", "yes", "no"]))
    if roll < 0.82:
        return None, Typed(rng.choice(["", "да", "7", "word", "one", "назад", "<b>&", "x" * 2000, "1"]))
    if roll < 0.88:
        return None, Sent(
            rng.choice(["photo", "voice", "document"]), f"F{rng.randrange(99)}", rng.choice([None, "word"])
        )
    if roll < 0.92:
        return seq, Skip()
    if roll < 0.95:
        return seq, Checked(rng.choice(["ok", "fail", "error"]), "text")
    if roll < 0.97:
        return seq, Restart()
    return seq, rng.choice([Press("nonsense"), Human()])


@pytest.mark.parametrize("seed", range(20))
def test_a_random_walk_keeps_its_answers_and_always_ends(seed: int):
    walk_at_random(seed)


def walk_at_random(seed: int) -> None:
    world = World(seed)
    stood = world.begin()
    tickets: list[OpenTicket] = []
    for _ in range(120):
        if stood.turn is not None and stood.turn.state.done:
            break
        turn = world.shown(stood.run_id)  # the process restarts before every step
        check_consistent(turn)
        seq, what = wild(world, turn)
        if turn.view.awaits == "check" and isinstance(what, Skip | Press):
            what = Checked("ok")
        stood = world.take(stood.run_id, seq, what)
        if stood.turn is not None:
            tickets += [effect for effect in stood.turn.effects if isinstance(effect, OpenTicket)]
        if seq is not None and stood.kind == "moved" and not isinstance(what, Rewind | Back):
            assert world.take(stood.run_id, seq, what).kind == "absorbed"  # a double tap
    else:
        stood = world.take(stood.run_id, None, Human())
        assert stood.turn is not None
        tickets += [effect for effect in stood.turn.effects if isinstance(effect, OpenTicket)]
    assert stood.turn is not None
    assert stood.turn.state.done in ("solved", "ticket", "human")
    assert len(tickets) == (0 if stood.turn.state.done == "solved" else 1)
    for ticket in tickets:
        assert MISSING not in ticket.summary + ticket.body
        assert ticket.words == "помогите"
        assert len(set(ticket.transcript)) >= len(ticket.transcript) / 5


def check_consistent(turn: Transition) -> None:
    """Answers, transcript and history are consistent."""
    state, view = turn.state, turn.view
    assert list(state.seqs) == sorted(set(state.seqs))
    assert all(seq < state.seq for seq in state.seqs)
    assert view.step_no == len(state.history) + 1
    asked, files, tried = state.place.kept
    assert asked == len(state.asked)
    assert files <= len(state.files)
    assert tried == len(state.tried)
    assert MISSING not in "".join(view.parts)
    assert not re.search(r"<b>&(?!amp;)", "".join(view.parts))
