"""Telegram brings the updates, or the bot asks for them: a switch in either direction loses no word."""

from __future__ import annotations

from typing import Any

from pydantic import SecretStr

from tests.desk import ANNA, HELPDESK, OLEG, Desk, SandboxProcess, open_desk, said, served


async def test_a_switch_between_asking_and_being_brought_loses_nothing(
    sandbox: SandboxProcess, database_url: str, unused_tcp_port: int
) -> None:
    brought: dict[str, Any] = {
        "webhook_url": SecretStr(f"http://127.0.0.1:{unused_tcp_port}/long-random-path"),
        "webhook_secret": SecretStr("s" * 40),
        "webhook_port": unused_tcp_port,
    }

    async def lived(desk: Desk) -> None:
        async with served(desk, database_url):
            await desk.write(ANNA, "Шуршит и поскрипывает полка")
        await desk.sim("send", {"from": ANNA, "text": "Кабинет двести два"})
        async with served(desk, database_url, **brought):
            await desk.settle()
            await desk.press(ANNA, "Передать инженеру")
            await desk.press(OLEG, "Взять", HELPDESK)
            await desk.write(ANNA, "Пахнет сильнее")
            asked = await desk.look("calls?method=getUpdates")
            await desk.write(ANNA, "И дымит")
            assert await desk.look("calls?method=getUpdates") == asked, "the bot no longer asks"
        await desk.sim("send", {"from": ANNA, "text": "Я открыла окно"})

    async with open_desk(sandbox.root, database_url, before=lived) as desk:
        await desk.settle()
        await desk.write(ANNA, "Жду")
        heard = [said(one) for one in await desk.reads(HELPDESK)]
    for words in ("Пахнет сильнее", "И дымит", "Я открыла окно", "Жду"):
        assert heard.count(words) == 1, words
