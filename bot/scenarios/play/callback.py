"""The data of a step's button: `r|<run>|<seq>|<what>`, at most 64 bytes."""

import re

from bot.scenarios.play.events import Back, Cancel, Event, Human, Press, Restart, Rewind, Skip

LONGEST = 64  # bytes: Telegram's limit for callback_data
LARGEST = 2**31 - 1  # of a number in it: more than any run or step, and within the database's range

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_FORM = re.compile(r"r\|([0-9a-z]{1,13})\|([0-9a-z]{1,13})\|([a-z0-9_-]{1,32}|![bxrhsw])\Z")
_COMMANDS: dict[str, Event] = {"!b": Back(), "!x": Cancel(), "!r": Restart(), "!h": Human(), "!s": Skip()}
_SIGNS: dict[type[Event], str] = {type(event): sign for sign, event in _COMMANDS.items()} | {Rewind: "!w"}


def callback(run_id: int, seq: int, what: str | Event) -> str:
    """The data of a button: `what` is an option's value, or the event of an automatic button."""
    if isinstance(what, Press):
        what = what.value
    sign = what if isinstance(what, str) else _SIGNS[type(what)]
    data = f"r|{_written(run_id)}|{_written(seq)}|{sign}"
    assert len(data.encode()) <= LONGEST, data
    return data


def parse(data: str) -> tuple[int, int, Event] | None:
    """Run, seq and event of a button's data; None when it is invalid."""
    found = _FORM.match(data)
    if found is None:
        return None
    run_id, seq, sign = int(found[1], 36), int(found[2], 36), found[3]
    if max(run_id, seq) > LARGEST:
        return None
    if sign == "!w":
        return run_id, seq, Rewind(seq)
    return run_id, seq, _COMMANDS.get(sign) or Press(sign)


def _written(number: int) -> str:
    digits = ""
    while number >= 36:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return _DIGITS[number] + digits
