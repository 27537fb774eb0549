"""A password typed into the chat is hidden from the desk, and its author is warned."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.storage.schema import history, outbox, relays, runs, searches, tickets, utterances
from tests.desk import ANNA, HELPDESK, NETWORK, OLEG, Desk, buttons, said
from tests.stories.test_the_whole_path import open_a_ticket

PASSWORD = "Qwerty123!"
WORDS = f"не могу войти, логин ivanov пароль {PASSWORD}"
HIDDEN = "не могу войти, логин ivanov пароль •••"
WARNING = "смените пароль"


async def nobody_reads(desk: Desk, secret: str) -> None:
    """Only its author's chat shows it; no topic name and no stored text contains it."""
    for chat in (HELPDESK, NETWORK):
        assert secret not in json.dumps(await desk.reads(chat), ensure_ascii=False)
    assert secret not in await desk.db.run(rows)
    for message in await desk.reads(ANNA):
        if message["from"]["is_bot"]:
            assert secret not in said(message) + " ".join(buttons(message))


def rows(tx: Connection) -> str:
    tables = (tickets, history, outbox, relays, runs, searches, utterances)
    return json.dumps(
        [[str(row) for row in tx.execute(select(table))] for table in tables], ensure_ascii=False
    )


async def press_if_there(desk: Desk, *labels: str) -> None:
    """Answer the question after a message that the bot takes for something else."""
    for label in labels:
        shown = [name for message in (await desk.reads(ANNA))[-3:] for name in buttons(message)]
        if (found := next((name for name in shown if name.startswith(label)), None)) is not None:
            await desk.press(ANNA, found)


async def hand_to_an_engineer(desk: Desk, words: str, **more: Any) -> None:
    await desk.write(ANNA, words, **more)
    await press_if_there(desk, "Не то", "Ничего из этого", "Передать инженеру")


async def write_to_the_ticket(desk: Desk, words: str = "", **more: Any) -> Any:
    written = await desk.write(ANNA, words, **more)
    await press_if_there(desk, "К заявке 1")
    return written


async def test_a_password_in_the_first_words_stays_hidden(desk: Desk) -> None:
    await hand_to_an_engineer(desk, WORDS)
    await desk.find(HELPDESK, HIDDEN)
    assert len([one for one in await desk.reads(ANNA) if WARNING in said(one)]) == 1
    await nobody_reads(desk, PASSWORD)


async def test_a_password_beside_an_open_ticket_and_in_an_edit_stays_hidden(desk: Desk) -> None:
    await open_a_ticket(desk)
    await write_to_the_ticket(desk, f"пароль {PASSWORD} если надо")
    await desk.find(HELPDESK, "пароль ••• если надо")
    clean = await desk.write(ANNA, "посмотрите, пожалуйста")
    await desk.sim("edit", {"from": ANNA, "message_id": clean["message_id"], "text": "PIN 4821"})
    await desk.settle()
    await desk.find(HELPDESK, "PIN •••")
    assert WARNING in said(await desk.last(ANNA))
    await nobody_reads(desk, PASSWORD)
    await nobody_reads(desk, "4821")


async def test_a_password_below_a_picture_or_in_an_album_stays_hidden(desk: Desk) -> None:
    await open_a_ticket(desk)
    await write_to_the_ticket(desk, photo={}, caption=f"пароль {PASSWORD}")
    message = await desk.find(HELPDESK, "пароль •••")
    assert message.get("photo")
    await desk.write(ANNA, album=[{"photo": {}}, {"photo": {}}], caption="вот мой пин 4821")
    await press_if_there(desk, "К заявке 1")
    await desk.find(HELPDESK, "вот мой пин •••")
    await nobody_reads(desk, PASSWORD)
    await nobody_reads(desk, "4821")


async def test_a_password_does_not_go_to_the_next_team_at_a_hand_over(desk: Desk) -> None:
    await open_a_ticket(desk)
    await desk.press(OLEG, "Взять", HELPDESK)
    await write_to_the_ticket(desk, "слово " * 60 + f"пароль {PASSWORD}")
    topic = await desk.topic(HELPDESK, 1)
    await desk.write(OLEG, "/to network порт", chat=HELPDESK, thread=topic)
    assert (await desk.find(NETWORK, "пароль •••"))["chat"]["id"] == NETWORK
    await nobody_reads(desk, PASSWORD)


async def test_a_forwarded_password_stays_hidden(desk: Desk) -> None:
    anna = {"id": ANNA, "is_bot": False, "first_name": "Анна"}
    origin = {"type": "user", "date": 1_795_400_000, "sender_user": anna}
    await desk.write(OLEG, WORDS, forward_origin=origin)
    await desk.press(OLEG, "Открыть заявку за: Анна Иванова")
    assert (
        len([one for one in await desk.reads(HELPDESK) if HIDDEN in said(one)]) == 2
    )  # the card, and the message
    await nobody_reads(desk, PASSWORD)


@pytest.mark.parametrize(
    "words", ["забыл пароль", "пароль не подходит", "код ошибки 0x80", "PIN не принимает"]
)
async def test_words_about_passwords_are_carried_without_a_warning(desk: Desk, words: str) -> None:
    await open_a_ticket(desk)
    await write_to_the_ticket(desk, words)
    await desk.find(HELPDESK, words)
    assert not any(WARNING in said(one) for one in await desk.reads(ANNA))


async def test_a_password_that_is_the_next_message_stays_hidden(desk: Desk) -> None:
    await open_a_ticket(desk)
    await write_to_the_ticket(desk, "не пускает в почту, сейчас пришлю пароль")
    await desk.write(ANNA, PASSWORD)
    await nobody_reads(desk, PASSWORD)
    assert len([one for one in await desk.reads(ANNA) if WARNING in said(one)]) == 1


async def test_a_message_with_a_password_is_deleted_and_its_author_reads_so(desk: Desk) -> None:
    await open_a_ticket(desk)
    await write_to_the_ticket(desk, f"пароль {PASSWORD} если надо")
    assert "Через пять минут удалю" in said(await desk.find(ANNA, WARNING))
    await desk.fast_forward(6 * 60)
    assert not any(PASSWORD in said(one) for one in await desk.reads(ANNA))
    assert await desk.find(ANNA, "с паролем или кодом я удалил")
    await desk.find(HELPDESK, "пароль ••• если надо")


async def test_a_picture_with_a_password_below_it_is_deleted_when_the_engineers_have_it(desk: Desk) -> None:
    await open_a_ticket(desk)
    await write_to_the_ticket(desk, photo={}, caption=f"вот пароль {PASSWORD}")
    assert "когда файл дойдёт" in said(await desk.find(ANNA, WARNING))
    await desk.fast_forward(6 * 60)
    assert not any(PASSWORD in said(one) for one in await desk.reads(ANNA))
    assert (await desk.find(HELPDESK, "пароль •••")).get("photo")
    await desk.press(OLEG, "Взять", HELPDESK)
    await desk.write(OLEG, "/to network порт", chat=HELPDESK, thread=await desk.topic(HELPDESK, 1))
    assert (await desk.find(NETWORK, "пароль •••")).get("photo")


async def test_a_picture_with_a_password_waits_until_its_author_has_chosen_where_it_goes(desk: Desk) -> None:
    await desk.write(ANNA, photo={}, caption=f"шуршит и пахнет, пароль {PASSWORD}")
    await desk.fast_forward(20 * 60)
    await press_if_there(desk, "Не то", "Ничего из этого", "Передать инженеру")
    await desk.find(HELPDESK, "пароль •••")
    await desk.fast_forward(10 * 60)
    assert not any(PASSWORD in said(one) for one in await desk.reads(ANNA))


async def test_a_false_alarm_is_undone_by_one_press_and_the_words_go_on(desk: Desk) -> None:
    await open_a_ticket(desk)
    await write_to_the_ticket(desk, "пароль Ромашка24 - так называется наша группа")
    await desk.find(HELPDESK, "пароль ••• - так называется")
    await desk.press(ANNA, "Это не пароль и не код")
    await desk.press(ANNA, "Это не пароль и не код")
    whole = [one for one in await desk.reads(HELPDESK) if "пароль Ромашка24 - так" in said(one)]
    assert len(whole) == 1
    await desk.fast_forward(10 * 60)
    assert any("Ромашка24" in said(one) for one in await desk.reads(ANNA))


async def test_words_that_wait_for_a_choice_are_whole_again_after_a_false_alarm(desk: Desk) -> None:
    await desk.write(ANNA, "шуршит и пахнет, пароль Ромашка24")
    await desk.press(ANNA, "Это не пароль и не код")
    await press_if_there(desk, "Не то", "Ничего из этого", "Передать инженеру")
    assert any("Ромашка24" in said(one) for one in await desk.reads(HELPDESK))
