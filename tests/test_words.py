"""The texts people read: the same in every language, each used and found."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from babel.messages.pofile import read_po

from tests import source
from tests.source import product

WORDS = "bot/texts"


@cache
def catalogue(language: str) -> dict[str, tuple[str, ...]]:
    """Every sentence of a language by its key; a plural has several forms."""
    sentences: dict[str, tuple[str, ...]] = {}
    for path in sorted((source.ROOT / WORDS / language).glob("*.po")):
        for message in read_po(path.read_bytes().splitlines(keepends=True), locale=language):
            if message.id:
                key, forms = message.id, message.string
                sentences[key if isinstance(key, str) else key[0]] = (
                    (forms,) if isinstance(forms, str) else tuple(forms)
                )
    return sentences


def languages_say_the_same() -> Iterator[str]:
    languages = sorted(path.name for path in (source.ROOT / WORDS).iterdir() if any(path.glob("*.po")))
    every = {key for language in languages for key in catalogue(language)}
    for key in sorted(every):
        for language in languages:
            forms = catalogue(language).get(key, ())
            if not forms or not all(forms):
                yield f"{language}: {key} is not said"
        facts = {language: _facts(catalogue(language).get(key, ())) for language in languages}
        if len({frozenset(names) for names in facts.values()}) > 1:
            yield f"{key}: the languages name different facts: {facts}"


def _facts(forms: tuple[str, ...]) -> set[str]:
    return {name for form in forms for name in re.findall(r"\{(\w+)[^{}]*\}", form)}


def sentences_are_asked_for_and_found() -> Iterator[str]:
    for place, key in _asked():
        if key not in catalogue("ru"):
            yield f"{place}: no catalogue says {key!r}"
    whole, computed = _mentioned()
    for key in sorted(catalogue("ru")):
        if not _is_said(key, whole, computed):
            yield f"{key}: nobody says it"


def _is_said(key: str, whole: set[str], computed: set[str]) -> bool:
    """Whether the code contains this key, or builds it from parts that it contains."""
    if key in whole or key.isdecimal():
        return True
    found = (re.fullmatch(pattern, key) for pattern in computed)
    return any(all(_is_said(part, whole, computed) for part in fit.groups()) for fit in found if fit)


def _asked() -> Iterator[tuple[str, str]]:
    """Keys passed literally to say, html and many."""
    for module in product():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                key = node.args[0]
                if node.func.attr in {"say", "html", "many"} and isinstance(key, ast.Constant):
                    yield module.at(node), str(key.value)
    for path in sorted((source.ROOT / WORDS).rglob("*.j2")):
        for key in re.findall(
            r"""v\.(?:say|html|many)\(\s*["']([^"']+)["']\s*[,)]""", path.read_text("utf-8")
        ):
            yield str(path.relative_to(source.ROOT)), key


def _mentioned() -> tuple[set[str], set[str]]:
    """Every string of the code, and a pattern for every key with a computed part: f"state.{state}"."""
    whole: set[str] = set()
    computed: set[str] = set()
    for module in product():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                computed.add("".join(_as_pattern(part) for part in node.values))
    for path in source.ROOT.glob("*.yaml"):  # ids that a shipped file gives, like urgency.blocked
        whole |= set(re.findall(r"\w+", path.read_text("utf-8")))
    for path in (source.ROOT / WORDS).rglob("*.j2"):
        text = path.read_text("utf-8")
        whole |= set(re.findall(r"""["']([a-z_.0-9]+)["']""", text))
        computed |= {begun + r"([\w.]+)" for begun in re.findall(r"""["']([a-z_.0-9]+\.)["']\s*~""", text)}
    return whole, {pattern for pattern in computed if re.search(r"[a-z]{2}", pattern)}


def _as_pattern(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return re.escape(str(part.value))
    choices = [node.value for node in ast.walk(part) if isinstance(node, ast.Constant)]
    words = [re.escape(choice) for choice in choices if isinstance(choice, str) and choice]
    return f"(?:{'|'.join(words)})" if words else r"([\w.]+)"


LAWS = (languages_say_the_same, sentences_are_asked_for_and_found)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_words_keep_their_laws(law: Callable[[], Iterator[str]]) -> None:
    broken = list(law())
    assert not broken, "\n" + "\n".join(broken)
