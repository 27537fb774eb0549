"""Where sentences and cards come from: the catalogues of this package, and those of the company first.

A company's folder lies beside its desk.yaml: `texts/<language>/*.po`, `texts/<language>/cards/<card>.html.j2`. It survives
an upgrade, adds languages, and may say our sentences in other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

from babel import Locale, UnknownLocaleError
from babel.messages.pofile import PoFileError, read_po
from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

HERE = Path(__file__).parent
CARDS = HERE / "cards"
OWN = "texts"  # the company's folder, beside desk.yaml
ENDING = ".html.j2"
COMPLETE = ("en", "ru")  # a test checks that these are complete
_CODE = re.compile(r"[a-z]{2,3}")

Forms = str | tuple[str, ...]
Sentences = Mapping[str, Forms]


@dataclass(frozen=True, slots=True)
class CatalogueFault:
    """What is wrong in a company's folder: a code of complaints.yaml, the file below the folder, what it is about."""

    code: str
    file: str
    name: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A translated sentence and the line of its `msgid`, from 1."""

    key: str
    words: Forms
    line: int


@dataclass(frozen=True, slots=True)
class Translated:
    """How much of a language is done: sentences that it has and that there are, and the ids of those missing."""

    done: int
    all: int
    missing: Sequence[str]
    other_facts: Sequence[CatalogueFault]
    """The sentences whose words in braces differ from ours; they are not used."""


@dataclass(slots=True)
class Company:
    """The company's folder; None where it has none."""

    folder: Path | None = None

    def look_in(self, folder: Path) -> bool:
        """Read this folder from now on, also when its content has changed; returns whether anything may be different."""
        found = folder if folder.is_dir() else None
        if found is None and self.folder is None:
            return False
        self.folder = found
        for kept in (languages, catalogue, own_card):
            kept.cache_clear()
        return True


company = Company()


def is_language(code: str) -> bool:
    """Whether there are rules for dates and plurals of a language called so."""
    try:
        return _CODE.fullmatch(code) is not None and Locale.parse(code) is not None
    except UnknownLocaleError:
        return False


@cache
def languages() -> tuple[str, ...]:
    """The languages of the catalogues, ours and those in which the company has translated anything."""
    ours = {path.name for path in HERE.iterdir() if any(path.glob("*.po"))}
    return tuple(sorted(ours | {code for code in _folders() if is_language(code) and _own(code)}))


def begun() -> list[str]:
    """The languages people can read in, and those whose translation is only a folder yet."""
    return sorted({*languages(), *(code for code in _folders() if is_language(code))})


@cache
def catalogue(language: str) -> Sentences:
    """The sentences of a language by id: the company's own words before ours."""
    return {**_ours(language), **_own(language)}


def translated(language: str) -> Translated:
    """How far the translation into this language has come."""
    ours, found = _ours(COMPLETE[-1]), catalogue(language)
    written = {*found, *(one.key for _, one in _written(language))}
    missing = sorted(key for key in ours if key not in written)
    other = [
        CatalogueFault("E802", f"{language}/{path.name}", one.key, one.line)
        for path, one in _written(language)
        if one.key in ours and not _fits(one.words, ours[one.key])
    ]
    return Translated(len(ours) - len(missing), len(ours), missing, other)


@cache
def own_card(language: str, name: str) -> Template | None:
    """The company's own template of a card in this language; None where it has none that can be read."""
    folder = _cards_of(language)
    if folder is None or not (folder / f"{name}{ENDING}").is_file():
        return None
    environment = SandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    try:
        return environment.get_template(f"{name}{ENDING}")
    except TemplateSyntaxError:
        return None


def faults() -> Iterator[CatalogueFault]:
    """What cannot be used in the company's folder."""
    for code in _folders():
        if not is_language(code):
            yield CatalogueFault("E803", code, code)
            continue
        ours = _ours(COMPLETE[-1])
        for path in _files(code):
            try:
                read = list(_read(path, code))
            except (PoFileError, ValueError):
                yield CatalogueFault("E804", f"{code}/{path.name}", path.name)
                continue
            for one in read:
                if one.key not in ours:
                    yield CatalogueFault("W802", f"{code}/{path.name}", one.key, one.line)
        yield from _faulty_cards(code)


def _faulty_cards(code: str) -> Iterator[CatalogueFault]:
    folder = _cards_of(code)
    known = {path.name for path in CARDS.glob(f"*{ENDING}")}
    for path in sorted(folder.glob("*")) if folder is not None else ():
        file = f"{code}/cards/{path.name}"
        if path.name not in known:
            yield CatalogueFault("W802", file, path.name)
            continue
        try:
            SandboxedEnvironment(autoescape=True).parse(path.read_text("utf-8"))
        except (TemplateSyntaxError, UnicodeDecodeError) as fault:
            yield CatalogueFault("E804", file, path.name, getattr(fault, "lineno", None) or 1)


def _cards_of(language: str) -> Path | None:
    if company.folder is None or not _CODE.fullmatch(language):
        return None
    return folder if (folder := company.folder / language / "cards").is_dir() else None


def _folders() -> list[str]:
    """The languages that the company has a folder for, rightly named or not."""
    if company.folder is None:
        return []
    return sorted(path.name for path in company.folder.iterdir() if path.is_dir())


def _files(language: str) -> list[Path]:
    return sorted((company.folder / language).glob("*.po")) if company.folder is not None else []


@cache
def _ours(language: str) -> dict[str, Forms]:
    return {
        one.key: one.words for path in sorted((HERE / language).glob("*.po")) for one in _read(path, language)
    }


def _own(language: str) -> dict[str, Forms]:
    """The sentences of the company that name the same facts as ours: one that names another could not be said."""
    known = _ours(COMPLETE[-1])
    written = (one for _, one in _written(language) if one.key in known)
    return {one.key: one.words for one in written if _fits(one.words, known[one.key])}


def _written(language: str) -> Iterator[tuple[Path, _Sentence]]:
    """What the company has translated, with the file of each sentence."""
    for path in _files(language):
        try:
            yield from [(path, one) for one in _read(path, language)]
        except (PoFileError, ValueError):
            continue  # named by `faults`


def _read(path: Path, language: str) -> Iterator[_Sentence]:
    with path.open("rb") as file:
        for message in read_po(file, locale=language, abort_invalid=True):
            if not message.id or not (message.string and any(message.string)):
                continue  # the file's header, or a sentence that waits for its translator
            if isinstance(message.id, str):
                yield _Sentence(message.id, str(message.string), message.lineno or 1)
            else:
                forms = message.string
                plural = forms if isinstance(forms, tuple | list) else (forms or "",)
                yield _Sentence(message.id[0], tuple(str(form) for form in plural), message.lineno or 1)


def _fits(words: Forms, ours: Forms) -> bool:
    """Whether the words can be said with the facts that ours are said with."""
    return _facts(words) == _facts(ours)


def _facts(words: Forms) -> frozenset[str] | None:
    """The names in braces; None for braces that are not closed."""
    text = words if isinstance(words, str) else " ".join(words)
    try:
        return frozenset(name.split(":")[0] for _, name, _, _ in Formatter().parse(text) if name is not None)
    except ValueError:
        return None
