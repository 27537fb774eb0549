"""The notice about personal data: shown at the first contact, and again when its version grows; the answer is kept."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from bot.config.config import Work
from bot.keys import NoticeRef, PersonChat
from bot.people.directory import Person
from bot.sla.person_limits import Notice
from bot.storage.schema import consents
from bot.storage.upsert import insert
from bot.telegram import chats, outbox
from bot.telegram.buttons import AgreeToNotice
from bot.telegram.card import Drawing
from bot.telegram.keyboard import button
from bot.texts import speak
from bot.texts.speak import Line

CARD = "notice"


def is_due(work: Work, person: Person) -> bool:
    """Whether desk.yaml has a notice that this person has not been shown."""
    notice = work.config.desk.file.privacy.notice
    return notice is not None and _version(work.tx, person.id, notice.version) is None


def ask(work: Work, person: Person) -> None:
    """Show the notice; what the person wrote is handled all the same."""
    notice = work.config.desk.file.privacy.notice
    if notice is None:
        return
    row = insert(work.tx, consents).values(person=person.id, version=notice.version, asked_at=work.now)
    if work.tx.execute(row.on_conflict_do_nothing()).rowcount:
        outbox.show(work, person.key, CARD, NoticeRef(notice.version))


def press(work: Work, person: Person, pressed: AgreeToNotice) -> Line:
    """The person agrees to this version."""
    mine = (consents.c.person == person.id) & (consents.c.version == pressed.version)
    agreed = update(consents).where(mine & consents.c.agreed_at.is_(None)).values(agreed_at=work.now)
    work.tx.execute(agreed)
    outbox.show(work, person.key, CARD, NoticeRef(pressed.version))
    return Line("notice.thanks")


def card(work: Work, about: str, chat: str) -> Drawing | None:
    """The notice, with the button until it is pressed; nothing when desk.yaml has another version by now."""
    version, notice = NoticeRef.read(about).number, work.config.desk.file.privacy.notice
    if notice is None or notice.version != version:
        return None
    voice = speak.voice(chats.language(work.tx, chat))
    agreed = _version(work.tx, PersonChat.read(chat).number, version)
    text = voice.html("notice.text", text=_said(notice, voice.language))
    if agreed:
        return Drawing(text)
    return Drawing(text, [[button(voice.say("button.agree"), AgreeToNotice(version), "primary")]])


def _said(notice: Notice, language: str) -> str:
    return notice.text.get(language) or next(iter(notice.text.values()))


def _version(tx: Connection, person: int, version: int) -> bool | None:
    """Whether the person agreed to a version; None when they were not asked."""
    mine = (consents.c.person == person) & (consents.c.version == version)
    row = tx.execute(select(consents.c.agreed_at).where(mine)).first()
    return None if row is None else row.agreed_at is not None
