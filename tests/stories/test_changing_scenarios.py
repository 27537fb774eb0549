"""An administrator changes scenarios while people are in the middle of them: reload, refusal, rollback, retirement."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.app import main
from bot.app.reload import ArticleReloader, DeskReloader
from tests.desk import (
    ADMINS,
    ANNA,
    HELPDESK,
    IGOR,
    MARINA,
    OLEG,
    ROOT,
    Desk,
    SandboxProcess,
    buttons,
    open_desk,
    said,
    served,
)
from tests.reloading import looks_at_once
from tests.scenarios.test_reloading_articles import TEA

SCENARIOS = """\
version: 1
defaults: {human: {team: helpdesk}}
scenarios:
  keyboard:
    title: {ru: "Клавиатура", en: "Keyboard"}
    category: hardware
    phrases: [не работает клавиатура]
    steps:
      - choose: {ru: "Что с ней?", en: "What is wrong?"}
        options:
          - {label: {ru: "Молчит", en: "Silent"}, goto: cable}
          - {label: {ru: "Залипает", en: "Sticky"}, goto: human}
      - id: cable
        say: {ru: "Переставьте кабель.", en: "Replug the cable."}
      - resolved: {ru: "Заработала?", en: "Does it work?"}
      - say: {ru: "Пока возьмите запасную в шкафу.", en: "Take the spare one from the cupboard."}
      - ticket: {category: hardware, team: helpdesk, summary: {ru: "Клавиатура молчит", en: "Keyboard is silent"}}
"""


_OTHER = SCENARIOS[SCENARIOS.index("  keyboard:") :].replace("  keyboard:", "  keys:")
_OTHER = _OTHER.replace("Клавиатура", "Клавиши", 1).replace("клавиатура]", "клавиша]")
RETIRED = SCENARIOS.replace("    title:", "    retire: true\n    title:") + _OTHER
MOUSE = SCENARIOS[SCENARIOS.index("  keyboard:") :].replace("  keyboard:", "  mouse:")
for _former, _wanted in (
    ("Клавиатура", "Мышь"),
    ("не работает клавиатура]", "курсор застыл на месте, сломалась мышь, мышь не кликает]"),
    ("Что с ней?", "Что с мышью?"),
):
    MOUSE = MOUSE.replace(_former, _wanted, 1)
HEAD, KEYBOARD = SCENARIOS[: SCENARIOS.index("  keyboard:")], SCENARIOS[SCENARIOS.index("  keyboard:") :]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "desk.yaml").write_text((ROOT / "desk.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "knowledge_base").symlink_to(ROOT / "knowledge_base")
    file = tmp_path / "scenarios.yaml"
    file.write_text(SCENARIOS, "utf-8")
    return file


@pytest.fixture
async def desk(sandbox: SandboxProcess, database_url: str, file: Path) -> AsyncIterator[Desk]:
    async with open_desk(sandbox.root, database_url, file.parent) as opened:
        yield opened


async def reload(desk: Desk, file: Path, text: str) -> str:
    """Save the file and request a reload; the bot may have loaded it a moment before."""
    await asyncio.to_thread(file.write_text, text, "utf-8")
    await desk.write(IGOR, "/reload")
    return said(await desk.last(IGOR))


async def stands_in(file: Path) -> str:
    return await asyncio.to_thread(file.read_text, "utf-8")


async def begin(desk: Desk) -> None:
    await desk.write(ANNA, "/start")
    await desk.press(ANNA, "Клавиатура")


async def test_a_reload_is_told_and_people_in_the_middle_finish_as_they_began(desk: Desk, file: Path) -> None:
    await begin(desk)
    answer = await reload(desk, file, SCENARIOS.replace("Переставьте кабель", "Смените порт"))
    assert "принят" in answer or "не менялся" in answer
    await desk.press(ANNA, "Молчит")
    assert "Переставьте кабель" in said(await desk.last(ANNA))
    await begin(desk)
    await desk.press(ANNA, "Молчит")
    assert "Смените порт" in said(await desk.last(ANNA))


async def test_a_broken_file_is_refused_with_line_and_caret_as_often_as_it_is_asked_for(
    desk: Desk, file: Path
) -> None:
    for _ in range(2):
        answer = await reload(desk, file, SCENARIOS.replace("goto: cable", "goto: cabel"))
        assert "scenarios.yaml:11:" in answer
        assert "может быть, 'cable'" in answer
        assert "^" in answer
    await asyncio.to_thread(file.unlink)
    await desk.write(IGOR, "/reload")
    assert "не читается" in said(await desk.last(IGOR))


async def test_a_rollback_asks_first_and_puts_the_file_back(desk: Desk, file: Path) -> None:
    await desk.write(IGOR, "/rollback")
    assert said(await desk.last(IGOR)) == "Других хороших версий нет."
    await reload(desk, file, SCENARIOS.replace("Заработала?", "Ожила?"))
    await desk.write(IGOR, "/versions")
    listed = said(await desk.last(IGOR))
    assert listed.count(" · ") == 2
    assert listed.count("← сейчас") == 1
    await desk.write(IGOR, "/rollback")
    await desk.press(IGOR, "Не нужно")
    assert "Ожила?" in await stands_in(file)
    await desk.write(IGOR, "/rollback")
    await desk.press(IGOR, "Вернуть")
    assert "Прежний текст - в scenarios.yaml.before" in said(await desk.last(IGOR))
    assert await stands_in(file) == SCENARIOS
    assert "Ожила?" in await stands_in(file.with_suffix(".yaml.before"))
    await desk.write(IGOR, "/rollback 000000")
    assert "Версии «000000» нет" in said(await desk.last(IGOR))


async def test_only_an_administrator_reloads_and_rolls_back(desk: Desk, file: Path) -> None:
    await reload(desk, file, SCENARIOS.replace("Заработала?", "Ожила?"))
    for person in (ANNA, MARINA):
        for command in ("/reload", "/rollback", "/versions"):
            await desk.write(person, command)
            assert "администратор" in said(await desk.last(person))
    await desk.write(IGOR, "/rollback")
    asked = await desk.last(IGOR)
    data = asked["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    menu = await desk.write(MARINA, "/start")
    answer = await desk.forge(MARINA, MARINA, menu["message_id"], data)
    assert "администратор" in str(answer)
    assert "Ожила?" in await stands_in(file)


async def test_a_retired_scenario_hands_people_in_the_middle_to_a_human_and_says_why(
    desk: Desk, file: Path
) -> None:
    await begin(desk)
    await reload(desk, file, RETIRED)
    await desk.press(ANNA, "Молчит")
    told = await desk.find(ANNA, "больше не ведётся")
    assert buttons(told) == []
    assert "Клавиатура" in said(await desk.find(HELPDESK, "Клавиатура"))
    await desk.write(ANNA, "/start")
    assert "Клавиатура" not in buttons(await desk.last(ANNA))


async def test_going_on_with_a_retired_scenario_after_days_leads_to_a_human_too(
    desk: Desk, file: Path
) -> None:
    await begin(desk)
    await reload(desk, file, RETIRED)
    await desk.fast_forward(3 * 24 * 3600)
    await desk.press(ANNA, "Продолжить")
    assert "больше не ведётся" in said(await desk.find(ANNA, "больше не ведётся"))
    assert "Клавиатура" in said(await desk.find(HELPDESK, "Клавиатура"))


async def test_what_is_said_on_the_way_to_a_ticket_is_read(desk: Desk) -> None:
    await begin(desk)
    await desk.press(ANNA, "Молчит")
    await desk.press(ANNA, "Не помогло")
    assert buttons(await desk.find(ANNA, "Пока возьмите запасную")) == []
    assert "Клавиатура молчит" in said(await desk.last(ANNA))


async def test_a_stop_in_the_middle_of_a_look_at_the_files_is_no_error(
    sandbox: SandboxProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    looking = asyncio.Event()

    async def look_for_ever(_reloader: DeskReloader) -> None:
        looking.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(DeskReloader, "look", look_for_ever)
    monkeypatch.setattr(main, "EVERY", 1)
    async with open_desk(sandbox.root, f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}"):
        await looking.wait()
    assert [one.getMessage() for one in caplog.records if one.name.startswith("apscheduler")] == []


async def test_an_article_that_comes_while_the_bot_runs_is_found_in_the_chat(
    sandbox: SandboxProcess, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "knowledge_base").unlink()
    await asyncio.to_thread(shutil.copytree, ROOT / "knowledge_base", tmp_path / "knowledge_base")
    await asyncio.to_thread(shutil.copy, ROOT / "facts.yaml", tmp_path)
    taken, take = asyncio.Event(), ArticleReloader._take

    async def take_and_say(*given: Any) -> None:
        await take(*given)
        taken.set()

    monkeypatch.setattr(ArticleReloader, "_take", take_and_say)
    monkeypatch.setattr(main, "EVERY", 1)
    url = f"sqlite+aiosqlite:///{tmp_path / 'firstline.db'}"
    async with open_desk(sandbox.root, url, file.parent) as desk:
        await desk.write(ANNA, "/kb самовар")
        assert "📖 Чайник заварился" not in buttons(await desk.last(ANNA))
        await asyncio.to_thread((tmp_path / "knowledge_base" / "tea-kettle.md").write_text, TEA, "utf-8")
        await taken.wait()
        await desk.write(ANNA, "/kb самовар")
        await desk.press(ANNA, "📖 Чайник заварился")
        assert "Снимите самовар с огня" in said(await desk.last(ANNA))
        assert "knowledge_base принята" in said(await desk.find(ADMINS, "tea-kettle"))


async def test_a_category_of_open_tickets_leaves_the_desk_only_when_they_have_ended(
    sandbox: SandboxProcess, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    looked = looks_at_once(monkeypatch)
    shipped = (ROOT / "desk.yaml").read_text("utf-8")
    keys = '\n  keys: {title: {ru: "Клавиши", en: "Keys"}, team: helpdesk}'
    await asyncio.to_thread(
        (tmp_path / "desk.yaml").write_text, shipped.replace("\ncategories:", f"\ncategories:{keys}"), "utf-8"
    )
    await asyncio.to_thread(
        file.write_text, SCENARIOS.replace("category: hardware", "category: keys"), "utf-8"
    )
    async with open_desk(sandbox.root, database_url, file.parent) as desk:
        await begin(desk)
        await desk.press(ANNA, "Молчит")
        await desk.press(ANNA, "Не помогло")
        await reload(desk, file, SCENARIOS)
        await asyncio.to_thread((tmp_path / "desk.yaml").write_text, shipped, "utf-8")
        await looked()
        refused = said(await desk.find(ADMINS, "категории «keys» больше нет"))
        assert "открытых заявок в ней: 1 (1)" in refused
        await desk.press(OLEG, "Взять", HELPDESK)
        assert "Занимается Олег" in said(await desk.find(ANNA, "Заявка 1"))
        await desk.press(ANNA, "Отменить заявку")
        await desk.press(ANNA, "Да, отменить заявку 1")
        await looked()
        assert "принят" in said(await desk.find(ADMINS, "desk.yaml принят"))


async def test_after_two_scenarios_changed_places_old_buttons_in_the_chat_begin_what_they_say(
    desk: Desk, file: Path
) -> None:
    await reload(desk, file, HEAD + KEYBOARD + MOUSE)
    await desk.write(ANNA, "/start")
    menu = await desk.last(ANNA)
    assert buttons(menu)[:2] == ["Клавиатура", "Мышь"]
    await desk.write(ANNA, "курсор застыл на месте")
    assert "Похоже, это «Мышь»" in said(await desk.last(ANNA))
    await reload(desk, file, HEAD + MOUSE + KEYBOARD)
    await desk.press(ANNA, "Клавиатура")
    assert "Что с ней?" in said(await desk.last(ANNA))
    await desk.press(ANNA, "Отмена")
    await desk.press(ANNA, "Начать")
    assert "Что с мышью?" in said(await desk.last(ANNA))
    await desk.press(ANNA, "Отмена")


@pytest.mark.parametrize("former", [True, False])
async def test_the_button_of_a_removed_scenario_shows_the_present_menu_at_the_end_of_the_chat(
    desk: Desk, file: Path, former: bool
) -> None:
    await reload(desk, file, HEAD + MOUSE + KEYBOARD)
    await desk.write(ANNA, "/start")
    menu = await desk.last(ANNA)
    await desk.write(ANNA, "/my")
    await reload(desk, file, SCENARIOS)
    data = "m|go|0" if former else "m|start|mouse|0"
    answer = await desk.forge(ANNA, ANNA, menu["message_id"], data)
    assert answer["show_alert"]
    assert "изменился" in answer["text"]
    shown = await desk.last(ANNA)
    assert shown["message_id"] > menu["message_id"]
    assert "Клавиатура" in buttons(shown)
    assert "Мышь" not in buttons(shown)
    await desk.press(ANNA, "Клавиатура")
    assert "Что с ней?" in said(await desk.last(ANNA))


async def test_a_team_renamed_between_two_runs_goes_on_in_the_same_topic(
    sandbox: SandboxProcess, database_url: str, file: Path
) -> None:
    written = (ROOT / "desk.yaml").read_text("utf-8")

    async def before(desk: Desk) -> None:
        async with served(desk, database_url, file.parent):
            await begin(desk)
            await desk.press(ANNA, "Молчит")
            await desk.press(ANNA, "Не помогло")
            await begin(desk)  # and in the middle of another one
        text = written.replace("helpdesk", "front") + "\nrenamed: {teams: {helpdesk: front}}\n"
        (file.parent / "desk.yaml").write_text(text, "utf-8")

    async with open_desk(sandbox.root, database_url, file.parent, before=before) as desk:
        assert "людей в командах 2" in said(await desk.find(ADMINS, "Переименовано"))
        topic = await desk.topic(HELPDESK, 1)
        await desk.press(OLEG, "Взять", HELPDESK)
        card = await desk.find(ANNA, "Заявка 1")
        await desk.write(ANNA, "Клавиша Enter западает", reply_to=card["message_id"])
        assert "Enter" in said(await desk.last(HELPDESK, topic))
        await desk.press(ANNA, "Залипает")
        assert "Клавиатура" in said(await desk.find(HELPDESK, "2 · Клавиатура"))
        topics = [one for one in await desk.reads(HELPDESK) if one.get("forum_topic_created")]
        assert len(topics) == 2, "no topic is made again"
