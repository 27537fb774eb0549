"""Starts bots quickly, to be killed: `python -m tests.storm.launcher` imports everything once and forks a bot per
command.

No thread and no event loop exists before the fork; the child is the whole bot, from its lock file to its last commit.
A command is a JSON object in a line: {"start": {settings}, "log": FILE} -> {"pid": N}; {"wait": PID} -> {"code": N},
or minus the signal. A bot that does not end is killed, and no bot outlives this process.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from bot.app.main import _until_signalled
from bot.errors import FirstlineError
from bot.observe import logs
from bot.settings import Settings
from tests.desk import house

ENDS_WITHIN = 60.0  # real seconds after its signal


def main() -> None:
    """Execute commands until the input ends."""
    desk = house()
    desk.router.warm()
    alive: set[int] = set()
    print(json.dumps({"ready": os.getpid()}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        if "start" in command:
            pid = os.fork()
            if pid == 0:
                _be_the_bot(command["start"], Path(command["log"]), desk)
            alive.add(pid)
            answer = {"pid": pid}
        else:
            answer = {"code": _end_of(command["wait"])}
            alive.discard(command["wait"])
        print(json.dumps(answer), flush=True)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _end_of(pid: int) -> int:
    """The exit code of a bot that was terminated."""
    until = time.monotonic() + ENDS_WITHIN
    while time.monotonic() < until:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def _be_the_bot(settings: dict[str, Any], log: Path, desk: Any) -> None:
    """What `firstline run` does after reading its files."""
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
