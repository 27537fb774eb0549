"""Which URLs Telegram accepts, in buttons and in text."""

import re
from urllib.parse import urlsplit

HOST = re.compile(r"(?:[\w-]+\.)+[\w-]{2,}\Z|localhost\Z|\d{1,3}(?:\.\d{1,3}){3}\Z|\[[0-9a-fA-F:]+\]\Z")
TELEGRAM = ("tg", "ton", "tonsite")


def link_fault(url: object) -> str | None:
    """Why a URL is refused, in the official text, or None."""
    if not isinstance(url, str) or not url.strip():
        return "URL host is empty"
    url = url.strip()
    scheme = url.split(":", 1)[0].lower() if ":" in url else ""
    if scheme in TELEGRAM and "://" in url:
        return None
    if "://" in url and scheme not in ("http", "https"):
        return "Unsupported URL protocol"
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if not parts.hostname:
        return "URL host is empty"
    host = parts.hostname if ":" not in parts.hostname else f"[{parts.hostname}]"
    return None if HOST.match(host) else "Wrong HTTP URL"


def checked_link(url: str) -> str | None:
    """The URL as in a message, or None when it is invalid (the text then has no link)."""
    if link_fault(url):
        return None
    url = url.strip()
    if "://" not in url:
        url = f"http://{url}"
    parts = urlsplit(url)
    return url if parts.path or parts.query or parts.fragment or parts.scheme in TELEGRAM else f"{url}/"
