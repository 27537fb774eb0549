"""Others who take the bot's updates: a webhook on its token, a second process that polls."""

from __future__ import annotations

from tests.desk import ADMINS, ANNA, TOKEN, Desk, SandboxProcess, open_desk, said


async def test_a_token_with_a_webhook_is_not_deaf(sandbox: SandboxProcess, database_url: str) -> None:
    async def hook(desk: Desk) -> None:
        url = {"url": "http://127.0.0.1:9/secret-path"}
        async with desk.http.post(f"{desk.root}/bot{TOKEN}/setWebhook", json=url) as response:
            assert response.status == 200, await response.text()
        await desk.sim("send", {"from": ANNA, "text": "Шуршит и поскрипывает полка"})

    async with open_desk(sandbox.root, database_url, before=hook) as desk:
        assert await desk.find_button(ANNA, "Передать инженеру")
        told = said(await desk.find(ADMINS, "вебхук"))
        assert "127.0.0.1" in told
        assert "secret-path" not in told


async def test_a_second_reader_is_reported_once_and_its_end_too(desk: Desk) -> None:
    await desk.sim(
        "faults", {"kind": "error", "method": "getUpdates", "refusal": "conflict_poll", "count": 30}
    )
    for _ in range(20):
        await desk.fast_forward(5)
    assert len([one for one in await desk.reads(ADMINS) if "читает кто-то ещё" in said(one)]) == 1
    await desk.sim("faults", method="DELETE")
    await desk.write(ANNA, "Шуршит и поскрипывает полка")
    await desk.fast_forward(90)
    await desk.write(ANNA, "Что дальше?")
    await desk.fast_forward(30)
    assert len([one for one in await desk.reads(ADMINS) if "снова читаю только я" in said(one)]) == 1


async def test_one_conflict_after_a_restart_is_not_reported(desk: Desk) -> None:
    await desk.sim(
        "faults", {"kind": "error", "method": "getUpdates", "refusal": "conflict_poll", "count": 2}
    )
    for _ in range(8):
        await desk.fast_forward(10)
    assert not [one for one in await desk.reads(ADMINS) if "читает кто-то ещё" in said(one)]
