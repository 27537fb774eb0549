"""A process that claims on command: `python -m tests.storm.claiming URL FIRST SIZE`, a ticket's number in each line
read.

All its engineers claim the ticket at once; what each of them reads comes back as a line of JSON, by the engineer's
number.
"""

from __future__ import annotations

import asyncio
import json
import sys

from bot.storage.db import Database, open_database
from tests.storm.test_two_engineers import claim, policy


async def main(url: str, first: int, size: int) -> None:
    """Claim until the input ends."""
    db = open_database(url)
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await everybody_claims(db, int(line), range(first, first + size))), flush=True)
    await db.close()


async def everybody_claims(db: Database, number: int, crowd: range) -> dict[int, str]:
    """What each of these engineers reads when all of them press at once."""
    claims = (db.run(claim, policy(), number, who) for who in crowd)
    return dict(zip(crowd, await asyncio.gather(*claims), strict=True))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
