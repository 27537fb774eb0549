"""Parameters: query string, form, multipart or JSON; decoded by the kind of each field."""

import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.web_request import FileField

from sandbox.core.files import Upload
from sandbox.core.refusals import refuse

# Kinds of fields: text is never JSON-decoded, json comes as a string except in JSON bodies
TEXT, INT, FLOAT, FLAG, JSON, CHAT, FILE = "text", "int", "float", "flag", "json", "chat", "file"
Spec = dict[str, str]


class Args(dict[str, Any]):
    """Decoded arguments, with the uploads that `attach://` names refer to."""

    __slots__ = ("uploads",)

    def __init__(self, uploads: dict[str, Upload] | None = None) -> None:
        super().__init__()
        self.uploads = uploads or {}


TRUE = ("true", "yes", "1")


async def read(request: web.Request) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Raw fields and uploaded files of a request."""
    raw: dict[str, Any] = dict(request.query) if request.query_string else {}
    uploads: dict[str, Upload] = {}
    kind = request.content_type
    if kind == "application/x-www-form-urlencoded":
        raw.update(parse_qsl((await request.read()).decode("utf-8", "replace"), keep_blank_values=True))
    elif kind == "multipart/form-data":
        for name, value in (await request.post()).items():
            if isinstance(value, FileField):
                uploads[name] = Upload(value.filename, value.content_type, value.file.read())
            else:
                raw[name] = value if isinstance(value, str) else bytes(value).decode("utf-8", "replace")
    elif kind == "application/json" and (body := await request.read()):
        try:
            fields = json.loads(body)
        except ValueError:
            fields = None
        if isinstance(fields, dict):
            raw.update(fields)
    return raw, uploads


def decode(spec: Spec, raw: dict[str, Any], uploads: dict[str, Upload]) -> Args:
    """The given fields of `spec`, each decoded by its kind; unknown fields are ignored."""
    args = Args(uploads)
    for name, value in raw.items():
        kind = spec.get(name)
        if kind is not None and value is not None:
            args[name] = READERS[kind](name, value, uploads)
    for name, upload in uploads.items():
        if spec.get(name) == FILE:
            args[name] = upload
    return args


def _text(name: str, value: Any, uploads: dict[str, Upload]) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _int(name: str, value: Any, uploads: dict[str, Upload]) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0


def _float(name: str, value: Any, uploads: dict[str, Upload]) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _flag(name: str, value: Any, uploads: dict[str, Upload]) -> bool:
    return value if isinstance(value, bool) else str(value).strip().lower() in TRUE


def _json(name: str, value: Any, uploads: dict[str, Upload]) -> Any:
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError:
        raise refuse("json_field", field=name.replace("_", " ")) from None


def _chat(name: str, value: Any, uploads: dict[str, Upload]) -> int | str:
    written = str(value).strip()
    try:
        return int(written)
    except ValueError:
        return written


def _file(name: str, value: Any, uploads: dict[str, Upload]) -> Upload | str:
    return attached(str(value), uploads)


def attached(value: str, uploads: dict[str, Upload]) -> Upload | str:
    """`attach://<name>` is the uploaded part of that name; anything else is a file_id or a URL."""
    return uploads.get(value[9:], value) if value.startswith("attach://") else value


READERS = {TEXT: _text, INT: _int, FLOAT: _float, FLAG: _flag, JSON: _json, CHAT: _chat, FILE: _file}
