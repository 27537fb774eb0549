"""A remedy for each refusal of Telegram: no chat is delayed by another's trouble, nothing is lost silently."""

from __future__ import annotations

import base64
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.storage.db import Database
from bot.telegram import chats, outbox, posts
from bot.telegram.card import Drawing
from bot.telegram.chats import Place
from bot.telegram.limits import TOPIC_REACH
from tests.telegram.line import ADMINS, ANNA, BORIS, FORUM, GROUP, Line, open_line
from tests.units import as_unit, work

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
A, B = f"person:{ANNA}", f"person:{BORIS}"


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the other files try both


@pytest.fixture
async def line(db: Database) -> AsyncIterator[Line]:
    async with open_line(db) as opened:
        yield opened


async def test_a_restart_does_not_forget_that_telegram_asked_to_wait(line: Line) -> None:
    await line.fault("retry_after", method="sendMessage", chat=ANNA, seconds=40)
    await line.say(A, "раз")
    (row,) = await line.rows()
    assert row.state == "pending"
    assert row.not_before >= line.clock.now() + 35


async def test_an_edit_whose_answer_was_lost_is_not_an_error(line: Line) -> None:
    await line.show("team:a", "первое")
    await line.fault("drop_after", method="editMessageText")
    await line.show("team:a", "второе")
    await line.later(10)
    assert [text for text in await line.reads(FORUM) if text] == ["второе"]
    assert (await line.rows())[-1].state == "sent"


async def test_one_ill_chat_never_slows_the_others(line: Line) -> None:
    await line.fault("error", method="sendMessage", chat=ANNA, count=50, error_code=500)
    await line.say(A, "в пустоту")
    for number in range(5):
        await line.say(B, f"слово {number}")
        assert (await line.reads(BORIS))[-1] == f"слово {number}"


async def test_after_an_outage_everybody_is_served_at_once(line: Line) -> None:
    await line.fault("drop_before", count=6)
    await line.say(A, "раз")
    await line.say(B, "два")
    await line.later(1800)
    assert (await line.reads(ANNA), await line.reads(BORIS)) == (["раз"], ["два"])


async def test_what_could_not_be_said_for_a_day_is_told_to_somebody(line: Line) -> None:
    await line.fault("error", method="sendMessage", chat=ANNA, error_code=500)
    yesterday = line.clock.now() - 25 * 3600
    await line.run(lambda tx: outbox.say(work(tx, yesterday), A, "важно", about="word:1"))
    ((about, outcome),) = line.heard
    assert (about, outcome.state) == ("word:1", "dead")


async def test_a_person_who_blocked_us_is_told_about_and_the_rest_goes_on(line: Line) -> None:
    await line.sim("block", **{"from": ANNA})
    await line.say(A, "раз", about="word:1")
    await line.say(B, "два")
    ((about, outcome),) = line.heard[:1]
    assert about == "word:1"
    assert "blocked" in str(outcome.reason)
    assert await line.reads(BORIS) == ["два"]


async def test_a_closed_topic_is_opened_again(line: Line) -> None:
    await line.show("team:a", "карточка", topic="ticket:1")
    thread = (await line.messages(FORUM))[-1]["message_thread_id"]
    await line.fault("error", method="sendMessage", chat=FORUM, refusal="topic_closed")
    await line.sim("topic", chat=FORUM, close=thread)
    await line.say("team:a", "слово", topic="ticket:1")
    last = (await line.messages(FORUM))[-1]
    assert (last["text"], last["message_thread_id"]) == ("слово", thread)


async def test_a_topic_that_is_not_found_though_it_lives_does_not_swallow_a_word(line: Line) -> None:
    """tdlib/telegram-bot-api#693: the general topic is better than none."""
    await line.fault("error", method="sendMessage", chat=FORUM, count=2, refusal="thread_unknown")
    await line.say("team:a", "слово", topic="ticket:1")
    assert (await line.reads(FORUM))[-1] == "слово"


async def test_a_topic_is_left_for_a_new_one_before_bots_can_reach_it_no_longer(line: Line) -> None:
    await line.show("team:a", "карточка", topic="ticket:1")
    old = await line.db.read(posts.find, "team:a", posts.TOPIC, "ticket:1")
    for distance, opened in ((TOPIC_REACH, 1), (TOPIC_REACH + 1, 2)):
        await line.run(
            as_unit(posts.keep, line.clock.now()), "team:a", "card", "ticket:2", old.message_id + distance
        )
        await line.say("team:a", f"за {distance}", topic="ticket:1")
        assert len(await line.calls("createForumTopic")) == opened
    new = await line.db.read(posts.find, "team:a", posts.TOPIC, "ticket:1")
    words = {one["text"]: one.get("message_thread_id") for one in await line.messages(FORUM) if "text" in one}
    assert words[f"за {TOPIC_REACH}"] == old.message_id
    assert words[f"за {TOPIC_REACH + 1}"] == words["карточка"] == new.message_id


async def test_a_text_longer_than_telegram_takes_is_said_as_far_as_it_goes(line: Line) -> None:
    await line.say(A, f"<b>{'ы' * 5000}</b>")
    await line.show(A, f"{'ю' * 5000}")
    assert [len(text) for text in await line.reads(ANNA)] == [4096, 4096]


async def test_without_the_right_to_open_topics_the_team_reads_it_in_one_stream(line: Line) -> None:
    await line.sim("rights", chat=FORUM, rights={"can_manage_topics": False})
    await line.show("team:a", "карточка", topic="ticket:1")
    await line.say("team:a", "слово", topic="ticket:1")
    assert await line.reads(FORUM) == ["карточка", "слово"]
    told = await line.reads(ADMINS)
    assert len(told) == 1
    assert "team:a" in told[0]


async def test_a_group_whose_topics_were_switched_off_is_spoken_to_all_the_same(line: Line) -> None:
    await line.run(lambda tx: chats.bind(work(tx, 0), "chiefs", GROUP, is_forum=True))
    await line.say("chiefs", "слово", topic="ticket:1")
    assert await line.reads(GROUP) == ["слово"]
    assert await line.db.read(chats.find, "chiefs") == Place(GROUP, is_forum=False)


async def test_markup_that_telegram_refuses_is_said_in_plain_words(line: Line) -> None:
    await line.say(A, "<b>жирно</b> & <криво>")
    assert await line.reads(ANNA) == ["жирно &"]


async def test_a_card_with_refused_markup_is_edited_plainly_where_it_stands(line: Line) -> None:
    await line.show("team:a", "хорошо")
    await line.show("team:a", "<b>плохо")
    texts = await line.reads(FORUM)
    assert texts == ["плохо"]


async def test_a_card_that_shows_nothing_new_costs_no_call(line: Line) -> None:
    await line.show("team:a", "карточка")
    before = len(await line.calls())
    await line.show("team:a", "карточка")
    assert [call["method"] for call in (await line.calls())[before:] if call["method"] != "getUpdates"] == []


async def test_a_card_whose_message_somebody_deleted_is_sent_anew(line: Line) -> None:
    await line.show("team:a", "раз")
    message = (await line.messages(FORUM))[-1]["message_id"]
    await line.sim("delete", **{"from": BORIS, "chat": FORUM, "message_id": message})
    await line.show("team:a", "два")
    assert await line.reads(FORUM) == ["два"]


async def test_a_card_that_is_no_longer_true_is_dropped(line: Line) -> None:
    line.drawn["ticket:1"] = None
    await line.run(as_unit(outbox.show, 0), "team:a", "card", "ticket:1")
    assert [(row.state, row.reason) for row in await line.rows()] == [("dropped", "no longer true")]


async def test_a_card_that_cannot_be_drawn_is_told_about_and_stops_nobody(line: Line) -> None:
    await line.run(as_unit(outbox.show, 0), "team:a", "card", "ticket:404")
    await line.say("team:a", "слово")
    assert await line.reads(FORUM) == ["слово"]
    assert [(about, outcome.state) for about, outcome in line.heard] == [("ticket:404", "dead")]


async def test_what_came_too_late_is_not_said(line: Line) -> None:
    await line.say(A, "обед!", expires_at=line.clock.now() - 1)
    assert await line.reads(ANNA) == []
    assert [row.reason for row in await line.rows()] == ["expired"]


async def test_words_for_a_chat_that_nobody_bound_are_told_about(line: Line) -> None:
    await line.say("team:nowhere", "слово", about="word:1")
    assert [outcome.reason for _, outcome in line.heard] == ["chat is not bound"]


async def test_a_revoked_token_kills_no_message(line: Line) -> None:
    await line.fault("error", method="sendMessage", count=3, refusal="token_revoked")
    await line.say(A, "важно")
    await line.later(60)
    assert await line.reads(ANNA) == ["важно"]


async def test_an_answer_that_is_no_json_is_a_telegram_that_is_ill(line: Line) -> None:
    await line.fault("error", method="sendMessage", error_code=413, description="Request Entity Too Large")
    await line.say(A, "раз", about="word:1")
    assert [outcome.state for _, outcome in line.heard] == ["dead"]


async def test_a_minute_in_a_group_never_holds_more_than_telegram_allows(line: Line) -> None:
    await line.say("chiefs", *(f"слово {n}" for n in range(45)))
    await line.later(200)
    assert len(await line.reads(GROUP)) == 45
    assert {call["status"] for call in await line.calls("sendMessage")} == {200}


async def test_a_room_that_stumbles_over_the_news_does_not_undo_what_was_said(line: Line) -> None:
    def stumble(*_: object) -> None:
        raise RuntimeError("room")

    line.sender._book.hooks["word"] = stumble  # type: ignore[index]
    await line.say(A, "раз", "два", about="word:1")
    assert await line.reads(ANNA) == ["раз", "два"]
    assert {row.state for row in await line.rows()} == {"sent"}


async def test_a_picture_is_uploaded_once_and_a_text_becomes_a_picture_by_a_new_message(
    line: Line, tmp_path: Path
) -> None:
    picture = tmp_path / "printer.png"
    picture.write_bytes(PIXEL)
    await line.show(A, "слова", about="run:1")
    line.drawn["run:1"] = Drawing("<b>куда нажать</b>", photo=picture)
    await line.run(as_unit(outbox.show, 0), A, "card", "run:1")
    line.drawn["run:2"] = Drawing("ещё раз", photo=picture)
    await line.run(as_unit(outbox.show, 0), A, "card", "run:2")
    shown = [one for one in await line.messages(ANNA) if not one.get("deleted")]
    assert [one.get("caption") for one in shown] == ["куда нажать", "ещё раз"]
    uploads = [call["args"]["photo"] for call in await line.calls("sendPhoto")]
    assert uploads[1] == shown[0]["photo"][-1]["file_id"]
    assert await line.db.read(posts.find, A, "card", "run:1") is not None


async def test_a_picture_that_was_replaced_is_uploaded_anew(line: Line, tmp_path: Path) -> None:
    picture = tmp_path / "printer.png"
    for changed_at in (1, 2, 2):
        picture.write_bytes(PIXEL)
        os.utime(picture, ns=(changed_at, changed_at))
        about = f"run:{len(line.drawn)}"
        line.drawn[about] = Drawing("куда нажать", photo=picture)
        await line.run(as_unit(outbox.show, 0), A, "card", about)
    uploads = [call["args"]["photo"] for call in await line.calls("sendPhoto")]
    ids = [one["photo"][-1]["file_id"] for one in await line.messages(ANNA)]
    assert [upload in ids for upload in uploads] == [False, False, True]


@pytest.mark.parametrize("content", [None, b"not a picture at all"])
async def test_a_picture_that_cannot_be_shown_does_not_swallow_the_words(
    line: Line, tmp_path: Path, content: bytes | None
) -> None:
    picture = tmp_path / "printer.png"
    if content is not None:
        picture.write_bytes(content)
    line.drawn["run:1"] = Drawing("<b>куда нажать</b>", photo=picture)
    await line.run(as_unit(outbox.show, 0), A, "card", "run:1")
    assert await line.reads(ANNA) == ["куда нажать"]


async def test_a_card_loses_its_picture_where_a_group_takes_no_photos(line: Line, tmp_path: Path) -> None:
    picture = tmp_path / "printer.png"
    picture.write_bytes(PIXEL)
    await line.sim("rights", chat=FORUM, status="restricted", rights={"can_send_photos": False})
    line.drawn["run:1"] = Drawing("<b>куда нажать</b>", photo=picture)
    await line.run(as_unit(outbox.show, 0), "team:a", "card", "run:1")
    assert await line.reads(FORUM) == ["куда нажать"]
    assert line.heard == []


async def test_what_is_changed_and_deleted_is_asked_for_without_topic_and_reply(line: Line) -> None:
    await line.show("team:a", "карточка", topic="ticket:1")
    number = (await line.messages(FORUM))[-1]["message_id"]
    target = {"message_id": number, "text": "другое"}
    await line.run(lambda tx: outbox.call(work(tx, 0), "team:a", "editMessageText", target, topic="ticket:1"))
    await line.settle()
    (call,) = await line.calls("editMessageText")
    assert call["args"].keys() == {"chat_id", "message_id", "text"}


async def test_a_topic_whose_name_is_blank_is_opened_all_the_same(line: Line) -> None:
    await line.say("team:a", "слово", topic="ticket:blank")
    assert (await line.reads(FORUM))[-1] == "слово"
