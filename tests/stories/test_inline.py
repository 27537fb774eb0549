"""Inline mode over HTTP: engineers find articles from any chat, in their language; others get nothing."""

from __future__ import annotations

from typing import Any

from bot.people import directory
from tests.desk import ANNA, HELPDESK, MARINA, OLEG, STRANGER, Desk, said

INSTRUCTION = "BitLocker, память, гарантия"  # of an article for engineers


async def ask(desk: Desk, person: int, query: str, **more: Any) -> Any:
    answer = await desk.sim("inline", {"from": person, "query": query, **more})
    await desk.settle()
    assert answer["answered"], answer
    return answer


def titles(answer: Any) -> str:
    return " ".join(result["title"] for result in answer["results"])


async def test_an_engineer_sends_an_article_from_any_chat_by_its_name(desk: Desk) -> None:
    answer = await ask(desk, OLEG, "замяло бумагу", chat=HELPDESK, choose=0)
    assert "Замяло бумагу" in titles(answer)
    assert "Замяло бумагу" in said(await desk.last(HELPDESK))
    told = (await desk.look("calls?method=answerInlineQuery"))[-1]["args"]
    assert (told["is_personal"], told["cache_time"]) == (True, 10)


async def test_the_language_is_the_persons_own(desk: Desk) -> None:
    await desk.db.run(directory.set_language, (await desk.db.read(directory.known, MARINA)).id, "en")
    assert "Paper jam" in titles(await ask(desk, MARINA, "paper jam", chat=HELPDESK))


async def test_employees_and_strangers_get_an_empty_answer(desk: Desk) -> None:
    for person in (ANNA, STRANGER):
        assert (await ask(desk, person, "vpn"))["results"] == []


async def test_engineers_instructions_never_leave_the_chat_with_the_bot(desk: Desk) -> None:
    alone = await ask(desk, OLEG, "bitlocker гарантия", choose=0)
    assert INSTRUCTION in titles(alone)
    assert INSTRUCTION in said(await desk.last(OLEG))
    assert INSTRUCTION not in titles(await ask(desk, OLEG, "bitlocker гарантия", chat=HELPDESK))
    assert len(await desk.reads(OLEG)) == 1  # the bot's own text is no request: no offer below it
