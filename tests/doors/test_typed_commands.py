"""Whatever is typed after a slash is answered: in words about the command, not about a button, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.app.registries import renderers
from bot.config.config import Config
from bot.drawing import NoPicture
from bot.keys import RawChat
from bot.people import directory
from bot.people.directory import Person
from bot.reports.pictures import album
from bot.storage import typed as typed_rows
from bot.storage.schema import chats as groups
from bot.storage.schema import outbox, tickets
from bot.telegram import chats, delivery
from bot.telegram.card import unmarked
from bot.telegram.outbox import OutboxRow
from bot.telegram.posts import TOPIC_NAME
from bot.tickets import planning
from handlers.commands import TABLE
from tests.doors.deeds import NETWORK, NOW, TOPIC, asked, become, resolved, taken
from tests.doors.doorway import Doorway, chat_of
from tests.people.test_access import PEOPLE
from tests.units import work

Place = Callable[[Connection, Config], int]
ALL = ("engineer:network", "lead:network", "supervisor", "admin")
WRITTEN = ("", "дракон", "-1 💥", "999", "9" * 30, "999 стоит касса", "1 стоит касса")
FEW = ("", "999 стоит касса")


@pytest.fixture(autouse=True)
def without_painter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports come as words: their pictures would be painted by another process."""
    monkeypatch.setattr(album, "drawn", _refuse_to_draw)


def _refuse_to_draw(*_: object) -> bytes:
    raise NoPicture


def merged(tx: Connection, house: Config) -> int:
    """A duplicate of a ticket in work."""
    main = asked(tx, house).id
    number = taken(tx, house)
    planning.merge(work(tx, NOW, house.desk), number, main, directory.get(tx, PEOPLE["assignee"].id))
    return number


PLACES: dict[str, tuple[Place, int | None, int | None]] = {
    "in private": (taken, None, None),
    "in the team's chat": (taken, NETWORK, None),
    "in a ticket's topic": (taken, NETWORK, TOPIC),
    "in a solved ticket": (resolved, NETWORK, TOPIC),
    "in a merged ticket": (merged, NETWORK, TOPIC),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    ("who", "roles", "language", "written"),
    [("assignee", ALL, "ru", WRITTEN), ("assignee", ALL, "en", FEW), ("colleague", (), "en", FEW)],
    ids=["who may everything", "who reads English", "who may nothing"],
)
async def test_a_typed_command_is_answered_in_words_about_what_was_typed(
    doorway: Doorway, place: str, who: str, roles: Sequence[str], language: str, written: Sequence[str]
) -> None:
    with doorway.undone():
        stage(doorway, place, language)
        become(doorway.tx, PEOPLE[who], roles=roles)
        for name, words in product(TABLE, written):
            with doorway.undone():
                text = f"/{name} {words}".rstrip()
                answers = await typed(doorway, PEOPLE[who], place, text)
                assert answers, text
                for answer in answers:
                    check(doorway, answer, language)


SAID = {
    ("/merge", "in a ticket's topic"): "Напишите номер заявки, с которой объединить эту: /merge 15",
    ("/merge abc", "in a ticket's topic"): "Напишите номер заявки, с которой объединить эту: /merge 15",
    ("/merge 999", "in a ticket's topic"): "Заявки 999 нет. Проверьте номер.",
    ("/why 999", "in private"): "Заявки 999 нет. Проверьте номер.",
    (
        "/snooze +3",
        "in a merged ticket",
    ): "Заявка 2 уже объединена с 1, работа идёт там. Здесь ничего не изменилось.",
    ("/done готово", "in a solved ticket"): "Заявка 1 уже решена, ничего не изменилось. "
    "Если сотрудник скажет, что не работает, она вернётся к вам.",
    ("/to admins", "in a ticket's topic"): "Напишите, какой команде передать и что ей нужно знать: "
    "/to network в розетке нет линка",
    ("/to дракон это у них", "in a ticket's topic"): "Команды «дракон» нет. "
    "Эту заявку можно передать сюда: Первая линия (helpdesk), Системные администраторы (admins), Поставщик (vendor).",
    ("/prio P9 касса", "in a ticket's topic"): "Приоритета «P9» нет. Есть: P1, P2, P3, P4.",
    ("/snooze 01.01.2020", "in a ticket's topic"): "Этот день уже прошёл. Предложите другой: /snooze +3",
    (
        "/assign @p2",
        "in a ticket's topic",
    ): "Имя не в команде, у которой заявка 1. Заявка остаётся там, где была.",
    ("/done", "in the team's chat"): "Команда /done работает в теме заявки или ответом на её сообщение.",
    ("/find 99999999999999999999", "in private"): "Ничего не нашлось.",
    ("/bind network", "in private"): "Чья это будет группа? Выберите ниже: "
    "бот войдёт в неё администратором с нужными правами.",
    ("/my", "in the team's chat"): "Команда /my работает в личном чате со мной.",
    (
        "/quality",
        "in the team's chat",
    ): "Команда /quality работает в чате руководителей и в личном чате со мной.",
    ("/quality 9999", "in private"): "Напишите, за сколько дней показать, от 1 до 999: /quality 7",
}


@pytest.mark.parametrize(("text", "place"), SAID)
async def test_what_the_answer_says(doorway: Doorway, text: str, place: str) -> None:
    who = PEOPLE["assignee"]
    with doorway.undone():
        stage(doorway, place, "ru")
        become(doorway.tx, who, roles=ALL)
        answers = await typed(doorway, who, place, text)
        assert [drawn(doorway, answer) for answer in answers] == [SAID[text, place]]


@pytest.mark.parametrize("text", ["/done", "/done готово", "/merge 1", "/queue", "/why 1"])
async def test_an_employee_is_not_told_that_another_engineer_has_the_ticket(
    doorway: Doorway, text: str
) -> None:
    with doorway.undone():
        stage(doorway, "in private", "ru")
        answers = await typed(doorway, PEOPLE["colleague"], "in private", text)
        assert [drawn(doorway, answer) for answer in answers] == ["Эта команда для инженеров."]


def stage(doorway: Doorway, place: str, language: str) -> None:
    """Everybody and every group reads `language`; there is a ticket, in whose topic may be typed."""
    tx = doorway.tx
    for person in PEOPLE.values():
        become(tx, person, language=language)
    tx.execute(update(groups).values(language=language))
    PLACES[place][0](tx, doorway.house)


async def typed(doorway: Doorway, who: Person, place: str, text: str) -> list[OutboxRow]:
    """What is said where it was typed."""
    _, chat, thread = PLACES[place]
    user = {"id": who.telegram_id, "is_bot": False, "first_name": "N", "language_code": "ru"}
    user["username"] = f"p{who.id}"
    message: dict[str, Any] = {"message_id": 80, "date": NOW, "chat": chat_of(chat or who.telegram_id or 0)}
    if thread is not None:
        message |= {"message_thread_id": thread, "is_topic_message": True}
    before = max(doorway.tx.scalars(select(outbox.c.id)), default=0)
    doorway.tx.execute(outbox.update().where(outbox.c.card.is_not(None)).values(state="sent"))
    await doorway.comes({"message": message | {"from": user, "text": text}})
    here = {who.key, "team:network", RawChat(NETWORK)}
    said = select(outbox).where(outbox.c.id > before).order_by(outbox.c.id)
    rows = typed_rows.every(OutboxRow, doorway.tx.execute(said))
    return [row for row in rows if row.chat in here and row.kind != "hide" and row.card != TOPIC_NAME]


def check(doorway: Doorway, answer: OutboxRow, language: str) -> None:
    text = drawn(doorway, answer)
    assert not re.search("кнопк|button", text, re.IGNORECASE), text
    present = chats.language(doorway.tx, answer.chat)
    assert present == language or (answer.params or {}).get("line") == "language.set" or answer.card == "menu"
    known = {*doorway.tx.scalars(select(tickets.c.summary)), "дракон", "стоит касса"}
    words = re.sub("|".join(map(re.escape, sorted(known, key=len, reverse=True))), "", text)
    words = re.sub(r"Имя( \d+)?|Русский", "", words)
    assert bool(re.search("[а-яё]", words, re.IGNORECASE)) == (present == "ru"), text


def drawn(doorway: Doorway, answer: OutboxRow) -> str:
    """What people read of it."""
    job = delivery._prepare(work(doorway.tx, NOW, doorway.house), renderers(), answer)
    assert job.fault is None, job.fault
    return unmarked(job.drawing.text if job.drawing is not None else str(job.params.get("text", "")))
