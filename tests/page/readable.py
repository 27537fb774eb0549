"""What makes a page readable for everybody, computed by the browser itself: names of controls, contrast of texts."""

from __future__ import annotations

from pathlib import Path

from tests.browser import Tab

LEAST = 4.5  # WCAG 2.2, 1.4.3
CONTROLS = {
    "button",
    "textbox",
    "combobox",
    "link",
    "menuitem",
    "listbox",
    "checkbox",
    "log",
    "region",
    "navigation",
}
CONTRASTS = Path(__file__).with_name("contrasts.js").read_text("utf-8")


async def faint(tab: Tab) -> list[str]:
    """Texts that stand out too little from what is behind them. Raises AssertionError when hardly any text was found."""
    found = await tab.run(CONTRASTS)
    assert len(found) > 15, found
    return [f"{key}: «{words}» {ratio:.2f}" for key, words, ratio in found if ratio < LEAST]


async def nameless(tab: Tab) -> list[str]:
    """Controls and places that a screen reader could not name. Labels of the bot's own buttons are the bot's."""
    nodes = (await tab.call("Accessibility.getFullAXTree"))["nodes"]
    checked = [one for one in nodes if not one["ignored"] and one["role"]["value"] in CONTROLS]
    assert len(checked) > 20
    return [
        f"{one['role']['value']} {one.get('name')}"
        for one in checked
        if not any(letter.isalnum() or letter == "★" for letter in one.get("name", {}).get("value", ""))
    ]
