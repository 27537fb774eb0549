"""`firstline setup` against a strict sandbox: from a token to a ticket in a group, with a scripted person at the terminal."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.accounts.offline import beside_the_bot
from bot.app.setup import env_file, trial
from bot.app.setup.bot_line import BotLine
from bot.app.setup.dialogue import Dialogue, Left
from bot.app.setup.steps import Setup
from bot.doctor import groups, records
from bot.doctor.records import Records
from bot.settings import Settings
from bot.sla.check import desk_if_good
from bot.storage.migrate import lock_file
from bot.storage.readonly import read_beside
from bot.storage.schema import inbox
from bot.storage.unit import Unit
from bot.telegram import chats
from bot.texts import speak
from bot.yamlfiles.environment import read_settings
from tests.databases import copied_sqlite
from tests.sandbox.conftest import TOKEN, Client
from tests.shipped import ROOT, house

IGOR, MARINA = 1031, 1021
NEW = -1_000_000_000_900
PEOPLE = "staff_id,name,telegram_id,username,roles\nE1,Анна Иванова,1001,,\nE2,Игорь Волков,,igor,admin\n"

Said = tuple[str, str, Callable[[], Any] | None]


@dataclass
class Script(Dialogue):
    """Expects these questions in this order; anything may happen before an answer. Everything shown is kept."""

    answers: list[Said] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(speak.voice("ru"))

    def show(self, text: str) -> None:
        self.shown.append(text)

    def ask(self, key: str, /, **facts: object) -> str:
        self.asked.append(key)
        self.shown.append(self.voice.say(key, **facts))
        if not self.answers:
            raise Left
        expected, answer, before = self.answers.pop(0)
        assert key == f"setup.{expected}", f"{key} was asked instead of {expected}: {self.shown[-5:]}"
        if before is not None:
            before()
        return answer

    @property
    def text(self) -> str:
        return "\n".join(self.shown)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, world: Client) -> None:
    """A fresh clone as far as setup reads it; the trial takes the shipped files, which are read once per process."""
    for name in list(os.environ):
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)
    monkeypatch.setenv("TELEGRAM_API_ROOT", world.root)
    monkeypatch.chdir(tmp_path)
    for name in ("desk.yaml", ".env.example"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")
    (tmp_path / "data").mkdir()
    copied_sqlite(tmp_path / "data/firstline.db")
    monkeypatch.setattr(trial, "configuration", lambda _settings: house())


@dataclass
class Scene:
    """Igor at the terminal, and his chats in the sandbox; the terminal has a thread of its own."""

    world: Client
    loop: asyncio.AbstractEventLoop

    def sim(self, path: str, **body: Any) -> Callable[[], Any]:
        """Done from the terminal's thread, while a question waits for its answer."""
        return lambda: asyncio.run_coroutine_threadsafe(self.world.sim(path, **body), self.loop).result(10)

    async def set_up(self, *answers: Said) -> tuple[Script, bool | None]:
        script = Script(answers=list(answers))
        return script, await asyncio.to_thread(self._run, script)

    def _run(self, script: Script) -> bool | None:
        try:
            with BotLine() as line:
                return Setup(settings(), script, line).run()
        except Left:
            return None


@pytest.fixture
async def scene(world: Client) -> Scene:
    await world.sim("people", id=IGOR, first_name="Игорь", last_name="Волков", username="igor")
    await world.sim("bot", can_read_all_group_messages=True)
    for number, name in enumerate(("Помощь", "Сеть", "Серверы")):
        body = {"type": "supergroup", "title": name, "is_forum": True, "admins": [IGOR], "bot": "left"}
        await world.sim("chats", id=NEW - number, **body)
    for number, name in ((3, "Смена"), (4, "Админы")):
        body = {"type": "supergroup", "title": name, "admins": [IGOR], "bot": "left"}
        await world.sim("chats", id=NEW - number, **body)
    return Scene(world, asyncio.get_running_loop())


async def recorded() -> Records:
    return await asyncio.to_thread(read_beside, settings().database_url.get_secret_value(), records.look)


def settings() -> Settings:
    found = read_settings(Path(".env")).settings
    assert found is not None
    return found


def env() -> str:
    """What .env has; "" while there is none."""
    return Path(".env").read_text("utf-8") if Path(".env").exists() else ""


TO_THE_GROUPS: tuple[Said, ...] = (("token", TOKEN, None), ("people", "", None))


def igor_starts(scene: Scene) -> tuple[Said, ...]:
    return (("start", "", scene.sim("send", sender=IGOR, text="/start setup")), ("is_it_you", "", None))


async def test_from_a_token_to_a_ticket_in_a_topic(scene: Scene) -> None:
    desk = desk_if_good(Settings(_env_file=None).desk_file)
    assert desk is not None
    labels = [groups.called(key, desk, speak.voice("ru")) for key in groups.names(desk)]

    def chosen() -> None:
        for number, label in enumerate(labels):
            scene.sim("share", sender=IGOR, button=label, chat=NEW - number)()

    script, is_well = await scene.set_up(
        ("token", TOKEN, None),
        ("people", "people.csv", None),
        ("take_in", "", None),
        *igor_starts(scene),
        ("new_team", "", None),
        ("groups_wait", "", chosen),
        ("trial", "", None),
    )
    assert script.answers == []
    assert is_well is not None
    assert set((await recorded()).groups.values()) == {NEW - number for number in range(5)}
    assert "https://t.me/c/" in script.text
    topics = [one for one in await scene.world.look(f"chats/{NEW}/messages") if "forum_topic_created" in one]
    assert topics, script.text
    assert f"\nBOT_TOKEN={TOKEN}\n" in env()
    assert "#LOG_LEVEL=INFO" in env()
    assert "LANGUAGE=ru" in env().splitlines()


async def test_what_was_done_is_not_asked_again(scene: Scene) -> None:
    first, left = await scene.set_up(*TO_THE_GROUPS, *igor_starts(scene))
    assert left is None
    assert first.asked[-1] == "setup.new_team"
    second, left = await scene.set_up(("people", "", None), ("new_team", "", None))
    assert left is None
    assert second.asked == ["setup.people", "setup.new_team", "setup.groups_wait"]
    assert "Игорь Волков" in second.text


async def test_the_word_for_later_is_no_file_and_no_team(scene: Scene) -> None:
    later: tuple[Said, ...] = (("token", TOKEN, None), ("people", "п", None), *igor_starts(scene))
    script, _ = await scene.set_up(*later, ("new_team", "Безопасность", None), ("new_team", "позже", None))
    assert script.asked[-1] == "setup.groups_wait", "a wrong name is refused before its title is asked"
    assert "«Безопасность» не подойдёт" in script.text
    assert "Как команду" not in script.text


async def test_groups_are_called_by_their_titles(scene: Scene) -> None:
    script, _ = await scene.set_up(*TO_THE_GROUPS, *igor_starts(scene), ("new_team", "", None))
    assert "Ждут группы: Первая линия, Сеть" in script.text
    assert "(team:" not in script.text
    assert "(supervisors)" not in script.text


async def test_a_token_that_telegram_does_not_know_is_not_written(scene: Scene) -> None:
    script, _ = await scene.set_up(("token", "hello", None), ("token", "4242:mistyped", None))
    assert "не похоже" in script.text
    assert "Telegram такого токена не знает" in script.text
    assert env() == ""


async def test_a_group_is_bound_by_a_word_typed_in_it_and_its_fault_is_said_at_once(scene: Scene) -> None:
    def typed() -> None:
        scene.sim("join", chat=NEW, status="member")()
        scene.sim("send", sender=IGOR, chat=NEW, text="/bind@firstline_sandbox_bot helpdesk")()

    script, _ = await scene.set_up(
        *TO_THE_GROUPS, *igor_starts(scene), ("new_team", "", None), ("groups_wait", "", typed)
    )
    assert (await recorded()).groups == {"team:helpdesk": NEW}
    assert "бот не администратор" in script.text
    assert "Пусть @igor назначит его" in script.text


async def test_a_stranger_binds_nothing(scene: Scene) -> None:
    await scene.world.sim("people", id=MARINA, first_name="Марина")
    await scene.world.sim("rights", sender=MARINA, chat=NEW, status="administrator")

    def typed() -> None:
        scene.sim("join", chat=NEW)()
        scene.sim("send", sender=MARINA, chat=NEW, text="/bind helpdesk")()

    script, _ = await scene.set_up(
        *TO_THE_GROUPS, *igor_starts(scene), ("new_team", "", None), ("groups_wait", "", typed)
    )
    assert (await recorded()).groups == {}
    assert "не администратор, не привязал" in script.text


async def test_updates_that_arrive_meanwhile_are_kept_for_the_bot(scene: Scene) -> None:
    await scene.set_up(*TO_THE_GROUPS, *igor_starts(scene))

    def kept(unit: Unit[None]) -> int:
        return len(unit.tx.execute(inbox.select()).all())

    assert await asyncio.to_thread(beside_the_bot, settings(), kept) > 0


async def test_a_webhook_is_removed_when_the_operator_agrees(scene: Scene) -> None:
    await scene.world.ok("setWebhook", url="https://elsewhere.example/x")
    await scene.set_up(*TO_THE_GROUPS, ("webhook", "", None))
    assert (await scene.world.ok("getWebhookInfo"))["url"] == ""


async def test_privacy_mode_is_explained_and_looked_at_again(scene: Scene) -> None:
    await scene.world.sim("bot", can_read_all_group_messages=False)
    script, _ = await scene.set_up(
        ("token", TOKEN, None), ("abilities", "", scene.sim("bot", can_read_all_group_messages=True))
    )
    assert "/setprivacy" in script.text
    assert "режим приватности выключен" in script.text


async def test_a_running_bot_keeps_its_updates_and_is_waited_for(scene: Scene) -> None:
    await scene.set_up(*TO_THE_GROUPS, *igor_starts(scene))
    before = len(await scene.world.look("calls"))

    def bound() -> None:
        beside_the_bot(settings(), lambda unit: chats.bind(unit, "team:helpdesk", NEW, is_forum=True))

    with lock_file(Path("data/firstline.db")):
        script, _ = await scene.set_up(
            ("people", "", None), ("new_team", "", None), ("groups_wait", "", bound)
        )
    assert "Бот работает и слушает сам" in script.text
    assert "Первая линия" in script.text
    asked = {one["method"] for one in (await scene.world.look("calls"))[before:]}
    assert "getUpdates" not in asked


def test_env_keeps_its_remarks_and_other_values(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("# ours\nLOG_LEVEL=DEBUG\nBOT_TOKEN=old\n#LANGUAGE=ru\n", "utf-8")
    file.chmod(0o644)
    env_file.write(file, {"BOT_TOKEN": "1:a", "LANGUAGE": "en", "HEALTH_PORT": "0"}, tmp_path / "none")
    assert file.read_text("utf-8") == "# ours\nLOG_LEVEL=DEBUG\nBOT_TOKEN=1:a\nLANGUAGE=en\nHEALTH_PORT=0\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
