"""The cards of the knowledge base: its topics, search results, and an article with "did it help?"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.config.config import Config, Work
from bot.keys import PersonChat, ReadingRef, SearchRef
from bot.knowledge import readings
from bot.knowledge.articles import Article
from bot.knowledge.readings import Reading, Search
from bot.knowledge.search import finder
from bot.people import directory
from bot.people.directory import Person
from bot.selfservice.kb_beside import fitting
from bot.selfservice.kb_browse import ALL, MOST, audiences, may_read
from bot.telegram import chats
from bot.telegram.buttons import (
    AllArticleTopics,
    ArticleFailed,
    ArticleHelped,
    ArticleTopic,
    HumanAfterArticles,
    ReadArticle,
    SeeArticle,
    SendArticle,
)
from bot.telegram.buttons import Button as Pressed
from bot.telegram.card import Drawing
from bot.telegram.keyboard import Key, Keyboard, button, rows
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets import store

SIGN = {"employee": "📖", "engineer": "🛠"}
LABEL = 60  # characters of a title on a button; a phone shows about half of them


def shelf(work: Work, about: str, chat: str) -> Drawing | None:
    """The topics, the articles of one, or search results."""
    search = readings.find_search(work.tx, SearchRef.read(about).number)
    if search is None:
        return None
    person, voice = directory.get(work.tx, search.person), speak.voice(chats.language(work.tx, chat))
    if search.topic in work.config.program.scenarios:
        return _topic(work.config, person, search, voice)
    if search.topic == ALL or not (search.text or search.ticket):
        return _topics(work.config, person, search, voice)
    if not search.text:
        return _beside(work, person, search, voice)
    found = finder(work.config.library, audiences(person)).find(search.text, MOST)
    text = voice.html("kb.found" if found else "kb.none", words=search.text)
    return Drawing(text, [*_titles(found, search, voice), *_ways_out(search, voice)])


def article(work: Work, about: str, chat: str) -> Drawing | None:
    """An article, "did it help?", and what to read next; removed when its reader may not read it any more."""
    reading = readings.get(work.tx, ReadingRef.read(about).number)
    shown = work.config.library.get(reading.article) if reading is not None else None
    if reading is None or shown is None:
        return None
    reader, voice = directory.get(work.tx, reading.person), speak.voice(chats.language(work.tx, chat))
    if not may_read(reader, shown):
        return None
    parts: list[str] = [shown.html(voice.language)]
    if reading.sender is not None:
        who = directory.get(work.tx, reading.sender).first_name
        parts.insert(0, voice.html("kb.sent_by", who=who))
    keyboard = _next(work.config, reader, shown, reading, voice)
    if reading.ticket is not None and chat != reader.key and shown.front.audience == "employee":
        keyboard = [[button(voice.say("button.kb_send"), SendArticle(reading.id))], *keyboard]
    if chat == reader.key:
        parts.append(_verdict(reading, voice))
        keyboard = [*_answers(reading, shown, voice), *keyboard]
    drawing = Drawing("\n\n".join(parts), keyboard, shown.picture(voice.language))
    if reading.helped is not None and not drawing.caption_fits:
        return replace(drawing, photo=None)  # the picture was sent already; only the text below it changes
    return drawing


def _topics(config: Config, person: Person, search: Search, voice: Voice) -> Drawing:
    buttons = [
        button(config.program.title(item.id, voice.language), ArticleTopic(search.id, item.id))
        for item in config.program.menu
        if config.library.of_scenario(item.id, audiences(person))
    ]
    return Drawing(voice.html("kb.head"), rows(buttons, 2))


def _beside(work: Work, person: Person, search: Search, voice: Voice) -> Drawing:
    """What fits a ticket: instructions for solving and handing over, then what can be sent to the employee."""
    assert search.ticket is not None
    found = fitting(work, store.peek(work.tx, search.ticket), audiences(person))
    every = button(voice.say("button.all_articles"), AllArticleTopics(search.id))
    head = voice.html("kb.beside" if found else "kb.nothing_beside", number=search.ticket)
    return Drawing(head, [*_titles(found, search, voice), [every]])


def _topic(config: Config, person: Person, search: Search, voice: Voice) -> Drawing:
    assert search.topic is not None
    listed = config.library.of_scenario(search.topic, audiences(person))
    head = voice.html("kb.topic", title=config.program.title(search.topic, voice.language))
    every = button(voice.say("button.all_articles"), AllArticleTopics(search.id))
    return Drawing(head, [*_titles(listed, search, voice), [every]])


def _titles(found: Sequence[Article], search: Search, voice: Voice) -> Keyboard:
    return rows([_title(one, ReadArticle(search.id, one.number), voice) for one in found], 1)


def _title(one: Article, pressed: Pressed, voice: Voice) -> Key:
    return button(speak.shortened(f"{SIGN[one.front.audience]} {one.title(voice.language)}", LABEL), pressed)


def _ways_out(search: Search, voice: Voice) -> Keyboard:
    every = button(voice.say("button.all_articles"), AllArticleTopics(search.id))
    if not PersonChat.names(search.chat):
        return [[every]]
    return [[every, button(voice.say("button.kb_human"), HumanAfterArticles(search.id))]]


def _next(config: Config, reader: Person, shown: Article, reading: Reading, voice: Voice) -> Keyboard:
    """Links to the article's related articles, without those that the reader may not read."""
    others = [found for found in map(config.library.get, shown.see()) if found and may_read(reader, found)]
    return rows([_title(one, SeeArticle(reading.id, one.number), voice) for one in others], 1)


def _verdict(reading: Reading, voice: Voice) -> str:
    if reading.helped is None:
        return voice.html("kb.helped")
    if reading.helped:
        return voice.html("kb.glad")
    return voice.html("kb.ticket", number=reading.opened) if reading.opened else voice.html("kb.noted")


def _answers(reading: Reading, shown: Article, voice: Voice) -> Keyboard:
    if reading.helped is not None:
        return []
    calls = reading.ticket is None and shown.front.audience == "employee"
    yes = button(voice.say("button.kb_yes"), ArticleHelped(reading.id), "success")
    no = button(voice.say("button.kb_no_human" if calls else "button.kb_no"), ArticleFailed(reading.id))
    return [[yes, no]]
