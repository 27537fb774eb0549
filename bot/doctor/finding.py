"""One thing the doctor has looked at, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.texts.speak import Voice

LONGEST_LIST = 6  # names that are written out; of the others their number is said
MESSAGE = 3500  # characters: below Telegram's 4,096, whatever is escaped


class Grade(StrEnum):
    """How bad it is; `doctor.grade.<value>` is its word."""

    GOOD = "good"
    HINT = "hint"  # it works, but not as well as it could
    FAULT = "fault"  # something does not work until it is cured


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and what to do about it; "" when there is nothing to do."""

    grade: Grade
    name: str  # the key of its sentence below "doctor."
    what: str
    cure: str = ""

    def line(self, voice: Voice) -> str:
        """The finding in one line; the grade is a word, not a colour."""
        return " ".join(filter(None, (voice.say(f"doctor.grade.{self.grade}"), self.what, self.cure)))


class Diagnosis:
    """Collects findings in one language: `doctor.<name>` says what was found, `doctor.<name>.cure` what to do."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self.all: list[Finding] = []

    def good(self, name: str, /, **facts: object) -> None:
        self.all.append(Finding(Grade.GOOD, name, self._voice.say(f"doctor.{name}", **facts)))

    def hint(self, name: str, /, **facts: object) -> None:
        self._add(Grade.HINT, name, facts)

    def fault(self, name: str, /, **facts: object) -> None:
        self._add(Grade.FAULT, name, facts)

    def _add(self, grade: Grade, name: str, facts: dict[str, object]) -> None:
        what, cure = (
            self._voice.say(f"doctor.{name}", **facts),
            self._voice.say(f"doctor.{name}.cure", **facts),
        )
        self.all.append(Finding(grade, name, what, cure))

    def listed(self, names: Sequence[str]) -> str:
        """Names with commas, a long list cut."""
        shown = ", ".join(names[:LONGEST_LIST])
        more = len(names) - LONGEST_LIST
        return f"{shown} {self._voice.say('doctor.more', n=more)}" if more > 0 else shown


def is_well(findings: Iterable[Finding]) -> bool:
    """Whether nothing has to be cured."""
    return all(finding.grade is not Grade.FAULT for finding in findings)


def lines(findings: Sequence[Finding], voice: Voice) -> list[str]:
    """A line for each, what has to be cured first, and the verdict at the end."""
    order = list(reversed(Grade))
    ranked = sorted(findings, key=lambda finding: order.index(finding.grade))
    faults = sum(finding.grade is Grade.FAULT for finding in findings)
    verdict = voice.many("doctor.faults", faults) if faults else voice.say("doctor.well")
    return [*(finding.line(voice) for finding in ranked), verdict]


def messages(findings: Sequence[Finding], voice: Voice) -> list[str]:
    """The same as texts of which each fits into one message."""
    parts = [""]
    for line in lines(findings, voice):
        if parts[-1] and len(parts[-1]) + len(line) > MESSAGE:
            parts.append("")
        parts[-1] = f"{parts[-1]}\n{line[:MESSAGE]}".strip()
    return parts
