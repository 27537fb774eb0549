"""Runs: on both databases, with presses that are repeated, late, or by another person."""

import asyncio

import pytest
from sqlalchemy import select

from bot.reports import scenario_stats
from bot.scenarios.library import run
from bot.scenarios.library.reload import Watched, accept, judge, last_good
from bot.scenarios.play.callback import LARGEST, LONGEST, callback, parse
from bot.scenarios.play.events import (
    Back,
    Cancel,
    Checked,
    Human,
    OpenTicket,
    Player,
    Press,
    Restart,
    Rewind,
    RunCheck,
    Sent,
    Skip,
    Typed,
)
from bot.storage.schema import run_events, runs, scenario_versions, tickets, timers
from tests.scenarios.known import FLOW, KNOWN, compiled
from tests.units import as_unit, work

PROGRAM = compiled(FLOW)
ANNA = Player("1", "Анна", language="ru", profile={})
NOON = 1_800_000_000


async def begin(db, person: int = 1, now: int = NOON, program=PROGRAM):
    return await db.run(as_unit(run.begin, now), program, person, ANNA, "printer", "не печатает")


async def take(db, stood, event, seq=None, person: int = 1, now: int = NOON + 10, program=PROGRAM):
    return await db.run(as_unit(run.take, now), program, stood.run_id, person, seq, event, ANNA)


async def test_a_run_is_begun_played_and_ended(db):
    stood = await begin(db)
    assert (stood.kind, stood.seq) == ("moved", 1)
    stood = await take(db, stood, Press("silent"), seq=1)
    assert (stood.kind, stood.seq, stood.turn.view.article) == ("moved", 2, "printer-queue")
    standing = await db.read(run.current, 1)
    assert (standing.scenario, standing.seq, standing.view, standing.open) == (
        "printer",
        2,
        stood.turn.view,
        True,
    )
    stood = await take(db, stood, Press("yes"), seq=2)
    assert stood.turn.state.done == "solved"
    assert await db.read(run.current, 1) is None
    ended = await db.read(run.standing, stood.run_id)
    assert (ended.open, ended.status) == (False, "solved")


async def test_a_double_tap_is_absorbed(db):
    stood = await begin(db)
    both = await asyncio.gather(*(take(db, stood, Press("silent"), seq=1) for _ in range(5)))
    assert sorted(each.kind for each in both) == ["absorbed"] * 4 + ["moved"]


async def test_of_two_different_presses_at_once_one_wins_and_the_other_is_told(db):
    for number in range(1, 51):
        stood = await begin(db, number)
        presses = (take(db, stood, Press(value), seq=1, person=number) for value in ("silent", "jam"))
        assert sorted(each.kind for each in await asyncio.gather(*presses)) == ["moved", "stale"]


async def test_a_double_tap_on_the_last_button_is_absorbed_too(db):
    stood = await take(db, await begin(db), Press("silent"), seq=1)
    await take(db, stood, Press("yes"), seq=2)
    assert (await take(db, stood, Press("yes"), seq=2)).kind == "absorbed"
    assert (await take(db, stood, Press("no"), seq=2)).kind == "closed"


async def test_an_old_button_offers_to_go_back_to_its_step(db):
    stood = await take(db, await begin(db), Press("silent"), seq=1)
    stale = await take(db, stood, Press("jam"), seq=1)
    assert (stale.kind, stale.rewind_to) == ("stale", 1)
    rewound = await take(db, stood, Rewind(1), seq=1)
    assert (rewound.kind, rewound.turn.view.options[0][0]) == ("moved", "jam")
    assert (await take(db, rewound, Press("jam"), seq=rewound.seq)).kind == "moved"


async def test_a_human_can_be_called_from_an_old_message(db):
    stood = await take(db, await begin(db), Press("silent"), seq=1)
    stood = await take(db, stood, Human(), seq=1)
    assert stood.turn.state.done == "human"
    assert any(isinstance(effect, OpenTicket) for effect in stood.turn.effects)


async def test_another_persons_run_is_nobodys(db):
    stood = await begin(db)
    assert (await take(db, stood, Press("silent"), seq=1, person=2)).kind == "nobody"
    assert (await db.read(run.current, 1)).seq == 1


async def test_a_hint_keeps_the_seq_and_a_file_sent_with_it_is_kept(db):
    stood = await take(db, await begin(db), Typed("абракадабра"))
    assert (stood.kind, stood.seq) == ("repeated", 1)
    stood = await take(db, stood, Sent("photo", "F1"))
    stood = await take(db, stood, Human())
    opened = next(effect for effect in stood.turn.effects if isinstance(effect, OpenTicket))
    assert opened.files == (("photo", "F1"),)


async def test_a_check_survives_a_crash_and_its_late_double_changes_nothing(db):
    stood = await begin(db)
    for event in (Press("jam"), Skip(), Typed("3"), Typed("PRN-302")):
        stood = await take(db, stood, event)
    waiting = await db.read(run.unchecked)
    expected = RunCheck("printer_status", {"printer": "PRN-302", "floor": 3}, 3)
    assert (await take(db, stood, Typed("ну что там?"))).kind == "repeated"
    assert await db.read(run.unchecked) == waiting
    assert waiting == [(stood.run_id, 1, stood.seq, expected)]
    after = await take(db, stood, Checked("ok", "отвечает"), seq=stood.seq)
    assert after.turn.view.awaits == "press"
    assert (await take(db, stood, Checked("ok", "отвечает"), seq=stood.seq)).kind == "absorbed"
    assert await db.read(run.unchecked) == []


async def test_beginning_another_leaves_the_first_which_can_be_resumed(db):
    first = await take(db, await begin(db), Press("silent"), seq=1)
    second = await begin(db, now=NOON + 60)
    assert (await db.read(run.standing, first.run_id)).status == "left"
    assert (await db.read(run.current, 1)).run_id == second.run_id
    resumed = await db.run(as_unit(run.resume, NOON + 120), PROGRAM, first.run_id, 1, ANNA)
    assert (resumed.kind, resumed.turn.view.article) == ("repeated", "printer-queue")
    assert (await db.read(run.current, 1)).run_id == first.run_id
    assert (await db.run(as_unit(run.resume, NOON), PROGRAM, 999, 1, ANNA)).kind == "nobody"


async def test_silence_is_reminded_of_once_and_ends_after_its_time(db):
    told = []

    def tell(unit, standing, what):
        told.append((standing.run_id, what, unit.now))

    async def ring(now):
        def rung(tx):
            rows = tx.execute(
                select(timers).where((timers.c.state == "armed") & (timers.c.fire_at <= now))
            ).all()
            run.ring(work(tx, now), rows, PROGRAM, tell)

        await db.run(rung)

    stood = await begin(db)
    await take(db, stood, Press("silent"), seq=1, now=NOON + 1800)
    await ring(NOON + 3600)
    assert told == []  # the person continued half an hour ago: the timer moves itself
    for now in (NOON + 1800 + 3600, NOON + 40_000, NOON + 1800 + 14 * 86400):
        await ring(now)
    assert told == [(stood.run_id, "remind", NOON + 5400), (stood.run_id, "expire", NOON + 1800 + 14 * 86400)]
    assert (await take(db, stood, Press("no"), seq=2)).kind == "closed"


async def test_people_finish_on_the_version_they_began(db):
    stood = await take(db, await begin(db), Press("silent"), seq=1)
    changed = compiled(FLOW.replace("Этаж?", "На каком вы этаже?").replace('"no": floor', '"no": jam'))
    stood = await take(db, stood, Press("no"), seq=2, program=changed)
    assert stood.turn.view.parts == ("Этаж?",)
    fresh = await begin(db, 2, program=changed)
    fresh = await take(db, fresh, Press("silent"), seq=1, person=2, program=changed)
    fresh = await take(db, fresh, Press("no"), seq=2, person=2, program=changed)
    assert fresh.turn.view.awaits == "photo"


async def test_an_edit_of_another_scenario_or_of_phrases_changes_no_version():
    phrased = compiled(FLOW.replace("the printer is silent", "the printer is mute"))
    assert phrased.scenarios["printer"].hash == PROGRAM.scenarios["printer"].hash
    assert phrased.hash != PROGRAM.hash


async def test_a_version_this_engine_no_longer_understands_keeps_the_answers(db):
    stood = await take(db, await begin(db), Press("jam"), seq=1)
    await db.run(lambda tx: tx.execute(scenario_versions.update().values(source="{}")))
    changed = compiled(FLOW.replace("Пришлите фото.", "Пришлите снимок."))
    stood = await take(db, stood, Skip(), program=changed)
    assert stood.turn.view.parts == ("Пришлите снимок.",)
    assert stood.turn.state.answers == {"problem": "jam"}


async def test_a_retired_scenario_hands_its_people_to_a_human(db):
    stood = await take(db, await begin(db), Press("silent"), seq=1)
    retired = compiled(
        FLOW.replace("    category: printing\n", "    category: printing\n    retire: true\n", 1)
    )
    assert retired.menu == ()
    stood = await take(db, stood, Press("no"), seq=2, program=retired)
    assert stood.turn.state.done == "human"
    assert "больше не ведётся" in stood.turn.view.parts[0]


async def test_nobody_loses_a_place_in_a_reload_under_two_hundred_people(db):
    """Two hundred people in the middle of a run, the file changed between any two of their steps."""
    programs = [compiled(FLOW.replace("Этаж?", f"Этаж ({number})?")) for number in range(5)]
    ways = [
        (Press("silent"), Press("no"), Typed("3"), Skip(), Checked("fail")),
        (Press("jam"), Sent("photo", "F"), Typed("3"), Typed("PRN-302"), Checked("ok"), Press("_2")),
    ]
    stood = {person: await begin(db, person, program=programs[person % 5]) for person in range(1, 201)}
    for step in range(6):
        moves = {
            person: take(
                db,
                each,
                ways[person % 2][step],
                seq=each.seq,
                person=person,
                program=programs[(person + step) % 5],
            )
            for person, each in stood.items()
            if step < len(ways[person % 2])
        }
        for person, result in zip(moves, await asyncio.gather(*moves.values()), strict=True):
            assert result.kind == "moved"
            if step == 1:
                assert f"Этаж ({person % 5})?" in result.turn.view.parts[-1]
            stood[person] = result
    assert {each.turn.state.done for each in stood.values()} == {"ticket"}
    numbers = await db.read(lambda tx: tx.execute(select(runs.c.status)).scalars().all())
    assert numbers == ["ticket"] * 200


async def test_a_new_file_is_judged_before_it_is_played_and_remembered(db):
    good = judge("flow.yaml", FLOW, KNOWN)
    assert good.program is None  # our small world knows one argument of the check; the file gives two
    assert "E184" in good.said("ru")
    await db.run(as_unit(accept, NOON), PROGRAM)
    second = compiled(FLOW.replace("Этаж?", "Какой этаж?"))
    await db.run(as_unit(accept, NOON + 60), second)
    from_start = await db.read(last_good, "flow.yaml", LOOSE)
    assert from_start.hash == second.hash
    await db.run(as_unit(accept, NOON + 120), PROGRAM)
    assert (await db.read(last_good, "flow.yaml", LOOSE)).hash == PROGRAM.hash
    await db.run(
        lambda tx: tx.execute(scenario_versions.update().values(source="{}").where(by_hash(PROGRAM.hash)))
    )
    assert (await db.read(last_good, "flow.yaml", LOOSE)).hash == second.hash


def by_hash(hash_):
    return scenario_versions.c.hash == hash_


LOOSE = type(KNOWN)(languages=["ru", "en"])


def test_a_file_whose_test_fails_is_refused_with_the_line():
    text = (
        FLOW
        + "tests:\n  - name: a jam\n    scenario: printer\n    steps:\n      - {press: Замятие}\n      - {expect: what}\n"
    )
    verdict = judge("flow.yaml", text, LOOSE)
    assert verdict.program is None
    assert [(c.code, c.mark.line) for c in verdict.complaints] == [("E197", text.count("\n"))]
    assert "printer/jam" in verdict.said("ru")
    assert judge("flow.yaml", FLOW, LOOSE).program is not None


def test_a_watched_file_is_read_again_only_when_its_content_changes(tmp_path):
    file = tmp_path / "scenarios.yaml"
    file.write_text(FLOW, "utf-8")
    watched = Watched(file, FLOW)
    assert watched.changed() is None
    file.write_text(FLOW + "# so\n", "utf-8")
    assert watched.changed() == FLOW + "# so\n"
    assert watched.changed() is None
    file.unlink()
    assert watched.changed() is None


async def test_figures_are_counted_from_what_happened(db):
    day = 86400
    for person in range(1, 5):
        stood = await take(db, await begin(db, person), Press("silent"), seq=1, person=person, now=NOON + 20)
        if person == 1:
            await take(db, stood, Press("yes"), person=person, now=NOON + 50)
        elif person == 2:
            await take(db, stood, Human(), person=person, now=NOON + 50)
        elif person == 3:
            await take(db, stood, Back(), person=person, now=NOON + 30)
            await take(db, stood, Cancel(), person=person, now=NOON + 40)
    figures = {
        item.step: item for item in await db.read(scenario_stats.steps, NOON, NOON + 2 * day, "printer")
    }
    first, second = figures["printer/what"], figures["printer/4:resolved"]
    assert (first.shown, first.answered, first.cancelled, first.median_s) == (5, 4, 1, 20)
    assert (second.shown, second.answered, second.back, second.human, second.abandoned) == (4, 1, 1, 1, 1)
    assert second.ways == {"yes": 1}
    (whole,) = await db.read(scenario_stats.scenarios, PROGRAM, NOON, NOON + 2 * day)
    assert (whole.begun, whole.helped, whole.human, whole.cancelled, whole.abandoned) == (4, 1, 1, 1, 1)
    assert whole.self_help == 0.25
    seen = scenario_stats.traffic(figures.values(), "printer")
    assert seen.stopped["4:resolved"] == 1
    assert seen.taken["what", "silent"] == 4


async def test_helped_is_not_believed_when_a_ticket_of_the_category_follows(db):
    stood = await take(db, await begin(db), Press("silent"), seq=1)
    await take(db, stood, Press("yes"), seq=2, now=NOON + 60)
    row = dict.fromkeys(("type", "summary", "impact", "urgency", "priority", "team", "state"), "x")
    row |= {
        "requester": 1,
        "category": "printing",
        "transcript": [],
        "tried": [],
        "opened_at": NOON + 3 * 86400,
    }
    await db.run(lambda tx: tx.execute(tickets.insert().values(**row)))
    (whole,) = await db.read(scenario_stats.scenarios, PROGRAM, NOON, NOON + 8 * 86400)
    assert (whole.helped, whole.came_back, whole.self_help) == (0, 1, 0.0)


async def test_typed_words_are_never_in_the_history(db):
    stood = await begin(db)
    for event in (Press("jam"), Skip(), Typed("3"), Typed("PRN-302")):
        stood = await take(db, stood, event)
    values = await db.read(lambda tx: tx.execute(select(run_events.c.value)).scalars().all())
    assert not {"3", "PRN-302", "не печатает"} & set(values)


@pytest.mark.parametrize(
    "what", ["jam", "x" * 32, Back(), Restart(), Cancel(), Human(), Skip(), Rewind(2**30)]
)
def test_a_button_fits_and_comes_back_as_it_was(what):
    seq = what.seq if isinstance(what, Rewind) else LARGEST
    data = callback(LARGEST, seq, what)
    assert len(data.encode()) <= LONGEST
    expected = Press(what) if isinstance(what, str) else what
    assert parse(data) == (LARGEST, seq, expected)


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "r|",
        "r|1|1",
        "r|1|1|",
        "r|1|1|!q",
        "r|-1|1|jam",
        "r|1|1|Jam",
        "r|1|1|" + "x" * 33,
        "t|1|1|jam",
        "r|1|1|jam\n",
    ],
)
def test_a_forged_button_is_not_ours(forged):
    assert parse(forged) is None
