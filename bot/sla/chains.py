"""Escalation chains of desk.yaml with `extends` resolved: who is alerted at which share of a target."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.sla import units
from bot.sla.calendar import Calendar
from bot.sla.deskfile import ChainSpec, Functional, Recipient, Threshold
from bot.sla.units import Length


@dataclass(frozen=True, slots=True)
class Chain:
    """One escalation chain with `extends` resolved: ascending thresholds, then repeats after the breach."""

    id: str
    thresholds: tuple[Threshold, ...]
    every: Length | None
    most: int
    ladder: tuple[Recipient, ...]
    ack: Length
    functional: Functional | None = None

    def for_clock(self, kind: str, target_s: int, calendar: Calendar) -> tuple[Threshold, ...]:
        """The thresholds for a clock of this kind and target (business seconds)."""
        return tuple(
            threshold
            for threshold in self.thresholds
            if (threshold.clocks is None or kind in threshold.clocks)
            and (
                threshold.min_target is None
                or target_s >= calendar.seconds(units.length(threshold.min_target))
            )
        )

    def repeated_to(self, n: int) -> Recipient:
        """The recipient of the n-th repeat (from 1) after a breach."""
        return self.ladder[min(n, len(self.ladder)) - 1]


def chain_of(name: str, written: Mapping[str, ChainSpec]) -> Chain:
    """A chain with `extends` resolved. The caller has checked that `extends` has no cycle."""
    own = written[name]
    base = chain_of(own.extends, written) if own.extends else None
    thresholds = base.thresholds if own.thresholds is None and base else own.thresholds or ()
    kept = tuple(one for one in thresholds if one.at not in own.thresholds_drop)
    repeats = own.after_breach
    if repeats is None and base is not None:
        every, most, ladder = base.every, base.most, base.ladder
    elif repeats is None:
        every, most, ladder = None, 0, ()
    else:
        every, most, ladder = units.length(repeats.every), repeats.max, repeats.ladder
    ack = units.length(own.ack) if own.ack else base.ack if base else Length(3600)
    functional = own.functional or (base.functional if base else None)
    return Chain(name, tuple(sorted(kept, key=lambda one: one.at)), every, most, ladder, ack, functional)
