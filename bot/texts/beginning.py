"""The files a new language begins with: our catalogues with empty translations, and what they say in Russian and English."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from bot.texts.catalogues import HERE

SOURCE = "en"


def language_files(code: str) -> dict[str, str]:
    """The catalogues to translate by their names; the remark above each sentence is what ours say."""
    return {path.name: _empty(path, code) for path in sorted((HERE / SOURCE).glob("*.po"))}


def _empty(path: Path, code: str) -> str:
    english, russian = _read(path, SOURCE), _read(HERE / "ru" / path.name, "ru")
    catalog = Catalog(locale=code, fuzzy=False)
    for message in english:
        if message.id:
            said = [
                _first(one.string) for one in (message, russian.get(_name(message.id))) if one is not None
            ]
            catalog.add(message.id, auto_comments=[line for words in said for line in words.splitlines()])
    written = BytesIO()
    write_po(written, catalog, width=0, omit_header=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {code}\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    return (
        f'{head}"Plural-Forms: {catalog.plural_forms}\\n"\n\n{written.getvalue().decode("utf-8").strip()}\n'
    )


def _read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _name(id_: str | tuple[str, ...] | list[str]) -> str:
    return id_ if isinstance(id_, str) else id_[0]


def _first(words: str | tuple[str, ...] | list[str] | None) -> str:
    """A sentence, or the form of it for many."""
    return words if isinstance(words, str) else (words[-1] if words else "")
