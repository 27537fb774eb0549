"""Advice of the shipped articles: what must come before what, and wording that people misread."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.knowledge.articles import EMPLOYEES, Article, load_library

SHIPPED = Path(__file__).resolve().parents[2] / "knowledge_base"
LIBRARY, _ = load_library(SHIPPED)
EMPLOYEE_ARTICLES = LIBRARY.all(EMPLOYEES)

RESTART = {
    "ru": re.compile(r"[Пп]ерезагрузите (компьютер|ноутбук|Mac)\b|^Перезагрузите:"),
    "en": re.compile(r"\b[Rr]estart (the (computer|laptop|Mac)|your computer)\b|^Restart:"),
}
SAVED = {"ru": re.compile(r"[Сс]охраните"), "en": re.compile(r"\b[Ss]ave\b")}
QUESTION = re.compile(r"(?:^|[.!?:;] |\) )([^.!?:;()]+)\? (?=[A-Z])")
ASKS = ("is ", "are ", "does ", "do ", "did ", "can ", "what ", "which ", "who ", "how ", "waiting for ")
CALQUES = re.compile(
    r"\b(licence|colour|rubbish|neighbour|spoilt|spilt|seen again|hung power|for ever|stands?)\b"
    r"|\bno luck\b|\ba way round\b|\bforeign admin\b|\bthe surer\b",
    re.IGNORECASE,
)


def lines(article: Article, language: str) -> list[str]:
    return article.sentences(language)


def place(article: str, language: str, words: str) -> int:
    """Where the words begin in the article's text."""
    text = "\n".join(lines(LIBRARY.get(article) or pytest.fail(article), language))
    assert words in text, f"{article}: {words}"
    return text.index(words)


@pytest.mark.parametrize(
    ("article", "language", "first", "then"),
    [
        ("eng-boot-bsod", "ru", "Копия профиля", "chkdsk C: /f"),
        ("eng-boot-bsod", "en", "Copy the profile", "chkdsk C: /f"),
        ("eng-boot-bsod", "ru", "SMART", "sfc /scannow"),
        ("eng-boot-bsod", "en", "SMART", "sfc /scannow"),
        ("disk-full", "ru", "Просмотрите корзину", "Очистить корзину"),
        ("disk-full", "en", "Look through the recycle bin", "Empty Recycle Bin"),
        ("email-mailbox-full", "ru", "Просмотрите «Удалённые»", "Очистить папку"),
        ("email-mailbox-full", "en", "Look through Deleted Items", "Empty Folder"),
        ("email-not-sent", "ru", "включите «Автономную работу»", "перетащите письмо в «Черновики»"),
        ("email-not-sent", "en", "switch Work Offline on", "drag the email to Drafts"),
        ("mobile-work-profile", "ru", "освободите 2 ГБ", "Удалить рабочий профиль"),
        ("mobile-work-profile", "en", "free 2 GB", "Remove work profile"),
        ("printer-queue", "ru", "какой принтер выбран", "Открыть очередь"),
        ("printer-queue", "en", "which printer is chosen", "Open print queue"),
        ("printer-queue", "ru", "выключите его кнопкой", "Открыть очередь"),
        ("printer-queue", "en", "switch it off with its button", "Open print queue"),
        ("security-lost-device", "ru", "Ответьте здесь", "режим пропажи"),
        ("security-lost-device", "en", "Answer here", "Lost Mode"),
        ("mouse-keyboard", "ru", "выдерните зарядку", "переверните"),
        ("mouse-keyboard", "en", "unplug the charger", "turn it over"),
        ("email-outlook-start", "ru", "подключите VPN", "новым паролем"),
        ("email-outlook-start", "en", "connect the VPN first", "the new password"),
        ("eng-file-restore", "ru", "Сначала позвонить", "Close-SmbOpenFile"),
        ("eng-file-restore", "en", "Call the owner", "Close-SmbOpenFile"),
        ("net-wifi", "ru", "только один сайт", "Выключите и включите Wi-Fi"),
        ("net-wifi", "en", "only one site", "Switch Wi-Fi off and on"),
    ],
)
def test_what_saves_data_or_costs_least_comes_first(
    article: str, language: str, first: str, then: str
) -> None:
    assert place(article, language, first) < place(article, language, then)


@pytest.mark.parametrize(
    ("article", "language", "words"),
    [
        ("email-not-sent", "ru", "удалите письмо. "),
        ("email-not-sent", "en", "delete the email. "),
        ("headset-no-sound", "ru", "с одним именем Hands-Free"),
        ("headset-no-sound", "en", "the same Hands-Free name"),
        ("meeting-room-booking", "ru", "Выдерните её питание"),
        ("meeting-room-booking", "en", "Unplug its power"),
        ("meeting-room-sound", "ru", "выдерните питание комплекса"),
        ("meeting-room-sound", "en", "unplug the system's power"),
        ("e-signature", "ru", "Посмотреть сертификаты"),
        ("mobile-mail", "ru", "RuStore"),
        ("password-change", "ru", "три вида из четырёх"),
        ("password-change", "en", "three kinds of four"),
    ],
)
def test_what_was_wrong_stays_out(article: str, language: str, words: str) -> None:
    assert words not in "\n".join(lines(LIBRARY.get(article) or pytest.fail(article), language))


OUTLOOK = (
    "email-outlook-start",
    "email-find-lost",
    "email-not-sent",
    "email-mailbox-full",
    "email-autoreply-signature",
    "email-not-received",
    "email-rules",
    "meeting-room-booking",
    "security-phishing",
)


@pytest.mark.parametrize("article", OUTLOOK)
def test_where_classic_outlook_is_explained_the_new_one_is_too(article: str) -> None:
    found = LIBRARY.get(article)
    assert found is not None
    assert re.search(r"[Нн]ов(ом|ый)\b", "\n".join(lines(found, "ru")))
    assert re.search(r"[Nn]ew (Outlook|one)|New:", "\n".join(lines(found, "en")))


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("article", EMPLOYEE_ARTICLES, ids=lambda a: a.id)
def test_a_restart_is_asked_for_only_after_work_is_saved(article: Article, language: str) -> None:
    for line in lines(article, language):
        if RESTART[language].search(line) and "OneDrive" not in line and "Do not switch off" not in line:
            assert SAVED[language].search(line), line


@pytest.mark.parametrize("article", EMPLOYEE_ARTICLES, ids=lambda a: a.id)
def test_english_advice_is_no_clipped_question_with_a_clipped_answer(article: Article) -> None:
    for line in lines(article, "en"):
        clipped = [
            asked
            for asked in QUESTION.findall(line)
            if len(asked.split()) < 6 and not asked.strip(' "*').lower().startswith(ASKS)
        ]
        assert not clipped, line


@pytest.mark.parametrize("article", LIBRARY.all(), ids=lambda a: a.id)
def test_english_articles_hold_no_calque_and_one_spelling(article: Article) -> None:
    for line in [article.title("en"), *lines(article, "en")]:
        assert not CALQUES.search(line), line


@pytest.mark.parametrize("article", EMPLOYEE_ARTICLES, ids=lambda a: a.id)
def test_employees_read_one_word_for_one_thing(article: Article) -> None:
    text = "\n".join([article.title("ru"), *lines(article, "ru")])
    assert not re.search(r"\b[Кк]еш", text)
    assert not re.search(r"\b[Уу]чётк", text)


@pytest.mark.parametrize("article", LIBRARY.all(), ids=lambda a: a.id)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_article_calls_the_number_that_a_caller_gives(article: Article, language: str) -> None:
    text = "\n".join(lines(article, language))
    assert not re.search(r"(оставьте|напишите|укажите) (свой )?(номер )?телефон\w*", text, re.IGNORECASE)
    assert not re.search(r"(leave|write|give) your (phone )?number", text, re.IGNORECASE)
