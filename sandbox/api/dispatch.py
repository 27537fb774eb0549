"""One Bot API call: faults, arguments, the method, the response, the record."""

import asyncio
import json
import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any

from sandbox.api import (
    chats,
    commands,
    copies,
    edits,
    ephemeral,
    files,
    forum,
    inline,
    media,
    messages,
    updates,
)
from sandbox.api.ready import Ready
from sandbox.api.table import NOT_BUILT_FIELDS, Method, Result
from sandbox.core.box import Box
from sandbox.core.facts import METHOD_NAMES
from sandbox.core.files import Upload
from sandbox.core.refusals import ApiError, refuse
from sandbox.core.wire import Args, decode
from sandbox.core.world import Message

log = logging.getLogger("firstline.sandbox")
KNOWN = {name.lower(): name for name in METHOD_NAMES}
METHODS: dict[str, Method] = {
    name: method
    for theme in (
        chats.METHODS,
        commands.METHODS,
        copies.METHODS,
        edits.METHODS,
        ephemeral.METHODS,
        files.METHODS,
        forum.METHODS,
        inline.METHODS,
        media.METHODS,
        messages.METHODS,
        updates.METHODS,
    )
    for name, method in theme.items()
}  # a method of KNOWN that is missing here is answered with 501


@dataclass(slots=True)
class HttpAnswer:
    """`dropped`: cut the connection instead of answering."""

    status: int
    text: str
    retry_after: int | None = None
    dropped: bool = False


async def call(box: Box, name: str, raw: dict[str, Any], uploads: dict[str, Upload]) -> HttpAnswer:
    """Execute a method by its lower-case name. A waiting getUpdates does not count as a call in progress."""
    waits = name == "getupdates"
    box.calls.under_way += not waits
    args = Args()
    try:
        faults = box.faults.strike(name, raw.get("chat_id"))
        odd = next((fault.details for fault in faults if fault.kind == "answer"), None)
        if any(fault.kind == "drop_before" for fault in faults):
            answer = HttpAnswer(0, "", dropped=True)
        elif odd is not None:
            answer = HttpAnswer(int(odd.get("status", 200)), str(odd.get("text", "")))
        else:
            for fault in faults:
                if fault.kind == "delay":
                    await asyncio.sleep(float(fault.details.get("seconds", 1)))  # real seconds
            try:
                for fault in faults:
                    if fault.kind in ("error", "retry_after"):
                        raise fault.refusal()
                args = _arguments(name, raw, uploads)
                answer = HttpAnswer(200, _good(await _run(box, name, args)))
            except ApiError as refused:
                answer = _bad(refused)
            answer.dropped = any(fault.kind == "drop_after" for fault in faults)
        box.calls.record(_official(name), args or raw, box.clock.now(), answer.text, answer.status)
        return answer
    finally:
        box.calls.under_way -= not waits
        box.stirred.fire()


def _official(name: str) -> str:
    return KNOWN.get(name, name)


def _arguments(name: str, raw: dict[str, Any], uploads: dict[str, Upload]) -> Args:
    method = METHODS.get(name)
    if method is None:
        if name not in KNOWN:
            raise refuse("method_unknown")
        log.warning("the sandbox does not implement %s", KNOWN[name])
        raise refuse("not_implemented", what=KNOWN[name])
    for field in NOT_BUILT_FIELDS:
        if raw.get(field) not in (None, "", False, "false"):
            log.warning("the sandbox does not implement %s of %s", field, method.name)
            raise refuse("not_implemented", what=f"{field} in {method.name}")
    return decode(method.fields, raw, uploads)


async def _run(box: Box, name: str, args: Args) -> Result:
    result = METHODS[name].run(box, args)
    return await result if isinstance(result, Awaitable) else result


def _good(result: Result) -> str:
    if result is True:
        return '{"ok":true,"result":true}'
    if isinstance(result, Ready):
        return f'{{"ok":true,"result":{result}}}'
    if isinstance(result, Message):
        result = result.picture()
    return json.dumps({"ok": True, "result": result}, ensure_ascii=False, separators=(",", ":"))


def _bad(refused: ApiError) -> HttpAnswer:
    body: dict[str, Any] = {"ok": False, "error_code": refused.code, "description": refused.description}
    retry_after = None
    if refused.parameters:
        body["parameters"] = refused.parameters
        retry_after = refused.parameters.get("retry_after")
    return HttpAnswer(refused.code, json.dumps(body, ensure_ascii=False), retry_after)
