"""`firstline due` and `elapsed` on random calendars, against a walk over every minute."""

import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.sla.minute_walk import MinuteWalk
from tests.sla.random_calendars import authored, spec
from tests.sla.test_cli import firstline

QUESTIONS = 8  # about one calendar
BROKEN = '"version": "none", "rules": [[{"when": 1}]], "teams": 5, "chains": null'
"""Other sections are none of these commands' business."""


def written(random: Random, at: int, zone: ZoneInfo) -> str:
    """An instant as people write it: in the calendar's zone, with its offset, in another zone."""
    local = datetime.fromtimestamp(at, zone)
    ways = [local.isoformat(), datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")]
    if int(local.replace(tzinfo=None, fold=0).replace(tzinfo=zone).timestamp()) == at:
        ways += [local.replace(tzinfo=None).isoformat(), local.replace(tzinfo=None).isoformat(" ", "seconds")]
    return random.choice(ways)


@pytest.mark.parametrize("seed", range(12))
def test_what_the_commands_print_equals_a_walk_over_every_minute(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    calendar = authored(random)
    while spec(calendar) is None:
        calendar = authored(random)
    if random.random() < 0.3:
        calendar["day"] = f"{random.choice([60, 450, 480])}m"
    desk = tmp_path / "desk.yaml"
    desk.write_text(f'{{{BROKEN}, "calendars": {json.dumps({"strange": calendar})}}}', "utf-8")
    walk, zone = MinuteWalk(calendar), ZoneInfo(calendar["tz"])
    for _ in range(QUESTIONS):
        _ask_when(random, desk, walk, zone)
        _ask_how_long(random, desk, walk, zone)


def _instant(random: Random, walk: MinuteWalk, zone: ZoneInfo) -> int:
    begin = int(datetime(*walk.first.timetuple()[:3], tzinfo=zone).timestamp())
    return begin + 60 * random.randrange((walk.last - walk.first).days * 1440)


def _ask_when(random: Random, desk: Path, walk: MinuteWalk, zone: ZoneInfo) -> None:
    start = _instant(random, walk, zone)
    pauses = [
        tuple(sorted(_instant(random, walk, zone) for _ in "ab")) for _ in range(random.choice([0, 1, 3]))
    ]
    pauses = [(begin, min(end, begin + random.choice([0, 3600, 86_400, 10**6]))) for begin, end in pauses]
    target, seconds = random.choice(
        [("0m", 0), ("90s", 90), ("20m", 1200), ("2h", 7200), ("1h30m", 5400), ("30h", 108_000)]
        + ([("1bd", walk.working_day())] if any(walk.calendar["week"].values()) else [])
    )
    options: list[Any] = ["--start", written(random, start, zone), "--target", target]
    for begin, end in random.sample(pauses, len(pauses)):
        options += ["--pause", f"{written(random, begin, zone)}/{written(random, end, zone)}"]
    code, out, err = firstline("due", desk, "strange", *options)
    due = walk.due(start, seconds, pauses)
    if due is None:
        assert (code, out) == (2, ""), options
        assert "[E324]" in err
    else:
        assert (code, out) == (0, datetime.fromtimestamp(due, zone).isoformat()), (options, walk.calendar)


def _ask_how_long(random: Random, desk: Path, walk: MinuteWalk, zone: ZoneInfo) -> None:
    begin, end = _instant(random, walk, zone), _instant(random, walk, zone) + random.randrange(60)
    span = ["--from", written(random, begin, zone), "--to", written(random, end, zone)]
    code, out, _ = firstline("elapsed", desk, "strange", *span)
    assert (code, out) == (0, str(max(0, walk.passed(end) - walk.passed(begin)))), (span, walk.calendar)
