"""Draw in a separate process: the drawing library takes 60 MB and a second to load, which the bot need not pay."""

import subprocess
import sys

from bot.errors import FirstlineError

SECONDS = 60  # of wall time that drawing may take; it takes two


class NoPicture(FirstlineError):
    """The picture could not be drawn."""


def drawn(painter: str, source: str, *options: str) -> bytes:
    """What the module `painter`, run as a program, makes of a text; it goes through a pipe, not the command line.

    Raises NoPicture.
    """
    command = [sys.executable, "-m", painter, *options]
    try:
        done = subprocess.run(
            command, input=source.encode(), capture_output=True, timeout=SECONDS, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise NoPicture from error
    return done.stdout
