"""Icons of topics: Telegram gives some emoji to every bot for nothing, each by an id that it tells when asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from bot.telegram.api import Api, Disowned, Refused, TelegramError
from bot.telegram.refusals import Meaning, meaning

VARIATION = "\ufe0f"  # says that an emoji is a picture; Telegram writes some emoji with it and some without
log = structlog.get_logger()


class TopicIcons:
    """Which icons there are is asked once, when the first topic needs one. A topic without its icon is a topic all the same."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._known: Mapping[str, str] | None = None

    async def call(self, method: str, target: Mapping[str, Any], emoji: str | None) -> Any:
        """Call `method` with the icon for `emoji`; without one where Telegram has none or does not take it.

        Raises what Api.call raises.
        """
        icon = await self._find(emoji) if emoji is not None else None
        if icon is None:
            return await self._api.call(method, target)
        try:
            return await self._api.call(method, {**target, "icon_custom_emoji_id": icon})
        except Refused as refusal:
            if meaning(refusal) is not Meaning.OTHER:
                raise
            log.warning("telegram.icon_refused", emoji=emoji, text=refusal.description)
        return await self._api.call(method, target)

    async def _find(self, emoji: str) -> str | None:
        if self._known is None:
            self._known = await self._ask()
        return (self._known or {}).get(emoji.rstrip(VARIATION))

    async def _ask(self) -> Mapping[str, str] | None:
        """None when Telegram cannot be asked now; nothing when it does not know the question."""
        try:
            stickers = await self._api.call("getForumTopicIconStickers")
        except (Refused, Disowned) as error:
            log.info("telegram.no_icons", error=str(error))
            return {}
        except TelegramError as error:
            log.info("telegram.icons_unknown", error=str(error))
            return None
        shown = [one for one in stickers if isinstance(one, dict)] if isinstance(stickers, list) else []
        return {
            str(one["emoji"]).rstrip(VARIATION): str(one["custom_emoji_id"])
            for one in shown
            if one.get("emoji") and one.get("custom_emoji_id")
        }
