"""Which words are secrets, and which only talk about them."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.knowledge.masking import MASK, hide, hide_all, hide_bare

KNOWLEDGE = Path(__file__).parents[1] / "knowledge"
HIDDEN, LEFT = 52, 30  # of 60 with a secret, and of 30 without one
SECRETS = [
    ("не могу войти, логин ivanov пароль Qwerty123!", ["Qwerty123!"]),
    ("Idxweb will not load, password is Summer#2025", ["Summer#2025"]),
    ("пароль: kotik", ["kotik"]),
    ("пароль: солнышко", ["солнышко"]),
    ("пароль 123456 не подходит", ["123456"]),
    ("пароль от почты Qwerty123 не принимает", ["Qwerty123"]),
    ("мой пароль вот такой: Зима2024", ["Зима2024"]),
    ("логин и пароль ivanov Qwerty123", ["Qwerty123"]),
    ("логин/пароль: ivanov / hunter", ["hunter"]),
    ("пароль:\nQwerty123", ["Qwerty123"]),
    ("пароли: a1b2c3d4, z9y8x7w6", ["a1b2c3d4", "z9y8x7w6"]),
    ("ввожу пароль qwerty и ничего", ["qwerty"]),
    ("Qwerty123 - это мой пароль", ["Qwerty123"]),
    ("my password for the VPN is hunter", ["hunter"]),
    ("pass: letmein", ["letmein"]),
    ("pwd=Tr0ub4dor&3", ["Tr0ub4dor&3"]),
    ("passcode 482913", ["482913"]),
    ("пин 1234", ["1234"]),
    ("пин-код от телефона 4821", ["4821"]),
    ("my PIN is 4821", ["4821"]),
    ("cvv 123", ["123"]),
    ("код из смс 4829", ["4829"]),
    ("код подтверждения пришёл 482-913", ["482-913"]),
    ("the code is 482913", ["482913"]),
    ("one-time code 1234", ["1234"]),
    ("токен ghp_16C7e42F292c6912E7", ["ghp_16C7e42F292c6912E7"]),
    ("карта 4111 1111 1111 1111 не проходит", ["4111 1111 1111 1111"]),
    ("оплатил с 5555555555554444", ["5555555555554444"]),
]
ORDINARY = [
    "забыл пароль",
    "пароль не подходит",
    "пароль от почты не подходит",
    "пароль от 1С забыл, помогите",
    "пароль просрочен",
    "пароль истёк вчера",
    "пароль завтра истекает, как сменить",
    "Пароль: забыл",
    "пароль - неверный",
    "пароль Windows 11 не принимает",
    "пароль office365 не подходит",
    "ввёл пароль 5 раз, заблокировало",
    "сброс пароля на NB-1042",
    "пароль для PRN-3-02",
    "срок пароля 90 дней",
    "пароль 2025 символов",
    "password expired",
    "password is expired",
    "my password is not accepted, nor is the old one",
    "password is required",
    "password reset please",
    "the password for ivanov@corp.example is wrong",
    "pass-through не работает",
    "please pass it to Peter",
    "код ошибки 0x80",
    "код ошибки 0x80070005",
    "ошибка, код 12345",
    "error code 404404",
    "код 1603 при установке",
    "код товара 482913",
    "QR-код не читается",
    "не приходит код из смс",
    "PIN не принимает",
    "забыл пин-код",
    "пин-код windows не подходит",
    "позвоните +7 999 111-22-33",
    "счёт 40702810900000012345",
    "инвентарный 4111111111111112",
    "кабинет 312, 3 этаж, NB-1042",
]


@pytest.mark.parametrize(("text", "secrets"), SECRETS)
def test_a_secret_after_the_word_that_announces_it_is_hidden(text: str, secrets: list[str]) -> None:
    hidden = hide(text)
    assert hidden.count(MASK) == len(secrets)
    for secret in secrets:
        assert secret not in hidden
    assert hide(hidden) == hidden


@pytest.mark.parametrize("text", ORDINARY)
def test_words_about_passwords_are_no_passwords(text: str) -> None:
    assert hide(text) == text


@pytest.mark.parametrize(
    "text", ["пароль " * 500, "a" * 4000, "пароль: " + "a1" * 2000, "4 " * 2000, "код из " * 600]
)
def test_a_long_message_is_searched_in_a_moment(text: str) -> None:
    begun = time.process_time()
    hide(text)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("не могу войти, пароль вот такой:", "Qwerty123!"),
        ("what is your password?", "Summer#2025"),
        ("пришлите, пожалуйста, код из смс", "482913"),
        ("какой пин на телефоне?", "4821"),
    ],
)
def test_a_secret_that_comes_as_the_next_message_is_hidden(before: str, text: str) -> None:
    assert hide_bare(text, before) == MASK


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("в каком вы кабинете?", "каб312"),
        ("забыл пароль", "помогите"),
        ("не подходит пароль", "Windows11"),
        ("пароль не подходит, что писать?", "PRN-3-02"),
        ("какой код ошибки?", "4829"),
        ("пароль: •••", "Qwerty123!"),
        ("не помню пароль", "4829"),
    ],
)
def test_the_next_message_after_a_password_was_spoken_of_is_no_secret_by_itself(
    before: str, text: str
) -> None:
    assert hide_bare(text, before) == text


def written(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = yaml.safe_load(path.read_text("utf-8"))
    return rows


@pytest.mark.parametrize("row", written(KNOWLEDGE / "secrets.yaml"), ids=lambda row: row["text"][:40])
def test_a_secret_is_hidden_however_it_is_written(row: dict[str, str]) -> None:
    assert row["secret"] not in hide(row["text"])


def test_messages_that_hold_no_secret_are_left_as_they_are() -> None:
    """All messages of the sets of routing: none of them holds a secret."""
    texts = [
        str(text)
        for path in KNOWLEDGE.glob("messages*.yaml")
        for group in written_sets(path)
        for text in group
    ]
    assert len(texts) > 2000
    assert [text for text in texts if hide(text) != text] == []


def written_sets(path: Path) -> list[list[object]]:
    loaded = yaml.safe_load(path.read_text("utf-8"))
    return [*loaded["scenarios"].values(), loaded["far"], loaded["near"]]


def test_the_set_of_secrets_by_somebody_who_has_not_seen_the_code() -> None:
    """The floor is what was reached; it may only rise."""
    hidden = left = 0
    for entry in written(KNOWLEDGE.parent / "conversations" / "sets" / "secrets.yaml"):
        before, shown = "", []
        for message in entry["messages"]:
            text = (
                message if isinstance(message, str) else message.get("text") or message.get("caption") or ""
            )
            before = hide(text) if hide(text) != text else hide_bare(text, before)
            shown.append(before)
        if entry["secrets"]:
            hidden += not any(str(secret) in "\n".join(shown) for secret in entry["secrets"])
        else:
            left += MASK not in "\n".join(shown)
    assert (hidden, left) >= (HIDDEN, LEFT)


def test_no_secret_is_left_in_a_raw_update_that_could_not_be_handled() -> None:
    replied = {"text": "пароль Qwerty123!", "message_id": 4}
    raw = {
        "update_id": 7,
        "message": {"caption": "пин 4821", "reply_to_message": replied, "album": [{"text": "Tr0ub4dor&3"}]},
    }
    kept = json.dumps(hide_all(raw), ensure_ascii=False)
    assert not [one for one in ("Qwerty123!", "4821", "Tr0ub4dor") if one in kept]
    assert '"update_id": 7' in kept
