"""Inline mode: an engineer types the bot's name and a word in any chat, and sends the article that fits."""

from __future__ import annotations

from typing import Any

from bot.config.config import Config
from bot.knowledge.articles import EMPLOYEES, EVERYBODY, Article
from bot.knowledge.search import finder
from bot.people.access import Object, allows
from bot.people.directory import Person
from bot.texts import speak

MOST = 10  # results; Telegram takes 50, no one scrolls that far
DESCRIPTION = 120  # characters of the line below a title
FRESH = 10  # seconds for which Telegram may show the same answer to the same person
ALONE = "sender"  # chat_type of the private chat with the bot itself


def answer(config: Config, person: Person | None, text: str, chat_type: str | None) -> dict[str, Any]:
    """What answerInlineQuery takes beside the query's id, in the person's language; nothing for those who are no engineers.

    What is chosen can be read by everybody in that chat, so engineers' own instructions are offered only where the
    engineer is alone with the bot.
    """
    audiences = EVERYBODY if chat_type == ALONE else EMPLOYEES
    found: list[Article] = []
    if person is not None and text.strip() and allows(person, "inline", Object()):
        found = finder(config.library, audiences).find(text, MOST)
    results = [_result(article, person.language) for article in found] if person is not None else []
    return {"results": results, "cache_time": FRESH, "is_personal": True}


def _result(article: Article, language: str) -> dict[str, Any]:
    written = {
        "message_text": article.html(language),
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    first = next(iter(article.sentences(language)), "")
    return {
        "type": "article",
        "id": str(article.number),
        "title": article.title(language),
        "description": speak.shortened(first, DESCRIPTION),
        "input_message_content": written,
    }
