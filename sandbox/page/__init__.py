"""The web page: static files; only a client of `/sim`."""

from importlib.resources import files

from aiohttp import web

KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def add(app: web.Application) -> None:
    app.router.add_get("/", _index)
    app.router.add_get("/page/{name}", _file)


async def _index(request: web.Request) -> web.Response:
    return _read("index.html")


async def _file(request: web.Request) -> web.Response:
    return _read(request.match_info["name"])


def _read(name: str) -> web.Response:
    kind = KINDS.get(name.rpartition(".")[2])
    found = files(__package__) / name
    if kind is None or "/" in name or not found.is_file():
        raise web.HTTPNotFound
    return web.Response(
        text=found.read_text("utf-8"),
        content_type=kind,
        charset="utf-8",
        headers={"Cache-Control": "no-cache"},
    )
