"""The conversations marked `http`, played through the sandbox by 45 employees of one desk."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from tests.conversations import reading
from tests.conversations.over_http import Player, scenes
from tests.conversations.standing import NAMES, enlist_engineers, stand
from tests.desk import MARINA, MONDAY, Desk, SandboxProcess, house, open_desk
from tests.whole import sandbox

__all__ = ["sandbox"]

DAY_OF_IT = 9 * 86_400 + 3600  # seconds from the sandbox's Monday to Wednesday, 2 December, 11:00
ARRIVING = 480  # seconds in which the cards of so many tickets come
A_WAIT = 60  # seconds after which a group that had its share of a minute may be sent more


async def test_conversations_over_http_go_where_they_have_to(sandbox: SandboxProcess, tmp_path: Path) -> None:
    cast = scenes([entry for entry in reading.entries() if entry.get("http")])

    async def before(desk: Desk) -> None:
        await desk.fast_forward(DAY_OF_IT - ARRIVING)
        now = int(datetime.fromisoformat(MONDAY).timestamp()) + DAY_OF_IT
        await desk.db.run(enlist_engineers)
        for scene in cast:
            first, _, last = NAMES[scene.entry["language"]].partition(" ")
            for account in (scene.account, scene.account + 500):
                names = {"first_name": first, "last_name": last, "language_code": scene.entry["language"]}
                await desk.sim("people", {"id": account, "started": True, **names})
            await desk.db.run(lambda tx, scene=scene: stand(tx, scene, house(), now))

    faults: dict[str, list[str]] = {}
    async with open_desk(
        sandbox.root, f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}", before=before
    ) as desk:
        for _ in range(0, ARRIVING, A_WAIT):
            await desk.fast_forward(A_WAIT)
        is_declared = False
        for scene in cast:
            if scene.entry.get("standing", {}).get("outages") and not is_declared:
                is_declared = True
                await desk.write(MARINA, "/outage printing до 18:00 Не печатают принтеры. Обход: PRN-2-01")
            if found := await Player(desk, scene).play():
                faults[scene.entry["id"]] = found
    assert not faults, "\n".join(f"{name}: {fault}" for name, listed in faults.items() for fault in listed)
    assert len(cast) >= 40
