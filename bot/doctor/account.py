"""The bot's own account at Telegram: the token, privacy mode, inline mode, the webhook, and Telegram's clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from bot.clock import Clock
from bot.doctor.finding import Diagnosis
from bot.settings import Settings
from bot.telegram.api import Api, Disowned, TelegramError

SKEW = 5  # seconds: deadlines and backups by a clock that is further off are misleading
STALE = 3600  # seconds after which an error of the webhook is history


async def whose_token(api: Api, bot_id: str | None, found: Diagnosis) -> Mapping[str, Any] | None:
    """getMe, compared with the bot that the database knows. None when nothing more can be asked."""
    try:
        me = await api.call("getMe")
    except Disowned as error:
        found.fault("bad_token", text=error)
        return None
    except TelegramError as error:
        found.fault("unreachable", root=api.root, text=error)
        return None
    if not isinstance(me, dict) or not {"id", "username"} <= me.keys():
        found.fault("unreachable", root=api.root, text="getMe")
        return None
    if bot_id is not None and bot_id != str(me["id"]):
        found.fault("another_bot", username=me["username"], id=me["id"], known=bot_id)
    else:
        found.good("bot", username=me["username"])
    return me


def abilities(me: Mapping[str, Any], *, is_admin_everywhere: bool, found: Diagnosis) -> None:
    """What is set at @BotFather. Privacy mode hides nothing from an administrator of a group."""
    if me.get("can_read_all_group_messages"):
        found.good("privacy_off")
    elif is_admin_everywhere:
        found.hint("privacy_harmless")
    else:
        found.fault("privacy")
    if me.get("can_join_groups") is False:
        found.fault("no_groups")
    if me.get("supports_inline_queries"):
        found.good("inline_on")
    else:
        found.hint("inline")


async def way_in(api: Api, settings: Settings, clock: Clock, found: Diagnosis) -> None:
    """getWebhookInfo, compared with WEBHOOK_URL. The path of a webhook is often a secret: only hosts are said."""
    try:
        info = await api.call("getWebhookInfo")
    except TelegramError as error:
        found.fault("not_asked", method="getWebhookInfo", text=error)
        return
    info = info if isinstance(info, dict) else {}
    there = str(info.get("url") or "")
    wanted = settings.webhook_url.get_secret_value() if settings.webhook_url is not None else ""
    waiting = info.get("pending_update_count", 0)
    if there and not wanted:
        found.fault("webhook_set", host=_host(there))
    elif wanted and not there:
        found.fault("webhook_missing", host=_host(wanted))
    elif there != wanted:
        found.fault("webhook_other", host=_host(there), wanted=_host(wanted))
    elif wanted:
        found.good("webhook", host=_host(wanted), waiting=waiting)
    else:
        found.good("polling", waiting=waiting)
    failed = info.get("last_error_date")
    if there == wanted and wanted and isinstance(failed, int) and clock.now() - failed < STALE:
        text = str(info.get("last_error_message") or "?")[:200]
        found.fault("webhook_error", text=text, minutes=max(0, clock.now() - failed) // 60)


async def same_time(api: Api, clock: Clock, found: Diagnosis) -> None:
    """Our clock and that of Telegram's answer: the difference to the span in which it was asked, in seconds."""
    before = clock.now()
    try:
        await api.call("getMe")
    except TelegramError as error:
        found.fault("not_asked", method="getMe", text=error)
        return
    told, after = api.telegram_time, clock.now()
    if told is None:
        found.hint("clock_unknown", root=api.root)
        return
    off = before - told if told < before else min(0, after - told)
    if abs(off) < SKEW:
        found.good("clock", seconds=abs(off))
    else:
        found.fault("clock_ahead" if off > 0 else "clock_behind", seconds=abs(off))


def _host(url: str) -> str:
    return urlsplit(url).hostname or "?"
