"""Check functions that scenarios call by name: they query other systems, outside transactions, with a timeout."""

import asyncio
import inspect
import re
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog

from bot.scenarios.play.events import Checked, RunCheck
from bot.texts import speak
from bot.texts.speak import FALLBACK

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a check may know about the bot's surroundings."""

    printer_domain: str = ""  # a printer's host is <label>.<this>
    language: str = FALLBACK  # the engineers' language


Function = Callable[..., Awaitable[Checked]]

REGISTRY: dict[str, Function] = {}
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,62}\Z")
RAW_PRINTING = 9100  # the printing port of printers (HP JetDirect, used by nearly all makers)


def check(function: Function) -> Function:
    """Register a function under its own name. It takes `around` first; other parameters come from `with:`."""
    REGISTRY[function.__name__] = function
    return function


def parameters(name: str) -> set[str]:
    """The names that the check's `with:` may have."""
    return set(inspect.signature(REGISTRY[name]).parameters) - {"around"}


async def run_check(wanted: RunCheck, around: Surroundings) -> Checked:
    """Run a check for at most its timeout in real seconds. Never raises: an error is an outcome."""
    function = REGISTRY.get(wanted.name)
    if function is None:
        return Checked("error", _said(around, "unknown"))
    try:
        async with asyncio.timeout(wanted.timeout):
            return await function(around, **wanted.args)
    except TimeoutError:
        return Checked("error", _said(around, "timeout", seconds=wanted.timeout))
    except Exception as error:
        # A check may raise anything, and the person must still get an answer.
        log.exception("check.failed", check=wanted.name)
        return Checked("error", _said(around, "failed", error=type(error).__name__))


@check
async def printer_status(around: Surroundings, printer: str) -> Checked:
    """Whether the printer accepts a connection on its printing port. Without a domain nothing is queried, and the
    result says so."""
    domain = around.printer_domain.strip(". ")
    if not domain or not _LABEL.match(printer):
        return Checked("error", _said(around, "not_checked"))
    host = f"{printer.lower()}.{domain}"
    try:
        _, writer = await asyncio.open_connection(host, RAW_PRINTING)
    except socket.gaierror:
        return Checked("error", _said(around, "no_such_host", host=host))
    except OSError:
        return Checked("fail", _said(around, "printer_silent", host=host))
    writer.close()
    return Checked("ok", _said(around, "printer_answers", host=host))


def _said(around: Surroundings, key: str, **facts: Any) -> str:
    return speak.voice(around.language).say(f"check.{key}", **facts)
