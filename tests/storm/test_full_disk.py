"""A disk that is really full, a small file system in memory: words wait with Telegram until there is room, then arrive."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import SandboxProcess, said
from tests.databases import copied_sqlite
from tests.desk import ANNA, HELPDESK, OLEG, hurry, open_desk

SIZE = 24 << 20  # bytes: the empty database and its journal need a sixth of it
WORDS = [f"слово {number} " + "и ещё " * 600 for number in range(30)]  # more than the journal has room for


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system needs the right to mount it: run as root")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(disk: Path) -> Path:
    """Write until there is no byte left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return ballast


@pytest.mark.processes
async def test_a_disk_that_is_full_for_a_while_costs_nobody_a_word(
    sandbox: SandboxProcess, small_disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = copied_sqlite(small_disk / "firstline.db")
    async with open_desk(sandbox.root, url) as desk:
        await desk.write(ANNA, "Шуршит и поскрипывает полка")
        await desk.press(ANNA, "Передать инженеру")
        await desk.press(OLEG, "Взять", HELPDESK)
        ballast = fill(small_disk)
        for word in WORDS:
            await desk.sim("send", {"from": ANNA, "text": word})
        for _ in range(40):
            await hurry(desk, 1)
            if "disk is full" in caplog.text:
                break
        assert "disk is full" in caplog.text, "the log names the cause"
        ballast.unlink()
        await hurry(desk, 2)
        await desk.settle()
        await desk.fast_forward(120)
        seen = [said(one) for one in await desk.reads(HELPDESK)]
    assert [one for one in seen if one.startswith("слово")] == [word.strip() for word in WORDS]
