"""A message that only asks for something is no sign that anything has failed."""

from __future__ import annotations

import pytest

from bot.problems.detection.asking import only_asks


@pytest.mark.parametrize(
    "text",
    [
        "Добрый день! Нужен доступ к папке отдела для новой сотрудницы",
        "Прошу выдать ноутбук стажёру, выходит в понедельник",
        "закажите, пожалуйста, два картриджа",
        "Можно ли поставить второй монитор?",
        "Please create an account for our new accountant",
        "Could I get a headset for meetings?",
    ],
)
def test_a_request_only_asks(text: str) -> None:
    assert only_asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Не печатает принтер",
        "Прошу помочь: пропала сеть",
        "нужно чтобы посмотрели, сканер завис",
        "Please fix the printer, it is stuck",
        "Need help, mail is down",
        "принтер шуршит и пахнет горелым",
        "1С",
        "",
    ],
)
def test_who_tells_of_trouble_does_not_only_ask_however_politely(text: str) -> None:
    assert not only_asks(text)
