"""The doctor against a strict sandbox: what is well is called so, and each single fault is named with its cure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.clock import MachineClock
from bot.doctor import groups
from bot.doctor.examination import Installation, examine
from bot.doctor.finding import MESSAGE, Finding, Grade, is_well, lines, messages
from bot.doctor.records import Records
from bot.keys import ADMINS, SUPERVISORS
from bot.people.directory import Person
from bot.settings import Settings
from bot.sla.check import load_desk
from bot.sla.policy import Desk
from bot.storage import backups
from bot.telegram.api import Api
from bot.texts import speak
from tests.sandbox.conftest import START, TOKEN, Client
from tests.shipped import ROOT

OWNER, OLEG, MARINA, IGOR, ANNA = 1000, 1011, 1021, 1031, 1001
HELPDESK = "team:helpdesk"
FIRST = -1_000_000_000_100
BOT_ID = TOKEN.partition(":")[0]


class Stopped(MachineClock):
    """Always the same moment; `wrong` seconds beside the sandbox's."""

    def __init__(self, wrong: int = 0) -> None:
        self._at = int(START) + wrong

    def now(self) -> int:
        return self._at


NOON = Stopped()


@cache
def desk() -> Desk:
    found, _ = load_desk("desk.yaml", (ROOT / "desk.yaml").read_text("utf-8"))
    assert found is not None
    return found


def person(number: int, name: str, *roles: str) -> Person:
    nothing = Person(number, f"E{number}", name, "ru", "", "", number, None, active=True)
    return replace(nothing, roles=frozenset(roles))


PEOPLE = (
    person(ANNA, "Анна Иванова"),
    person(OLEG, "Олег Смирнов", *(f"engineer:{team}" for team in desk().with_chats())),
    person(MARINA, "Марина Лебедева", "supervisor"),
    person(IGOR, "Игорь Волков", "admin"),
)


@dataclass
class Ward:
    """An installation in which everything is in order, until a test spoils one thing."""

    world: Client
    settings: Settings
    places: dict[str, int]
    people: tuple[Person, ...] = PEOPLE
    clock: Stopped = NOON
    bot_id: str | None = BOT_ID

    async def examined(self, language: str = "ru", token: str = TOKEN) -> list[Finding]:
        staff = [one for one in self.people if one.roles]
        records = Records(self.bot_id, self.places, staff, self.people)
        api = Api(self.world.http, self.world.root, token)
        installation = Installation(self.settings, api, self.clock, desk(), records)
        return await examine(installation, speak.voice(language))

    async def may(self, **rights: bool) -> None:
        await self.world.sim("rights", chat=self.places[HELPDESK], rights=rights)


@pytest.fixture
async def ward(world: Client, tmp_path: Path) -> Ward:
    for number in (OWNER, OLEG, MARINA, IGOR, ANNA):
        await world.sim("people", id=number, first_name=f"P{number}", username=f"p{number}", started=True)
    await world.sim("bot", can_read_all_group_messages=True)
    places = {name: FIRST - number for number, name in enumerate(groups.names(desk()))}
    for name, number in places.items():
        is_forum, inside = name.startswith("team:"), [OLEG, MARINA, IGOR]
        body = {"type": "supergroup", "is_forum": is_forum, "members": inside, "admins": [OWNER]}
        await world.sim("chats", id=number, title=f"G {name}", **body)
    await world.updates()
    made = tmp_path / "backups" / backups.name(int(START) - 3600, "db")
    made.parent.mkdir()
    made.write_bytes(b"copy")
    url = SecretStr(f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}")
    return Ward(world, Settings(_env_file=None, bot_token=SecretStr(TOKEN), database_url=url), places)


def bad(found: Iterable[Finding]) -> dict[str, Finding]:
    return {one.name: one for one in found if one.grade is not Grade.GOOD}


async def test_an_installation_in_order_has_nothing_to_cure(ward: Ward) -> None:
    found = await ward.examined()
    assert bad(found) == {}
    assert is_well(found)
    named = {one.name for one in found}
    assert named >= {"bot", "clock", "polling", "group", "chiefs", "people", "disk", "versions", "backup"}
    assert sum(one.name == "group" for one in found) == len(ward.places)


async def privacy_is_harmless(ward: Ward) -> None:
    await ward.world.sim("bot", can_read_all_group_messages=False)


async def inline_is_off(ward: Ward) -> None:
    await ward.world.sim("bot", supports_inline_queries=False)


async def a_webhook_is_set(ward: Ward) -> None:
    await ward.world.ok("setWebhook", url="https://elsewhere.example/secret-path")


async def a_webhook_is_missing(ward: Ward) -> None:
    given = {"webhook_url": SecretStr("https://ours.example/x"), "webhook_secret": SecretStr("s" * 40)}
    ward.settings = ward.settings.model_copy(update=given)


async def another_webhook_is_set(ward: Ward) -> None:
    await a_webhook_is_missing(ward)
    await a_webhook_is_set(ward)


async def topics_are_off(ward: Ward) -> None:
    await ward.world.sim("forum", chat=ward.places[HELPDESK], is_forum=False)


async def a_right_is_missing(ward: Ward) -> None:
    await ward.may(can_manage_topics=False)


async def nothing_can_be_pinned(ward: Ward) -> None:
    await ward.may(can_pin_messages=False, can_delete_messages=False)


async def the_bot_may_not_write(ward: Ward) -> None:
    chat = ward.places[HELPDESK]
    await ward.world.sim("rights", chat=chat, status="restricted", rights={"can_send_messages": False})


async def a_plain_member(ward: Ward) -> None:
    await ward.world.sim("rights", chat=ward.places[HELPDESK], status="member")


async def the_bot_is_out(ward: Ward) -> None:
    await ward.world.sim("kick", chat=ward.places[HELPDESK])


async def a_wrong_id(ward: Ward) -> None:
    ward.places[HELPDESK] -= 99


async def no_group(ward: Ward) -> None:
    del ward.places[SUPERVISORS]


async def a_strange_name(ward: Ward) -> None:
    ward.places["team:former"] = FIRST - 77


async def one_is_missing(ward: Ward) -> None:
    await ward.world.sim("leave", sender=MARINA, chat=ward.places[SUPERVISORS])


async def the_clock_is_fast(ward: Ward) -> None:
    ward.clock = Stopped(600)


async def the_clock_is_slow(ward: Ward) -> None:
    ward.clock = Stopped(-7)


async def refused_in_private(ward: Ward) -> None:
    why = "bot can't initiate conversation with a user"
    ward.people = tuple(replace(one, lost=why if one.is_supervisor else None) for one in PEOPLE)


async def without_account(ward: Ward) -> None:
    ward.people = (*ward.people, replace(person(9, "Нина Орлова", "supervisor"), telegram_id=None))


async def somebody_blocked_us(ward: Ward) -> None:
    ward.people = tuple(replace(one, lost="bot was blocked" if one.is_admin else None) for one in PEOPLE)


async def nobody_is_there(ward: Ward) -> None:
    ward.people = ()


async def nobody_administers(ward: Ward) -> None:
    ward.people = PEOPLE[:3]


async def a_team_has_no_people(ward: Ward) -> None:
    await ward.world.sim("leave", sender=OLEG, chat=ward.places[HELPDESK])
    others = frozenset(f"engineer:{team}" for team in desk().with_chats()) - {"engineer:helpdesk"}
    ward.people = tuple(replace(one, roles=others) if one.telegram_id == OLEG else one for one in PEOPLE)


async def a_role_waits(ward: Ward) -> None:
    claim = replace(person(1002, "Борис Петров"), claimed=frozenset({"engineer:network"}))
    ward.people = (*ward.people, claim)


async def another_bots_database(ward: Ward) -> None:
    ward.bot_id = "77"


async def no_backup(ward: Ward) -> None:
    for one in backups.in_folder(ward.settings.backup_folder):
        one.file.unlink()


async def an_old_backup(ward: Ward) -> None:
    await no_backup(ward)
    folder = ward.settings.backup_folder
    (folder / backups.name(int(START) - 9 * 86_400, "db")).write_bytes(b"copy")


PLANTED: tuple[tuple[Callable[[Ward], Awaitable[None]], str, Grade, str], ...] = (
    (privacy_is_harmless, "privacy_harmless", Grade.HINT, "/setprivacy"),
    (inline_is_off, "inline", Grade.HINT, "/setinline"),
    (a_webhook_is_set, "webhook_set", Grade.FAULT, "firstline run"),
    (a_webhook_is_missing, "webhook_missing", Grade.FAULT, "WEBHOOK_URL"),
    (another_webhook_is_set, "webhook_other", Grade.FAULT, "/revoke"),
    (topics_are_off, "no_topics", Grade.FAULT, "Темы"),
    (a_right_is_missing, "no_right", Grade.FAULT, "@p1000"),
    (nothing_can_be_pinned, "no_right", Grade.FAULT, "@p1000"),
    (the_bot_may_not_write, "no_write", Grade.FAULT, "ограничение"),
    (a_plain_member, "plain_member", Grade.FAULT, "@p1000"),
    (the_bot_is_out, "out", Grade.FAULT, "Добавьте"),
    (a_wrong_id, "wrong_id", Grade.FAULT, "/bind helpdesk"),
    (no_group, "unbound", Grade.FAULT, "/bind supervisors"),
    (a_strange_name, "stray_group", Grade.HINT, "desk.yaml"),
    (one_is_missing, "missing", Grade.FAULT, "Добавьте"),
    (the_clock_is_fast, "clock_ahead", Grade.FAULT, "timedatectl"),
    (the_clock_is_slow, "clock_behind", Grade.FAULT, "timedatectl"),
    (refused_in_private, "never_started", Grade.FAULT, "https://t.me/"),
    (without_account, "no_account", Grade.FAULT, "firstline people invite E9"),
    (somebody_blocked_us, "blocked", Grade.FAULT, "https://t.me/"),
    (nobody_is_there, "no_people", Grade.FAULT, "firstline people import"),
    (nobody_administers, "no_admin", Grade.FAULT, "roles"),
    (a_team_has_no_people, "unstaffed", Grade.HINT, "firstline people import"),
    (a_role_waits, "unproven", Grade.HINT, "firstline people invite"),
    (another_bots_database, "another_bot", Grade.FAULT, "DATABASE_URL"),
    (no_backup, "backup_none", Grade.HINT, "firstline backup"),
    (an_old_backup, "backup_old", Grade.FAULT, "firstline backup"),
)


@pytest.mark.parametrize(
    ("plant", "name", "grade", "cure"), PLANTED, ids=[one[0].__name__ for one in PLANTED]
)
async def test_a_single_fault_is_named_alone_and_with_its_cure(
    ward: Ward, plant: Callable[[Ward], Awaitable[None]], name: str, grade: Grade, cure: str
) -> None:
    await plant(ward)
    found = bad(await ward.examined())
    assert list(found) == [name]
    assert found[name].grade is grade
    assert cure in found[name].cure
    assert "secret-path" not in found[name].what
    in_english = bad(await ward.examined("en"))[name]
    assert in_english.cure
    assert in_english.what != found[name].what


async def test_privacy_mode_is_a_fault_where_the_bot_is_no_administrator(ward: Ward) -> None:
    await privacy_is_harmless(ward)
    await a_plain_member(ward)
    found = bad(await ward.examined())
    assert set(found) == {"plain_member", "privacy"}
    assert "/setprivacy" in found["privacy"].cure


async def test_a_supervisor_whom_the_bot_has_never_met_is_named(ward: Ward) -> None:
    await ward.world.sim("people", id=1077, first_name="P1077")
    ward.people = (*PEOPLE, person(1077, "Нина Орлова", "supervisor"))
    found = bad(await ward.examined())
    assert set(found) == {"missing", "never_started"}
    assert "Нина Орлова" in found["never_started"].what


async def test_a_token_that_telegram_does_not_know_ends_the_questions(ward: Ward) -> None:
    found = bad(await ward.examined(token="4242:mistyped"))
    assert set(found) == {"bad_token"}
    assert "mistyped" not in "".join(lines([*found.values()], speak.voice("ru")))


async def test_an_error_of_the_webhook_is_said_with_its_age(ward: Ward) -> None:
    given = {"webhook_url": SecretStr("http://127.0.0.1:9/x"), "webhook_secret": SecretStr("s" * 40)}
    ward.settings = ward.settings.model_copy(update=given)
    await ward.world.ok("setWebhook", url="http://127.0.0.1:9/x")
    ward.world.box.webhook.last_error = {
        "last_error_date": int(START) - 120,
        "last_error_message": "Wrong response from the webhook: 502 Bad Gateway",
    }
    found = bad(await ward.examined())
    assert list(found) == ["webhook_error"]
    assert "502" in found["webhook_error"].what


async def test_nothing_is_changed_at_telegram_by_an_examination(ward: Ward) -> None:
    before = len(await ward.world.look("calls"))
    await ward.examined()
    asked = {one["method"] for one in (await ward.world.look("calls"))[before:]}
    assert asked <= {"getMe", "getWebhookInfo", "getChat", "getChatMember", "getChatAdministrators"}
    assert asked


async def test_what_has_to_be_cured_comes_first_and_is_counted(ward: Ward) -> None:
    await topics_are_off(ward)
    await no_backup(ward)
    said = lines(await ward.examined("en"), speak.voice("en"))
    assert said[0].startswith("to cure:")
    assert said[1].startswith("could be better:")
    assert said[-1].startswith("1 thing has to be cured")


def test_a_long_list_is_cut_into_messages_that_telegram_takes() -> None:
    many = [Finding(Grade.FAULT, "unbound", f"{number} " + "x" * 300, "y" * 100) for number in range(60)]
    parts = messages(many, speak.voice("en"))
    assert len(parts) > 1
    assert max(map(len, parts)) <= MESSAGE
    assert all(f"to cure: {number} " in "\n".join(parts) for number in range(60))


def test_the_administrators_group_is_looked_at_like_the_others() -> None:
    assert ADMINS in groups.names(desk())
