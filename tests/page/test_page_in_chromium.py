"""The page as people use it, in a real Chromium: by mouse, by keys, on a phone, in the dark."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from bot.demo.guide import Guide
from bot.demo.script import TourScript, script
from bot.texts import speak
from tests.browser import Tab
from tests.desk import (
    ANNA,
    BORIS,
    HELPDESK,
    NETWORK,
    NINA,
    OLEG,
    SUPERVISORS,
    Desk,
    SandboxProcess,
    said,
)
from tests.page.company import demo_desk
from tests.page.readable import faint, nameless
from tests.page.test_story import everybody_reads

COLUMNS = f"employee.me={ANNA}&team.chat={HELPDESK}&team.me={OLEG}&supervisors.chat={SUPERVISORS}"
COVERED = """[...document.querySelectorAll('.toast')].some((toast) => {
    const at = toast.getBoundingClientRect();
    return [...document.querySelectorAll('.scroll button, .composer button')].some((one) => {
        const it = one.getBoundingClientRect(), view = one.closest('.scroll')?.getBoundingClientRect() ?? it;
        const top = Math.max(it.top, view.top), bottom = Math.min(it.bottom, view.bottom);
        return bottom > top && it.left < at.right && it.right > at.left && top < at.bottom && bottom > at.top;
    });
})"""
CUT = """[...document.querySelectorAll('.panel.front .title, .panel.front .me b')]
    .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)"""
TOPICS = """[...document.querySelectorAll('[data-role="team"] .topic')]"""
EMPLOYEE, TEAM, CHIEFS = (f'[data-role="{role}"]' for role in ("employee", "team", "supervisors"))


def button(column: str, label: str) -> str:
    """The newest button in a column with these words, as a script."""
    found = f"[...document.querySelectorAll('{column} button')].filter((one) => one.offsetParent)"
    return f"{found}.findLast((one) => one.textContent.trim() === '{label}')"


def shows(column: str, words: str) -> str:
    return f"document.querySelector('{column} .scroll').textContent.includes('{words}')"


async def write(tab: Tab, column: str, words: str) -> None:
    await tab.click(f"document.querySelector('{column} textarea')")
    await tab.type(words)
    await tab.key("Enter")


async def test_the_page_is_a_desk_to_work_at(sandbox: SandboxProcess, tab: Tab, tmp_path: Path) -> None:
    async with demo_desk(sandbox.root, tmp_path, "ru") as desk:
        guide = Guide(desk.root, a_short_story(), speak.voice("ru"))
        await asyncio.to_thread(guide.offer)
        await tab.size(1500, 900)
        await tab.open(f"{sandbox.root}/?lang=ru&{COLUMNS}")
        await a_story_is_told(desk, tab, guide)
        await claim_and_reply(desk, tab)
        await a_picker_opens_and_closes_in_the_card(desk, tab)
        await the_board_acts(tab)
        await what_comes_elsewhere_is_counted(desk, tab)
        await keys_lead_everywhere(tab)
        await a_voice_is_made(desk, tab)
        await everything_can_be_read(tab)
        await a_phone_has_every_control(tab)
        await a_phone_shows_which_topic_is_chosen(desk, tab)
        await everybody_reads(desk, "ru")


def a_short_story() -> TourScript:
    """The story as far as no day goes by in it: tests.page.test_story tells the whole of it, without a browser."""
    whole = script()
    days = next(number for number, scene in enumerate(whole.scenes) if scene.until is not None)
    return whole.model_copy(update={"scenes": whole.scenes[: days - 1]})


async def a_story_is_told(desk: Desk, tab: Tab, guide: Guide) -> None:
    """Offered at the first opening; a pause holds it, and it says whose screen it is."""
    caption = "document.querySelector('#story p').textContent"
    await tab.click(
        "[...document.querySelectorAll('#story button')].find((one) => one.textContent === 'Показать')"
    )
    telling = asyncio.create_task(asyncio.to_thread(guide.look))
    scenes = guide.script.scenes
    await tab.until(f"{caption} === {json.dumps(scenes[0].text.ru)}")
    assert await tab.run("document.querySelector('#story b').textContent") == "Сотрудник · Анна Иванова"
    assert await tab.run(f"document.querySelector('{EMPLOYEE}').classList.contains('onstage')")
    await tab.click("document.querySelectorAll('.story-buttons button')[0]")
    await tab.until("document.querySelectorAll('.story-buttons button')[0].textContent === 'Дальше'")
    await tab.click("document.querySelectorAll('.story-buttons button')[1]")
    await tab.until(f"{caption} === {json.dumps(scenes[1].text.ru)}")
    guide.pace = 0
    await tab.click("document.querySelectorAll('.story-buttons button')[1]")
    await telling
    assert (await desk.look("tour"))["scene"]["missing"] is None
    await tab.until(f"{caption} === {json.dumps(guide.script.end.ru)}")
    await tab.until(shows(TEAM, "Я у окна"))
    await tab.click(
        "[...document.querySelectorAll('#story button')].find((one) => one.textContent === 'Закрыть')"
    )
    await tab.until("document.getElementById('story').hidden && !document.getElementById('tour').hidden")
    await desk.press(OLEG, "Решено", HELPDESK)
    await desk.press(ANNA, "Да, спасибо")


async def claim_and_reply(desk: Desk, tab: Tab) -> None:
    await write(tab, EMPLOYEE, "Шуршит и поскрипывает полка")
    await tab.click(button(EMPLOYEE, "Передать инженеру"))
    await tab.click(f"{TOPICS}.find((one) => one.textContent.includes('полка'))")
    await tab.click(button(TEAM, "Взять"))
    await tab.until(shows(EMPLOYEE, "Занимается Олег"))
    # The answer to the press has a place of its own: no button is below it.
    await tab.until(f"document.querySelector('{TEAM} .toast')")
    assert not await tab.run(COVERED)
    await tab.run(f"document.querySelector('{TEAM} .row:has(.keyboard) .bubble').click()")
    await tab.click(f"document.querySelector('{TEAM} .tools-open [aria-label=\"Ответить\"]')")
    await tab.type("Иду к вам с новым картриджем")
    await tab.key("Enter")
    await tab.until(shows(EMPLOYEE, "Иду к вам с новым картриджем"))
    assert "Олег" in said(await desk.find(ANNA, "Иду к вам"))


async def a_picker_opens_and_closes_in_the_card(desk: Desk, tab: Tab) -> None:
    before = len(await desk.reads(HELPDESK))
    await tab.click(button(TEAM, "Передать…"))
    await tab.until(button(TEAM, "Сеть"))
    assert await tab.run(f"document.querySelectorAll('{TEAM} .row:has(.keyboard)').length") == 1
    await tab.click(button(TEAM, "Не нужно"))
    await tab.until(button(TEAM, "Решено"))
    assert len(await desk.reads(HELPDESK)) == before
    # An edited card does not lose its reader.
    assert await tab.run(f"document.activeElement.closest('{TEAM} .row') !== null")


async def the_board_acts(tab: Tab) -> None:
    await write(tab, CHIEFS, "/board")
    await tab.until(f"document.querySelector('{CHIEFS} .pin')")
    assert await tab.run(shows(CHIEFS, "Олег"))


async def what_comes_elsewhere_is_counted(desk: Desk, tab: Tab) -> None:
    """A ticket of a team whose chat no column shows, and a message for a person whom no column is."""
    await desk.fast_forward(120)  # the name of a topic changes seldom
    await desk.write(NINA, "Проверяю свитч на третьем этаже", chat=NETWORK)
    await tab.until(f"document.querySelector('{TEAM} header > .unread')?.textContent === '1'")
    await desk.write(BORIS, "/start")
    await tab.until(f"document.querySelector('{EMPLOYEE} header .unread')")
    names = f"[...document.querySelector('{TEAM} .names select').options].map((one) => one.textContent)"
    assert any("новых: 1" in name for name in await tab.run(names))
    await desk.sim("topic", {"chat": NETWORK, "action": "create", "name": "Свитч", "from": NINA})
    choose = f"""(() => {{ const list = document.querySelector('{TEAM} .names select');
        list.value = '{{}}'; list.dispatchEvent(new Event('change')); }})()"""
    await tab.run(choose.replace("{}", str(NETWORK)))
    await tab.until(f"document.querySelector('{TEAM} .topics')?.textContent.includes('Свитч')")
    await tab.until(f"!document.querySelector('{TEAM} header > .unread')")
    await tab.run(choose.replace("{}", str(HELPDESK)))
    await tab.until(f"document.querySelector('{TEAM} .topics')?.textContent.includes('полка')")
    await tab.click(f"{TOPICS}.find((one) => one.textContent.includes('полка'))")
    state = f"document.querySelector('{TEAM} .topic.chosen').getAttribute('aria-label')"
    assert "в работе" in await tab.run(state), "the state in words, not by a sign alone"


async def keys_lead_everywhere(tab: Tab) -> None:
    slash = f"document.querySelector('{TEAM} .slash')"
    menu = f"document.querySelector('{TEAM} .slash ~ .menu').hidden"
    await tab.click(slash)
    assert await tab.run(menu) is False
    await tab.key("ArrowDown")
    await tab.key("Escape")
    assert await tab.run(menu) is True
    assert await tab.run(f"document.activeElement === {slash}")
    await tab.click(slash)
    await tab.click(f"document.querySelector('{CHIEFS} .scroll')")
    assert await tab.run(menu) is True
    # From the messages one Tab leads to the place to write, and back to the newest message.
    await tab.run(f"{button(TEAM, 'Решено')}.focus()")
    await tab.key("ArrowUp")
    assert await tab.run("document.activeElement.closest('.scroll') !== null")
    await tab.key("Tab")
    assert await tab.run(f"document.activeElement === document.querySelector('{TEAM} textarea')")
    await tab.key("Tab", shift=True)
    assert await tab.run(f"document.querySelector('{TEAM} .scroll').contains(document.activeElement)")
    await tab.run("document.activeElement.blur(); document.getElementById('skip').focus()")
    await tab.key("Enter")
    assert await tab.run(f"document.activeElement === document.querySelector('{EMPLOYEE} textarea')")


async def a_voice_is_made(desk: Desk, tab: Tab) -> None:
    await tab.click(f"document.querySelector('{EMPLOYEE} .voice button')")
    await tab.click(button(EMPLOYEE, "Отправить пробный, 2 секунды"))
    await tab.until(f"document.querySelector('{EMPLOYEE} .scroll audio')")
    assert any(one.get("voice", {}).get("duration") == 2 for one in await desk.reads(ANNA))


async def everything_can_be_read(tab: Tab) -> None:
    assert await nameless(tab) == []
    for scheme in ("light", "dark"):
        await tab.taste(scheme, "reduce")
        await tab.until("!document.querySelector('.vanish')")
        assert not (found := await faint(tab)), f"{scheme}: {found}"
    await tab.taste("light", "reduce")
    moving = """[...document.querySelectorAll('*')].filter((one) => ['', '::before', '::after'].some((part) => {
        const style = getComputedStyle(one, part || null);
        return style.animationName !== 'none' || style.transitionDuration.split(', ').some((span) => span !== '0s');
    })).length"""
    assert await tab.run(moving) == 0
    await tab.taste("light")
    assert await tab.run(moving) > 0, "with motion there is some: the check can fail"


async def a_phone_has_every_control(tab: Tab) -> None:
    await tab.size(390, 844)
    inside = """(selector) => [...document.querySelectorAll(selector)].every((one) => {
        const at = one.getBoundingClientRect();
        return at.width > 0 && at.left >= 0 && at.right <= innerWidth && at.bottom <= innerHeight;
    })"""
    for control in ("#language", "#steps button", "#speed", "#due", "#tabs button"):
        assert await tab.run(f"({inside})('{control}')"), control
    for number in range(3):
        await tab.click(f"document.querySelectorAll('#tabs button')[{number}]")
        assert await tab.run(CUT) == []
    await tab.click("document.getElementById('language')")
    assert await tab.run("document.documentElement.lang") == "en"
    assert await tab.run("document.querySelector('#tabs .chosen').textContent") == "Supervisors"
    await tab.run("localStorage.clear()")


async def a_phone_shows_which_topic_is_chosen(desk: Desk, tab: Tab) -> None:
    """The strip of topics is wider than the phone: it moves to the chosen one, also when the chat is opened with it."""
    for number in range(8):
        await desk.sim(
            "topic", {"chat": HELPDESK, "action": "create", "name": f"Rack {number}, row 2", "from": NINA}
        )
    chosen = f"document.querySelector('{TEAM} .topic.chosen')"
    inside = f"""(() => {{ const strip = document.querySelector('{TEAM} .topics'), at = {chosen}.getBoundingClientRect();
        return strip.scrollWidth > innerWidth && at.left >= 0 && at.right <= innerWidth; }})()"""
    await tab.click("document.querySelectorAll('#tabs button')[1]")
    for wanted in ("Rack 0", "Rack 7", "General"):
        await tab.until(f"{TOPICS}.find((one) => one.textContent.includes('{wanted}'))")
        await tab.run(f"{TOPICS}.find((one) => one.textContent.includes('{wanted}')).click()")
        await tab.until(f"{chosen}?.textContent.includes('{wanted}') && {inside}")
    await tab.run(f"{TOPICS}.find((one) => one.textContent.includes('полка')).click()")
    await tab.click("document.querySelectorAll('#tabs button')[0]")
    await tab.run(f"document.querySelector('{TEAM} .topics').scrollLeft = 0")
    await tab.click("document.querySelectorAll('#tabs button')[1]")
    await tab.until(inside)
