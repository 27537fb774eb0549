"""Any message, however absurd, gets an answer, never an exception."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.storage.schema import inbox, outbox
from tests.desk import ANNA, BORIS, Desk, said
from tests.knowledge.test_route import HOSTILE, mangled


async def test_absurd_messages_are_all_answered_and_none_of_them_breaks_anything(desk: Desk) -> None:
    texts = [text for text in HOSTILE + mangled(105, seed=7) if sendable(text)]
    for number, text in enumerate(texts):
        if number % 10 == 9:
            await desk.fast_forward(2 * 60)  # a turn has ended: what comes now is answered below it
        await desk.sim("send", {"from": BORIS, "chat": BORIS, "text": text[:4096]})
        if number % 10 == 9:
            await desk.fast_forward(60)
            assert (await desk.last(BORIS))["from"]["is_bot"], text
    for kind in ("voice", "sticker", "video_note", "photo"):
        await desk.write(BORIS, **{kind: {}})
    failed = inbox.c.state != "done"
    assert (
        await desk.db.read(lambda tx: tx.scalar(select(func.count()).select_from(inbox).where(failed))) == 0
    )
    dead = outbox.c.state.in_(("dead", "pending"))
    assert await desk.db.read(lambda tx: tx.scalar(select(func.count()).select_from(outbox).where(dead))) == 0
    await desk.write(ANNA, "принтер не печатает")
    assert "Принтер" in said(await desk.last(ANNA))


def sendable(text: str) -> bool:
    """What Telegram itself would let through: something to see, in characters it can carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return bool(text.strip()) and "\x00" not in text
