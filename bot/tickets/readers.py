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
    own, ours = (ZoneInfo(zone) for zone in (zone_of(work, chat), work.config.desk.zone))
    if zones.local(work.now, own).utcoffset() == zones.local(work.now, ours).utcoffset():
        return None
    return voice.zone(own.key, work.now)
