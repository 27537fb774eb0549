"""Round robin as the team's chat reads it: who is next, who is after them, and what an absence returns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import ANNA, BORIS, HELPDESK, OLEG, ROOT, Desk, SandboxProcess, open_desk, said

MINUTE, HOUR = 60, 3600
FREE = 'helpdesk: {title: {ru: "Первая линия", en: "Helpdesk"}}'
ROTA = f"duty: {{helpdesk: {{start: 2026-11-23, people: [S-{OLEG}], absent: {{S-{OLEG}: [2026-11-24/2026-11-27]}}}}}}"


@pytest.fixture
def turns(tmp_path: Path) -> Path:
    """The shipped files with round robin in the helpdesk; Oleg is away from Tuesday on."""
    text = (ROOT / "desk.yaml").read_text("utf-8")
    text = text.replace(FREE, f"{FREE[:-1]}, assignment: round_robin}}").replace(
        "\nchains:\n", f"\n{ROTA}\n\nchains:\n", 1
    )
    (tmp_path / "desk.yaml").write_text(text, "utf-8")
    for name in ("scenarios.yaml", "scenarios", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


async def heard(desk: Desk, number: int) -> list[str]:
    """To whom it was offered, as the ticket's topic says."""
    topic = await desk.reads(HELPDESK, await desk.topic(HELPDESK, number))
    return [name for one in topic for name in ("oleg", "sveta") if said(one).startswith(f"👉 @{name}")]


async def test_a_team_takes_turns_and_an_absence_gives_back_what_somebody_had(
    sandbox: SandboxProcess, database_url: str, turns: Path
) -> None:
    async with open_desk(sandbox.root, database_url, turns) as desk:
        await desk.write(OLEG, "/ticket @anna принтер молчит")
        assert await heard(desk, 1) == ["oleg"]
        await desk.fast_forward(16 * MINUTE)
        assert await heard(desk, 1) == ["oleg", "sveta"]
        await desk.press(OLEG, "Взять", HELPDESK, await desk.topic(HELPDESK, 1))
        await desk.find(ANNA, "Занимается Олег")

        await desk.fast_forward(23 * HOUR)
        await desk.find(HELPDESK, "Олег Смирнов не на смене: заявка снова в очереди")
        assert (await heard(desk, 1))[-1] == "sveta"
        await desk.find(ANNA, "Заявка 1")
        await desk.write(OLEG, "/ticket @boris монитор погас")
        assert await heard(desk, 2) == ["sveta"]
        await desk.find(BORIS, "Заявка 2")
