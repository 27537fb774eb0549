"""The bot without Telegram's limits, to measure what is behind them."""

from __future__ import annotations

import asyncio
import gc
import signal
from pathlib import Path

from bot.app.files import open_files
from bot.app.main import serve
from bot.config.config import Config
from bot.observe import logs
from bot.telegram.limits import Limit, Limits
from bot.yamlfiles.environment import settings_or_exit

NONE = Limit(1_000_000, 1.0)


async def main() -> None:
    settings = settings_or_exit(Path("none.env"))
    logs.begin("ERROR", "text", settings.secrets)
    opened = open_files(settings.desk_file, settings.scenarios_file, settings.knowledge_dir)
    assert opened.desk is not None
    assert opened.program is not None
    assert opened.library is not None
    house = Config(opened.desk, opened.program, opened.library, opened.router(), settings.knowledge_dir)
    gc.freeze()  # as the bot does
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await serve(settings, house, stop, Limits(overall=NONE, private=NONE, burst=1_000_000, group=NONE))


asyncio.run(main())
