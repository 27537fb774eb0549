"""Escalation as people read it: line two, the step past an unreachable role, the figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import (
    ADMINS,
    ANNA,
    HELPDESK,
    MARINA,
    NETWORK,
    OLEG,
    ROOT,
    SUPERVISORS,
    SVETA,
    Desk,
    SandboxProcess,
    open_desk,
    said,
)

MINUTE = 60


@pytest.fixture
def offering(tmp_path: Path) -> Path:
    """The shipped files, with a second line."""
    text = (ROOT / "desk.yaml").read_text("utf-8")
    functional = "    functional: {unclaimed_at: 60, to_team: network}\n    ack: 1h "
    (tmp_path / "desk.yaml").write_text(text.replace("    ack: 1h ", functional, 1), "utf-8")
    for name in ("scenarios.yaml", "scenarios", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


async def test_what_the_first_line_lets_lie_stands_in_line_twos_chat(
    sandbox: SandboxProcess, database_url: str, offering: Path
) -> None:
    async with open_desk(sandbox.root, database_url, offering) as desk:
        await desk.write(OLEG, "/ticket @anna принтер молчит")
        await desk.fast_forward(35 * MINUTE)
        assert "не взяла вовремя" not in said(await desk.last(ANNA))
        await desk.fast_forward(2 * MINUTE)
        topic = await desk.topic(NETWORK, 1)
        words = [said(message) for message in await desk.reads(NETWORK, topic)]
        assert any("Никто не взял за 60 % времени" in word for word in words)
        await desk.find(ANNA, "не взяла вовремя, поэтому подключили «Сеть»")
        await desk.find(HELPDESK, "Сейчас работает «Сеть». Отвечаем мы.")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the recipients are the same on both
async def test_whoever_is_on_duty_is_called_by_name_after_a_swap_and_past_an_absence(
    sandbox: SandboxProcess, database_url: str, tmp_path: Path
) -> None:
    rota = f"{{start: 2026-11-23, people: [S-{OLEG}, S-{SVETA}], swaps: {{2026-11-25: S-{SVETA}}}"
    rota += f", absent: {{S-{SVETA}: [2026-11-24/2026-11-27]}}}}"
    text = (ROOT / "desk.yaml").read_text("utf-8")
    (tmp_path / "desk.yaml").write_text(text + f"\nduty: {{helpdesk: {rota}}}\n", "utf-8")
    for name in ("scenarios.yaml", "scenarios", "knowledge_base"):
        (tmp_path / name).symlink_to(ROOT / name)
    async with open_desk(sandbox.root, database_url, tmp_path) as desk:
        for ticket, called in ((1, "@sveta"), (2, "@oleg")):
            await desk.write(OLEG, "/ticket @anna принтер молчит")
            await desk.fast_forward(46 * MINUTE)
            topic = await desk.topic(HELPDESK, ticket)
            assert called in said(await desk.last(HELPDESK, topic))
            await desk.press(OLEG, "Взять", HELPDESK, topic)
            await desk.fast_forward(24 * 60 * MINUTE)


async def test_the_supervisor_reads_the_figures_by_class(desk: Desk) -> None:
    await desk.write(OLEG, "/ticket @anna принтер молчит")
    topic = await desk.topic(HELPDESK, 1)
    await desk.press(OLEG, "Взять", HELPDESK, topic)
    await desk.fast_forward(60 * MINUTE)
    await desk.write(OLEG, "/done заменил ролик", chat=HELPDESK, thread=topic)
    await desk.write(MARINA, "/quality 7")
    told = said(await desk.find(MARINA, "Качество с"))
    assert "Обычный" in told
    assert "1 заявка · 1 ч работы" in told
    assert "взять 1/1" in told
    await desk.write(OLEG, "/quality")
    assert "Качество" not in said(await desk.last(OLEG))


async def test_an_alert_goes_on_past_a_group_that_threw_us_out_and_a_supervisor_who_blocked_us(
    desk: Desk,
) -> None:
    await desk.write(OLEG, "/ticket @anna принтер молчит")
    thrown_out = {
        "kind": "error",
        "method": "sendMessage",
        "chat": SUPERVISORS,
        "refusal": "kicked_supergroup",
    }
    await desk.sim("faults", thrown_out | {"count": 99})
    await desk.fast_forward(61 * MINUTE)
    await desk.find(MARINA, "не взята, срок был")
    await desk.sim("block", {"from": MARINA})
    await desk.fast_forward(120 * MINUTE)
    await desk.find(ADMINS, "не взята, срок был")
