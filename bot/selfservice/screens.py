"""The employee's cards before a ticket: the menu, the offer for a message, the step of a scenario."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.config.config import Config, Work
from bot.keys import PersonChat, RunRef, WordsRef
from bot.knowledge.articles import Article
from bot.knowledge.search import finder
from bot.people import directory
from bot.problems import children, known
from bot.scenarios.library import run
from bot.scenarios.play import callback, events
from bot.scenarios.play.events import View
from bot.selfservice.kb_browse import audiences
from bot.selfservice.utterances import CALLED, Utterance, waiting
from bot.storage import typed
from bot.storage.schema import utterances
from bot.telegram import chats
from bot.telegram.buttons import (
    AllTopics,
    ArticlesForWords,
    MyTickets,
    NoneOfThese,
    OpenArticles,
    ResumeRun,
    StartScenario,
    ToHuman,
    ToTicket,
)
from bot.telegram.card import Drawing
from bot.telegram.keyboard import Key, Keyboard, button, rows
from bot.texts import speak
from bot.texts.speak import Voice
from bot.tickets import store

HELP = "help"  # words that ask for help and do not say with what
TOPICS = 8  # buttons that are taken in at a glance; the others are one tap away
WORDLESS = frozenset(
    {"photo", "voice", "video", "document"}
)  # others are received without a name of their own
LATELY = 7 * 24 * 3600  # seconds: a ticket closed since may be meant by new words
_SPOKEN = frozenset({"solved", "cancelled"})  # the scenario's last words say so
_ENDS = {"solved": "run.solved", "cancelled": "run.cancelled", "left": "run.left", "expired": "run.over"}


def menu(work: Work, about: str, chat: str) -> Drawing:
    """The greeting: the most common scenarios as buttons, the others one tap further."""
    person, voice = (
        directory.get(work.tx, PersonChat.read(about).number),
        speak.voice(chats.language(work.tx, chat)),
    )
    buttons = _scenarios(work.config, voice)
    keyboard = rows(buttons if len(buttons) <= TOPICS else buttons[:TOPICS], 2)
    every = [button(voice.say("button.all_topics"), AllTopics())] if len(buttons) > TOPICS else []
    keyboard.append([*every, button(voice.say("button.articles"), OpenArticles())])
    if mine := len(children.own_of(work.tx, person.id)):
        keyboard.append([button(voice.many("button.my_tickets", mine), MyTickets())])
    return Drawing(voice.html("start.hello", name=person.first_name), keyboard)


def topics(work: Work, _about: str, chat: str) -> Drawing:
    """Every scenario. One that is chosen after words which no scenario fitted begins with them."""
    voice = speak.voice(chats.language(work.tx, chat))
    words = waiting(work.tx, PersonChat.read(chat).number, work.now)
    return Drawing(voice.html("topics.head"), rows(_scenarios(work.config, voice, words), 2))


def offer(work: Work, about: str, chat: str) -> Drawing | None:
    """Below a person's message: one certain scenario, three to choose from, or all topics - and an engineer."""
    number, voice = WordsRef.read(about).number, speak.voice(chats.language(work.tx, chat))
    words = typed.first(Utterance, work.tx.execute(select(utterances).where(utterances.c.id == number)))
    if words is None or words.chosen is not None:
        return None
    buttons = dict(
        zip(
            (item.id for item in work.config.program.menu),
            _scenarios(work.config, voice, number),
            strict=True,
        )
    )
    if words.asked == CALLED:
        return _called(words, voice)
    if not words.words.strip() and words.about is None:
        return _wordless(words, voice)
    likely = [scenario for scenario, _ in words.candidates if scenario in buttons]
    again = _again(work, words, voice)
    if words.decision == "auto" and likely:
        begin = button(voice.say("button.begin"), StartScenario(likely[0], number), "primary")
        title = work.config.program.title(likely[0], voice.language)
        return Drawing(
            _with_files(words, voice, voice.html("offer.one", title=title)),
            [[begin, button(voice.say("button.not_that"), NoneOfThese(number))], *again],
        )
    if words.decision == "ask" and likely:
        some = [buttons[scenario] for scenario in likely]
        none = button(voice.say("button.none_of_these"), NoneOfThese(number))
        return Drawing(_with_files(words, voice, voice.html("offer.some")), [*rows(some, 1), *again, [none]])
    articles = _articles(work, words, voice)
    listed = list(dict.fromkeys([*likely, *buttons]))[
        :TOPICS
    ]  # weak guesses come before the order of the file
    human = button(_for_whom(work.tx, words, voice), ToHuman(number), "primary")
    every = [button(voice.say("button.all_topics"), AllTopics())]
    menu = rows([buttons[scenario] for scenario in listed], 2)
    if not likely and work.config.router.route(words.words).kind == HELP:
        return Drawing(_with_files(words, voice, voice.html("offer.help")), [*again, [human], *menu, every])
    text = _with_files(words, voice, voice.html("offer.none"))
    return Drawing(text, [*again, *articles, *menu, every, [human]])


def _with_files(words: Utterance, voice: Voice, text: str) -> str:
    """An offer says that what came without words beside them is kept."""
    kinds = [words.kind, *(kind for _, kind, *_ in words.more or [])]
    return text if set(kinds) == {"text"} else f"{text}\n{voice.html('offer.attached')}"


def _called(words: Utterance, voice: Voice) -> Drawing:
    """A human is wished for: one sentence of the person's will do, or none."""
    return Drawing(
        voice.html("offer.called"), [[button(voice.say("button.call_now"), ToHuman(words.id), "primary")]]
    )


def _wordless(words: Utterance, voice: Voice) -> Drawing:
    """Something without a word: what was received is named, and one thing is asked."""
    kind = words.kind if words.kind in WORDLESS else "other"
    human = button(voice.say("button.ticket_with_text"), ToHuman(words.id), "primary")
    return Drawing(voice.html(f"offer.received.{kind}"), [[human]])


def _articles(work: Work, words: Utterance, voice: Voice) -> Keyboard:
    """No scenario fits, but an article may: a button to search for it."""
    person = directory.get(work.tx, words.person)
    if words.about is not None or not finder(work.config.library, audiences(person)).find(words.words, 1):
        return []
    return [[button(voice.say("button.articles_with_text"), ArticlesForWords(words.id))]]


def _for_whom(tx: Connection, words: Utterance, voice: Voice) -> str:
    """The label for "an engineer": for the person themselves, or for the colleague whose words they forwarded."""
    if words.about is None:
        return voice.say("button.ticket_with_text")
    return voice.say("button.ticket_for", who=directory.get(tx, words.about).name)


def _again(work: Work, words: Utterance, voice: Voice) -> Keyboard:
    """Buttons for recently closed tickets, which the message may be about."""
    lately = store.closed_lately(work.tx, words.person, work.now - LATELY)[:1] if words.about is None else []
    return [[button(voice.say("button.again", number=one.id), ToTicket(words.id, one.id))] for one in lately]


def step(work: Work, about: str, chat: str) -> Drawing | None:
    """The current step of a run: texts, question, and the automatic buttons."""
    run_id, voice = RunRef.read(about).number, speak.voice(chats.language(work.tx, chat))
    standing = run.standing(work.tx, run_id)
    if standing is None:
        return None
    view = standing.view
    spoken = standing.open or (standing.status in _SPOKEN and view.parts)
    end = None if spoken else _ENDS.get(standing.status)
    body = [*_body(work.config, view, voice), *([voice.html(end)] if end else [])]
    if standing.open:
        body = [*_known(work, standing, voice), *body]
    text = voice.card("step", view=view, body=body, open=standing.open)
    shown = _article(work.config, view)
    photo = (
        work.config.media / view.media[-1] if view.media else shown.picture(voice.language) if shown else None
    )
    if standing.status == "left":
        return Drawing(text, [[button(voice.say("button.go_on"), ResumeRun(run_id))]], photo)
    return Drawing(text, ways(view, run_id, standing.seq, voice) if standing.open else [], photo)


def _known(work: Work, standing: run.CurrentRun, voice: Voice) -> list[str]:
    """The known errors of the step, with their workarounds."""
    step = standing.view.step.rpartition("/")[2]
    found = known.at_step(work, standing.scenario, step, standing.person_id)
    return [voice.html("known.at_step", symptoms=one.symptoms, workaround=one.workaround) for one in found]


def _body(config: Config, view: View, voice: Voice) -> list[str]:
    """The parts in reading order: texts, the article, then the question."""
    parts = list(view.parts)
    article = _article(config, view)
    if article is not None:
        said = article.html if article.front.whole else article.first
        parts.insert(max(0, len(parts) - 1), said(voice.language))
    return parts


def _article(config: Config, view: View) -> Article | None:
    """The article of a step, if it is for employees."""
    article = config.library.get(view.article) if view.article else None
    return article if article is not None and article.front.audience == "employee" else None


def ways(view: View, run_id: int, seq: int, voice: Voice) -> Keyboard:
    """The buttons below a step: its answers, and the automatic ones, also during a check."""

    def way(event: events.Event, label: str) -> Key:
        return button(voice.say(label), callback.callback(run_id, seq, event))

    answers = [
        button(label, callback.callback(run_id, seq, events.Press(value))) for value, label in view.options
    ]
    keyboard = rows(answers, view.columns)
    if view.skippable:
        keyboard.append([way(events.Skip(), "button.skip")])
    back = (
        [way(events.Back(), "button.back"), way(events.Restart(), "button.restart")]
        if view.can_go_back
        else []
    )
    keyboard.append([*back, way(events.Cancel(), "button.cancel")])
    keyboard.append([way(events.Human(), "button.human")])
    return keyboard


def _scenarios(config: Config, voice: Voice, utterance: int = 0) -> list[Key]:
    return [
        button(config.program.title(item.id, voice.language), StartScenario(item.id, utterance))
        for item in config.program.menu
    ]
