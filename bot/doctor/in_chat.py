"""/doctor: the same examination, asked for in a chat of the running bot."""

from __future__ import annotations

from collections.abc import Sequence

from bot.clock import Clock
from bot.config.config import Config, Work
from bot.doctor import finding, records
from bot.doctor.examination import Installation, examine
from bot.doctor.finding import Finding
from bot.people.access import Object, authorize
from bot.people.directory import Person
from bot.settings import Settings
from bot.storage.unit import Units
from bot.telegram import outbox
from bot.telegram.api import Api
from bot.texts.speak import Voice


class HouseCall:
    """Examines the installation that it belongs to, with calls outside any transaction."""

    def __init__(self, settings: Settings, units: Units[Config], api: Api, clock: Clock) -> None:
        self._settings, self._units, self._api, self._clock = settings, units, api, clock

    async def __call__(self, voice: Voice) -> list[Finding]:
        known = await self._units.db.read(records.look)
        desk = self._units.config.desk
        return await examine(Installation(self._settings, self._api, self._clock, desk, known), voice)


def tell(work: Work, person: Person, chat: str, found: Sequence[Finding], voice: Voice) -> None:
    """Say what was found in the chat in which it was asked for."""
    authorize(person, "bind_chat", Object())
    for text in finding.messages(found, voice):
        outbox.line(work, chat, "doctor.said", {"text": text})
