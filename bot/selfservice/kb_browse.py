"""The knowledge base for people: search, read, say whether it helped, call an engineer if not."""

from __future__ import annotations

from typing import Any, assert_never

from sqlalchemy import Connection

from bot.config.config import Config, Work
from bot.keys import PersonChat, ReadingRef, SearchRef, TicketRef, WordsRef
from bot.knowledge import readings
from bot.knowledge.articles import EMPLOYEES, EVERYBODY, Article, Audience
from bot.knowledge.readings import Reading, Search
from bot.knowledge.route import Decision
from bot.knowledge.search import finder
from bot.people import directory, pending_question
from bot.people.access import NotAllowed, Object, allows, authorize
from bot.people.directory import Person
from bot.problems import reporting
from bot.selfservice import utterances
from bot.sla.policy import OTHER
from bot.telegram import buttons, outbox
from bot.telegram.buttons import (
    AllArticleTopics,
    ArticleFailed,
    ArticleHelped,
    ArticlesForWords,
    ArticleTopic,
    HumanAfterArticles,
    OpenArticles,
    ReadArticle,
    SeeArticle,
)
from bot.telegram.former_buttons import FormerTopic
from bot.telegram.incoming import Incoming
from bot.texts import speak
from bot.texts.speak import Line
from bot.tickets import actions, store
from bot.tickets.actions import Draft, say_in_topic
from bot.tickets.ticket import Ticket

OfSearch = AllArticleTopics | ArticleTopic | FormerTopic | ReadArticle | HumanAfterArticles
ArticleButton = OpenArticles | ArticlesForWords | OfSearch | SeeArticle | ArticleHelped | ArticleFailed
ARTICLES = "articles"  # the next message is a search, once the knowledge base was opened
ALL = "*"  # of a search: the list of topics, however it began
MOST = 6  # articles in a result: people do not read more
LONGEST = 200  # characters of a search


def audiences(person: Person) -> frozenset[Audience]:
    """The audiences whose articles a person may read."""
    return EVERYBODY if allows(person, "instruct", Object()) else EMPLOYEES


def may_read(person: Person, article: Article) -> bool:
    return article.front.audience in audiences(person)


def look_up(
    work: Work, person: Person, chat: str, text: str, *, message: int | None = None, ticket: int | None = None
) -> None:
    """Show the articles for these words; without words the topics, and the next message is a search."""
    authorize(person, "read", Object())
    asked, found = " ".join(text.split())[:LONGEST], None
    if asked:
        found = len(finder(work.config.library, audiences(person)).find(asked, MOST))
    elif chat == person.key:
        pending_question.put(work, person.id, ARTICLES)
    number = readings.search(work, person.id, chat, text=asked, message=message, ticket=ticket, found=found)
    _show(work, chat, "shelf", SearchRef(number), ticket)


def asks_for_articles(person: Person, text: str) -> str | None:
    """The search of a message that begins with "instruction" or "how-to"; None for others."""
    first, _, rest = text.strip().partition(" ")
    known = speak.voice(person.language).say("kb.words").split("|")
    return rest.strip() if first.casefold().strip(":,.!?") in known else None


def press(work: Work, person: Person, chat: str | None, pressed: ArticleButton) -> Line | None:
    """A button of the knowledge base. Raises NotAllowed when it is another person's, or not theirs to read."""
    match pressed:
        case OpenArticles() | ArticlesForWords() if chat != person.key:
            raise NotAllowed("read", "access.unknown")
        case OpenArticles():
            look_up(work, person, person.key, "")
        case ArticlesForWords():
            return _look_up_words(work, person, pressed.utterance)
        case AllArticleTopics() | ArticleTopic() | FormerTopic() | ReadArticle() | HumanAfterArticles():
            return _of_search(work, person, _search(work.tx, person, chat, pressed.search), pressed)
        case SeeArticle():
            reading = _reading(work.tx, person, chat, pressed.reading)
            article = _article(work.config, person, pressed.article)
            beside: dict[str, Any] = {"search": reading.search, "ticket": reading.ticket}
            open_article(work, person, article, reading.chat, **beside)
        case ArticleHelped() | ArticleFailed():
            reading = _reading(work.tx, person, chat, pressed.reading)
            return _say(work, person, reading, isinstance(pressed, ArticleHelped))
        case _:
            assert_never(pressed)
    return None


def open_article(
    work: Work,
    person: Person,
    article: Article,
    chat: str,
    *,
    search: int | None = None,
    ticket: int | None = None,
    sender: int | None = None,
) -> None:
    """Show an article to `person` in `chat`, at its end."""
    number = readings.begin(work, article.id, person.id, chat, search=search, ticket=ticket, sender=sender)
    _show(work, chat, "article", ReadingRef(number), ticket)


def _show(work: Work, chat: str, card: str, about: str, ticket: int | None) -> None:
    topic = TicketRef(ticket) if ticket is not None and not PersonChat.names(chat) else None
    outbox.show(work, chat, card, about, topic=topic, anew="asked")


def _of_search(work: Work, person: Person, search: Search, pressed: OfSearch) -> Line | None:
    match pressed:
        case AllArticleTopics():
            readings.leaf(work.tx, search.id, ALL)
        case ArticleTopic():
            topic = buttons.named(pressed.scenario, [item.id for item in work.config.program.menu])
            if topic is None:
                return _list_changed(work, search)
            readings.leaf(work.tx, search.id, topic)
        case FormerTopic():
            return _list_changed(work, search)
        case ReadArticle():
            article = _article(work.config, person, pressed.article)
            pending_question.forget(work.tx, person.id)
            open_article(work, person, article, search.chat, search=search.id, ticket=search.ticket)
            return None
        case HumanAfterArticles():
            _hand_on(work, person, search)
            return None
        case _:
            assert_never(pressed)
    outbox.show(work, search.chat, "shelf", SearchRef(search.id))
    return None


def _list_changed(work: Work, search: Search) -> Line:
    """The topic was removed from the list: show the current one, at the end of the chat."""
    readings.leaf(work.tx, search.id, ALL)
    _show(work, search.chat, "shelf", SearchRef(search.id), search.ticket)
    return Line("list.changed", alert=True)


def _search(tx: Connection, person: Person, chat: str | None, number: int) -> Search:
    found = readings.find_search(tx, number)
    if found is None:
        raise NotAllowed("read", "stale")  # its words were deleted
    if found.chat != chat or (chat == person.key and found.person != person.id):
        raise NotAllowed("read", "unknown.chat")
    return found


def _reading(tx: Connection, person: Person, chat: str | None, number: int) -> Reading:
    found = readings.get(tx, number)
    if found is None:
        raise NotAllowed("read", "stale")
    if found.chat != chat or (chat == person.key and found.person != person.id):
        raise NotAllowed("read", "unknown.chat")
    return found


def _article(config: Config, person: Person, number: int) -> Article:
    article = config.library.by_number(number)
    if article is None:
        raise NotAllowed("read", "kb.gone")
    if not may_read(person, article):
        raise NotAllowed("read", "access.engineers")
    return article


def _look_up_words(work: Work, person: Person, utterance: int) -> Line | None:
    """Search for the words of the waiting message."""
    kept = utterances.get(work.tx, person, utterance)
    if kept is None:
        return Line("stale", alert=True)
    look_up(work, person, person.key, kept.text, message=kept.message)
    return None


def _say(work: Work, person: Person, reading: Reading, helped: bool) -> Line | None:
    """The reader's answer on an article. "No" calls an engineer; beside a ticket its team sees the answer."""
    article = work.config.library.get(reading.article)
    if article is None or not may_read(person, article):
        raise NotAllowed("read", "kb.gone")
    if not readings.say(work, reading.id, person.id, helped=int(helped)):
        return Line("kb.said", alert=True)
    ticket = store.peek(work.tx, reading.ticket) if reading.ticket is not None else None
    if ticket is not None and ticket.is_open and reading.sender is not None:
        title = article.title(work.config.program.defaults.language)
        say_in_topic(work, ticket, Line("article.helped" if helped else "article.failed", {"title": title}))
    elif not helped and article.front.audience == "employee":
        opened = _call_engineer(work, person, reading, article)
        readings.led_to(work.tx, reading.id, opened.id)
    outbox.show(work, reading.chat, "article", ReadingRef(reading.id))
    return Line("kb.thanks")


def _call_engineer(work: Work, person: Person, reading: Reading, article: Article) -> Ticket:
    """A ticket about the article's problem, which lists what was tried."""
    program, desk = work.config.program, work.config.desk
    scenario = program.scenarios.get(article.front.scenario)
    category = desk.category((scenario.spec.category if scenario is not None else None) or OTHER)
    called: dict[str, Any] = {"team": category.team, "type": category.type}
    if scenario is not None and scenario.human is not None:  # like "call a human" of its scenario
        human = scenario.human
        called = {"team": human.team, "type": human.type, "impact": human.impact, "urgency": human.urgency}
    asked = readings.find_search(work.tx, reading.search) if reading.search is not None else None
    text = asked.text if asked is not None else ""
    draft = Draft(
        category=category.id,
        **called,
        summary=speak.shortened(text, 100) or article.title(program.defaults.language),
        summary_own=speak.shortened(text, 100) or article.title(person.language),
        words=text,
        tried=[article.title(program.defaults.language)],
        tried_own=[article.title(person.language)],
    )
    ticket = actions.open_ticket(work, person, draft)
    reporting.opened(work, ticket, text)
    return ticket


def _hand_on(work: Work, person: Person, search: Search) -> None:
    """No article fits: handle the words like any other message."""
    pending_question.forget(work.tx, person.id)
    if not search.text or search.message is None or search.chat != person.key:
        outbox.show(work, person.key, "menu", person.key, anew="asked")
        return
    place = directory.get(work.tx, person.id).telegram_id or 0
    message = Incoming(search.message, search.text, "text", None, None, None, search.at, place=place)
    decision: Decision = work.config.router.route(search.text)
    utterance = utterances.keep(work.tx, person, message, decision)
    outbox.show(work, person.key, "offer", WordsRef(utterance), anew="asked")
