"""`firstline people invite`: links that bind accounts, one by one or for everyone who has none."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import aiohttp
import segno
import typer

from bot.accounts import invites, trail
from bot.accounts.offline import beside_the_bot
from bot.people import directory
from bot.people.directory import Person
from bot.settings import Settings
from bot.storage import kv
from bot.storage.audit_trail import OPERATOR
from bot.storage.unit import Unit
from bot.telegram.api import Api, TelegramError
from bot.texts import speak
from bot.yamlfiles.environment import settings_or_exit

COLUMNS = ("staff_id", "name", "link")
AT_ONCE = 200  # invitations in one transaction
OWNER_ONLY = 0o600  # a link is a password until it is used


def invite(
    person: Annotated[str, typer.Argument(help="A staff id, an @name or a surname.")] = "",
    everyone: Annotated[
        bool, typer.Option("--all", help="Everyone whose account is not proven yet.")
    ] = False,
    csv_file: Annotated[
        Path | None,
        typer.Option("--csv", help="Write the links into this CSV file instead of printing them."),
    ] = None,
    pictures: Annotated[
        Path | None, typer.Option("--qr", help="Draw each link as a QR code (SVG) into this folder.")
    ] = None,
    days: Annotated[int, typer.Option(help="For how many days the links are valid.", min=1, max=7)] = 7,
) -> None:
    """Make links that connect people's Telegram accounts.

    A link works once, for one person. It replaces an earlier one. The bot may be running.
    """
    settings = settings_or_exit()
    voice = speak.voice(settings.language)
    if everyone == bool(person):
        typer.echo(voice.say("people.whom_to_invite"), err=True)
        raise typer.Exit(2)
    invited = beside_the_bot(settings, _chosen, person)
    if not invited:
        said = voice.say("people.nobody_to_invite") if everyone else voice.say("people.not_found", who=person)
        typer.echo(said, err=True)
        raise typer.Exit(0 if everyone else 2)
    if not beside_the_bot(settings, _has_name) and not beside_the_bot(
        settings, _keep_name, asyncio.run(_asked(settings))
    ):
        typer.echo(voice.say("people.bot_unknown"), err=True)
        raise typer.Exit(1)
    rows = []
    for start in range(0, len(invited), AT_ONCE):
        tokens = {one: secrets.token_urlsafe(invites.TOKEN_BYTES) for one in invited[start : start + AT_ONCE]}
        rows += beside_the_bot(settings, _make, tokens, days)
    _hand_over(rows, csv_file)
    if pictures is not None:
        _draw(rows, pictures)
    typer.echo(voice.say("people.invited", count=len(rows), days=days), err=True)


def _chosen(unit: Unit[None], word: str) -> Sequence[int]:
    """Whom the operator means; without a word everyone whose account is not proven."""
    if word:
        found = directory.called(unit.tx, word)
        return [found[0].id] if len(found) == 1 else []
    return [one.id for one in directory.everybody(unit.tx) if _is_unproven(one)]


def _is_unproven(person: Person) -> bool:
    return person.telegram_id is None or person.proof == directory.BY_NAME


def _make(unit: Unit[None], tokens: dict[int, str], days: int) -> list[tuple[str, str, str]]:
    rows = []
    for number, token in tokens.items():
        person = directory.get(unit.tx, number)
        invites.make(unit, number, OPERATOR, token, days)
        rows.append((person.staff_id, person.name, invites.link(unit.tx, token)))
    trail.announce(unit)
    return rows


def _hand_over(rows: Sequence[tuple[str, str, str]], file: Path | None) -> None:
    if file is None:
        for row in rows:
            typer.echo("\t".join(row))
        return
    with os.fdopen(
        os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY),
        "w",
        encoding="utf-8-sig",
        newline="",
    ) as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def _draw(rows: Sequence[tuple[str, str, str]], folder: Path) -> None:
    """A picture for each link, named by the staff id; what a file's name cannot have is left out of it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for number, (staff_id, _, link) in enumerate(rows, 1):
        name = re.sub(r"[^\w-]+", "_", staff_id)
        drawn = io.BytesIO()
        segno.make(link, error="m", micro=False).save(drawn, kind="svg", scale=6, border=4, light="white")
        handle = os.open(
            folder / f"{number:04}-{name}.svg", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY
        )
        with os.fdopen(handle, "wb") as out:
            out.write(drawn.getvalue())


def _has_name(unit: Unit[None]) -> bool:
    return bool(kv.get(unit.tx, invites.BOT_NAME))


def _keep_name(unit: Unit[None], name: str) -> bool:
    if name:
        kv.put(unit.tx, invites.BOT_NAME, name)
    return bool(name)


async def _asked(settings: Settings) -> str:
    """The bot's user name as Telegram gives it; "" when it cannot be asked."""
    if settings.bot_token is None:
        return ""
    async with aiohttp.ClientSession() as session:
        try:
            me = await Api(session, settings.telegram_api_root, settings.bot_token.get_secret_value()).call(
                "getMe"
            )
        except TelegramError:
            return ""
    return str(me.get("username") or "") if isinstance(me, dict) else ""
