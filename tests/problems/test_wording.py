"""A supervisor's line about an outage is parsed correctly, in both languages."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.problems.wording import moment, understand, without_nothing

MOSCOW = "Europe/Moscow"
NOW = int(datetime(2026, 11, 23, 10, 42, tzinfo=ZoneInfo(MOSCOW)).timestamp())


def clock(instant: int | None) -> str | None:
    return None if instant is None else datetime.fromtimestamp(instant, ZoneInfo(MOSCOW)).strftime("%d %H:%M")


@pytest.mark.parametrize(
    ("said", "words", "workaround", "when"),
    [
        ("до 11:15 Не печатают принтеры. Обход: PRN-2", "Не печатают принтеры.", "PRN-2", "23 11:15"),
        ("Не печатают, до 11:15", "Не печатают", None, "23 11:15"),
        ("с 10:40 лежит печать", "с 10:40 лежит печать", None, None),
        ("с 10:40 лежит печать; следующее в 09:00", "с 10:40 лежит печать", None, "24 09:00"),
        ("через 30 минут Лежит почта", "Лежит почта", None, "23 11:12"),
        ("Лежит почта. Следующее через 2 часа", "Лежит почта", None, "23 12:42"),
        ("Пропадает через 5 минут после входа", "Пропадает через 5 минут после входа", None, None),
        ("till 11:15 No printing. Workaround: use PRN-2", "No printing.", "use PRN-2", "23 11:15"),
        ("No mail, next in 45 min", "No mail", None, "23 11:27"),
        ("", "", None, None),
        ("Не печатают до 11:15. Обход: PRN-2", "Не печатают до 11:15.", "PRN-2", "23 11:15"),
        ("Не печатают, до 11:15 Обход: PRN-2", "Не печатают", "PRN-2", "23 11:15"),
        ("до 11:15 не печатают принтеры", "не печатают принтеры", None, "23 11:15"),
    ],
)
def test_a_line_is_taken_apart(said: str, words: str, workaround: str | None, when: str | None) -> None:
    found = understand(said, MOSCOW, NOW)
    assert (found.words, found.workaround, clock(found.next_at)) == (words, workaround, when)


@pytest.mark.parametrize(
    ("said", "words", "when"),
    [
        ("Поломка у провайдера, ждём до 11:30", "Поломка у провайдера, ждём до 11:30", "23 11:30"),
        ("Ждём до 11:30, потом позвоним", "Ждём до 11:30, потом позвоним", "23 11:30"),
        ("Чиним, до 12:00 не печатайте", "Чиним, до 12:00 не печатайте", "23 12:00"),
        ("до 11:30 ждём провайдера", "до 11:30 ждём провайдера", "23 11:30"),
        ("через 30 минут поднимем запасной", "через 30 минут поднимем запасной", "23 11:12"),
        ("We wait till 11:30", "We wait till 11:30", "23 11:30"),
        ("Нашли причину, меняем сервер, до 12:00", "Нашли причину, меняем сервер", "23 12:00"),
        ("Ждём инженера. Следующее в 12:00", "Ждём инженера.", "23 12:00"),
        ("до 12:00", "", "23 12:00"),
    ],
)
def test_news_are_published_as_they_were_typed_with_their_time(said: str, words: str, when: str) -> None:
    found = understand(said, MOSCOW, NOW, begins_with_time=False)
    assert (found.words, clock(found.next_at)) == (words, when)


@pytest.mark.parametrize(
    ("said", "floor", "office"),
    [
        ("Не печатают принтеры на 3 этаже", 3, ""),
        ("No printing on floor 3, office spb", 3, "spb"),
        ("Нет сети, офис msk", None, "msk"),
        ("Лежит печать", None, ""),
    ],
)
def test_a_place_is_heard(said: str, floor: int | None, office: str) -> None:
    found = understand(said, MOSCOW, NOW)
    assert (found.floor, found.office) == (floor, office)


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("11:15", "23 11:15"),
        ("в 9:00", "24 09:00"),
        ("через 30 минут", "23 11:12"),
        ("in 2 hours", "23 12:42"),
        ("30", "23 11:12"),
        ("скоро", None),
        ("0", None),
        ("99:99", None),
    ],
)
def test_an_answer_to_when_is_understood(said: str, when: str | None) -> None:
    assert clock(moment(said, MOSCOW, NOW)) == when


@pytest.mark.parametrize(
    ("said", "left"),
    [("нет", ""), ("No.", ""), ("-", ""), ("никак", ""), ("PRN-2", "PRN-2"), ("нет бумаги", "нет бумаги")],
)
def test_there_is_none_is_no_workaround(said: str, left: str) -> None:
    assert without_nothing(said) == left
