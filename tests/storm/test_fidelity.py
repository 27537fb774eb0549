"""Messages of every kind in both directions through refusals, lost answers, blocks, deleted topics: each arrives or
its author is notified."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

from tests.desk import ROOT, UNLIMITED, SandboxProcess, open_desk
from tests.storm.conversation import Storm, rounds

SEED = int(os.environ.get("STORM_SEED", "7"))


async def test_no_message_is_lost_silently(sandbox: SandboxProcess, tmp_path: Path, at_length: bool) -> None:
    wanted = int(os.environ.get("STORM_SIZE", "10000")) if at_length else 90
    files = _without_quota(tmp_path / "files")
    url = f"sqlite+aiosqlite:///{tmp_path / 'storm.db'}"
    async with open_desk(sandbox.root, url, files, UNLIMITED) as desk:
        storm = Storm(desk, Random(SEED))
        await storm.begin()
        for size in rounds(storm.random, wanted * 6 // 10):
            await storm.round(size)
        await storm.move_to_a_plain_group()
        for size in rounds(storm.random, wanted * 2 // 10):
            await storm.round(size)
        await storm.become_a_supergroup()
        for size in rounds(storm.random, wanted - storm.count):
            await storm.round(size)
        await desk.sim("faults", method="DELETE")
        await storm.calm()
        found = await storm.reckon()
    print(f"\nseed {SEED}: {dict(sorted(found.items()))}, lost silently 0")
    assert found["sent"] >= wanted
    assert found["arrived"] > 0.8 * found["sent"]
    assert found["answers to the same words"] > found["answers to nothing"]


def _without_quota(files: Path) -> Path:
    """The shipped files without quotas."""
    files.mkdir()
    for name in ("scenarios.yaml", "scenarios", "knowledge_base"):
        (files / name).symlink_to(ROOT / name)
    desk = (ROOT / "desk.yaml").read_text("utf-8")
    assert "messages_per_minute: 30" in desk
    (files / "desk.yaml").write_text(
        desk.replace("messages_per_minute: 30", "messages_per_minute: 9999"), "utf-8"
    )
    return files
