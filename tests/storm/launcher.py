"""Starts bots quickly, to be killed: `python -m tests.storm.launcher` imports all once and forks a bot at each command.

No thread and no event loop exists before the fork; the child is the whole bot, from its lock file to its last commit. A command
is a JSON object in a line: {"start": {settings}, "log": FILE} -> {"pid": N}; {"wait": PID} -> {"code": N}, or minus the signal.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from bot.app import _until_signalled
from bot.errors import FirstlineError
from bot.observe import logs
from bot.settings import Settings
from tests.desk import house


def main() -> None:
    """Obey until the input ends."""
    desk = house()
    desk.router.warm()
    print(json.dumps({"ready": os.getpid()}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        if "start" in command:
            pid = os.fork()
            if pid == 0:
                _be_the_bot(command["start"], Path(command["log"]), desk)
            answer = {"pid": pid}
        else:
            _, status = os.waitpid(command["wait"], 0)
            answer = {"code": os.waitstatus_to_exitcode(status)}
        print(json.dumps(answer), flush=True)


def _be_the_bot(settings: dict[str, Any], log: Path, desk: Any) -> None:
    """What `firstline run` does once it has read its files."""
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.close(0)
    code = 0
    try:
        told = Settings(_env_file=None, **settings)
        logs.begin("WARNING", "text", ())
        asyncio.run(_until_signalled(told, desk))
    except FirstlineError as error:
        print(error, file=sys.stderr)
        code = 1
    except BaseException:
        logs.logging.exception("the bot died")
        code = 70
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
