"""The zone in which a chat reads times: a person's own, their office's, or the desk's."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.config.config import Work
from bot.keys import PersonChat
from bot.people import directory
from bot.people.directory import Person
from bot.sla import zones
from bot.sla.policy import Desk
from bot.texts.speak import Voice
from bot.yamlfiles.zone_names import is_zone

FIELD = "zone"
"""The profile field of scenarios.yaml by which people choose their zone themselves."""


def zone_of(work: Work, chat: str) -> str:
    """The IANA zone in which times are written in a chat; groups read in the desk's."""
    if not PersonChat.names(chat):
        return work.config.desk.zone
    return zone_of_person(work.config.desk, directory.get(work.tx, PersonChat.read(chat).number))


def zone_of_person(desk: Desk, person: Person) -> str:
    """The zone that the person has chosen, else that of people.csv, of the office, of the desk."""
    chosen = person.profile.get(FIELD)
    if isinstance(chosen, str) and is_zone(chosen):
        return chosen
    if person.zone:
        return person.zone
    offices = {name.casefold(): zone for name, zone in desk.file.offices.items()}
    return offices.get(person.office.casefold(), desk.zone)


def named(work: Work, voice: Voice, chat: str) -> str | None:
    """The name of the chat's zone where its clocks differ from the desk's: "Vladivostok, UTC+10"."""
    zone = zone_of(work, chat)
    return voice.zone(zone, work.now) if differs(work.config.desk, zone, work.now) else None


def differs(desk: Desk, zone: str, at: int) -> bool:
    """Whether clocks in a zone show another time than the desk's at an instant (UTC seconds)."""
    own, ours = (zones.local(at, ZoneInfo(name)).utcoffset() for name in (zone, desk.zone))
    return own != ours


def typed_time(desk: Desk, voice: Voice, zone: str, at: int, now: int) -> str:
    """A time that was typed by someone who reads in `zone`, as it was understood: "tomorrow at 11:00 (Omsk, UTC+6)"."""
    when = voice.when(at, zone, now)
    return f"{when} ({voice.zone(zone, at)})" if differs(desk, zone, at) else when
