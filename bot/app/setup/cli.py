"""`firstline setup`: its help, and the settings it begins with. No Telegram yet."""

from __future__ import annotations

from bot.observe import logs
from bot.settings import Settings
from bot.yamlfiles.environment import settings_or_exit


def setup() -> Settings:
    """Set everything up in one dialogue: token, people, groups, a test ticket.

    Every step is checked at once. Ctrl-C leaves it; the next call goes on where it was. It asks in the language of the
    terminal and reads its answers from a pipe as well. Exit code 1 when it was left, or something has to be cured.
    \f
    This half returns what `bot.app.setup.walk.walk` is given.
    """
    settings = settings_or_exit()
    logs.begin("ERROR", settings.log_format, settings.secrets)
    return settings
