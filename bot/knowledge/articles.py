"""The knowledge base: one Markdown file per article, every language in it, read whole and checked whole."""

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from html import escape
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from bot.knowledge import markup
from bot.knowledge.markup import Block
from bot.texts import speak
from bot.yamlfiles import Complaint, Document, Mark, read
from bot.yamlfiles.facts import FILE, UNKNOWN, Facts, read_facts
from bot.yamlfiles.fitting import Authored, fit

Audience = Literal["employee", "engineer"]
EMPLOYEES: frozenset[Audience] = frozenset({"employee"})
ENGINEERS: frozenset[Audience] = frozenset({"engineer"})
EVERYBODY = EMPLOYEES | ENGINEERS

# Telegram takes 4096 visible characters a message; the rest is for the title and what a scenario adds around.
LONGEST = 3600
MOST_WRITTEN = (
    10 * LONGEST
)  # signs and addresses included: more is refused unread, which bounds the time of any file
# An article longer than this is folded after the section that passed it.
FOLD_AFTER = 900
FEW = 10  # articles without a translation that are named one by one
LARGEST_PICTURE = 10 * 1024 * 1024

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]


class FrontMatter(Authored):
    """What is between the two `---` lines of an article."""

    id: Id
    title: Annotated[dict[str, Annotated[str, Field(min_length=3, max_length=90)]], Field(min_length=1)]
    audience: Audience
    scenario: str
    tags: Annotated[list[str], Field(min_length=1)]
    review: date
    see: tuple[Id, ...] = ()
    source: str | None = None
    whole: bool = False  # shown whole in a scenario, because each step is urgent

    @field_validator("source", mode="before")
    @classmethod
    def _is_dated(cls, value: object) -> str | None:
        """What was opened and on which day; None for `none`."""
        written = str(value).strip()
        if written in ("none", "None"):
            return None
        what, _, day = written.rpartition(",")
        try:
            date.fromisoformat(day.strip())
        except ValueError:
            what = ""
        if not what.strip():
            raise PydanticCustomError("E424", "no source with its day", {"value": written})
        return written

    @field_validator("review", mode="before")
    @classmethod
    def _is_a_day(cls, value: object) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise PydanticCustomError("E421", "not a day", {"value": str(value)}) from None


@dataclass(frozen=True)
class Article:
    """One instruction, in all its languages."""

    front: FrontMatter
    path: Path
    bodies: dict[str, list[Block]]
    titles_of_others: dict[str, dict[str, str]] = field(repr=False)
    _drawn: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    _begun: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def id(self) -> str:
        return self.front.id

    @property
    def number(self) -> int:
        """A number that fits a button and stays the same whatever else the library holds."""
        return int.from_bytes(hashlib.sha256(self.id.encode()).digest()[:6])

    @property
    def languages(self) -> list[str]:
        return list(self.bodies)

    def _spoken(self, language: str) -> str:
        """The language itself, or the first one the article is written in."""
        return language if language in self.bodies else next(iter(self.bodies))

    def title(self, language: str) -> str:
        return self.front.title[self._spoken(language)]

    def html(self, language: str) -> str:
        """Title and body as Telegram HTML, at most 4096 visible characters; long ones are folded."""
        spoken = self._spoken(language)
        if spoken not in self._drawn:
            self._drawn[spoken] = self._draw(spoken)
        return self._drawn[spoken]

    def first(self, language: str) -> str:
        """The same for the step of a scenario: what to try first is in sight, the rest is folded."""
        spoken = self._spoken(language)
        if spoken not in self._begun:
            rest = speak.voice(spoken).say("article.rest")
            body = markup.draw_first(self.bodies[spoken], self._titles(spoken), rest)
            self._begun[spoken] = f"<b>{escape(self.title(spoken), quote=False)}</b>\n\n{body}"
        return self._begun[spoken]

    def _titles(self, spoken: str) -> Callable[[str], str]:
        def title_of(other: str) -> str:
            titles = self.titles_of_others[other]
            return titles.get(spoken) or next(iter(titles.values()))

        return title_of

    def _draw(self, spoken: str) -> str:
        body = markup.draw(self.bodies[spoken], self._titles(spoken), FOLD_AFTER)
        return f"<b>{escape(self.title(spoken), quote=False)}</b>\n\n{body}"

    def picture(self, language: str) -> Path | None:
        """The one drawing that goes with the text, if there is one."""
        pictures = (b.target for b in self.bodies[self._spoken(language)] if b.kind == "picture")
        return next((self.path.parent / target for target in pictures), None)

    def sentences(self, language: str) -> list[str]:
        """The body's text without signs, block by block: what search reads."""
        if language not in self.bodies:
            return []
        return [b.plain for b in self.bodies[language] if b.kind not in ("code", "picture")]

    def see(self) -> list[str]:
        """Ids of the articles this one leads to: those named in `see` and those linked in the text."""
        links = [t for blocks in self.bodies.values() for t in markup.targets(blocks)]
        linked = [t.removeprefix("article:") for t in links if t.startswith("article:")]
        return list(dict.fromkeys([*self.front.see, *linked]))


class Library:
    """Every article that could be read, by id."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._articles = {article.id: article for article in articles}
        self._numbers = {article.number: article for article in self._articles.values()}

    def __len__(self) -> int:
        return len(self._articles)

    def __contains__(self, article_id: object) -> bool:
        return article_id in self._articles

    def get(self, article_id: str) -> Article | None:
        return self._articles.get(article_id)

    def by_number(self, number: int) -> Article | None:
        """The article that a button means."""
        return self._numbers.get(number)

    def all(self, audiences: Collection[Audience] = EVERYBODY) -> list[Article]:
        return [a for a in self._articles.values() if a.front.audience in audiences]

    def of_scenario(self, scenario: str, audiences: Collection[Audience]) -> list[Article]:
        """The articles offered beside a scenario, or, to engineers, beside its tickets."""
        return [a for a in self.all(audiences) if a.front.scenario == scenario]

    def changed_since(self, before: "Library") -> list[str]:
        """Ids of the articles that came, went or say something else than `before`."""
        found = {*self._articles, *before._articles}
        return sorted(name for name in found if _said(self.get(name)) != _said(before.get(name)))

    def stale(self, today: date) -> list[Article]:
        """Articles whose review day has come, the longest overdue first."""
        overdue = [a for a in self._articles.values() if a.front.review <= today]
        return sorted(overdue, key=lambda a: (a.front.review, a.id))


def _said(article: Article | None) -> object:
    """All that an article says by itself."""
    return article and (article.front, article.bodies)


@dataclass(frozen=True)
class _Draft:
    """An article that can be read by itself; its links to others are not looked at yet."""

    front: FrontMatter
    document: Document
    path: Path
    bodies: dict[str, list[Block]]


def load_library(folder: Path, facts: Facts | None = None) -> tuple[Library, list[Complaint]]:
    """
    Read every `*.md` of `folder`. Articles with errors are left out; the complaints of all files come back
    together, codes E4xx and W4xx. Without `facts`, those of the file beside the folder.
    """
    complaints: list[Complaint] = []
    drafts: dict[str, _Draft] = {}
    if facts is None:
        facts = read_facts(folder.resolve().parent / FILE).facts or UNKNOWN
    for path in sorted(folder.glob("*.md")):
        if path.name == "README.md":
            continue
        draft, found = _read_article(path, facts)
        complaints += found
        if draft is not None:
            drafts[draft.front.id] = draft
    for draft in drafts.values():
        complaints += _check_references(draft, drafts)
    complaints += _check_languages(drafts)
    spoiled = {c.file for c in complaints if not c.is_warning}
    titles = {draft.front.id: draft.front.title for draft in drafts.values()}
    good = [draft for draft in drafts.values() if draft.path.name not in spoiled]
    return Library(Article(d.front, d.path, d.bodies, titles) for d in good), complaints


def _read_article(path: Path, facts: Facts) -> tuple[_Draft | None, list[Complaint]]:
    name = path.name
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        return None, [Complaint("E417", name, Mark(1, 1), {"byte": error.start})]
    if not lines or lines[0].rstrip() != "---":
        return None, [Complaint("E401", name, Mark(1, 1), {})]
    ends = [n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"]
    if not ends:
        return None, [Complaint("E402", name, Mark(1, 1), {})]
    reading = read(name, "\n".join(lines[1 : ends[0]]), first_line=2)
    unknown = [one for n, line in enumerate(lines, 1) for one in facts.unknown(name, line, n)]
    bodies, complaints = _read_bodies(name, lines, ends[0] + 1, facts)
    complaints = [*reading.complaints, *unknown, *complaints]
    if reading.document is None:
        return None, complaints
    front, misfits = fit(FrontMatter, reading.document)
    complaints += misfits
    if front is None:
        return None, complaints
    draft = _Draft(front, reading.document, path, bodies)
    return draft, complaints + _check_itself(draft)


def _read_bodies(
    name: str, lines: list[str], start: int, facts: Facts
) -> tuple[dict[str, list[Block]], list[Complaint]]:
    """The part of each language: from its `# ru` line to the next one. `start` counts lines from 0."""
    complaints: list[Complaint] = []
    bodies: dict[str, list[Block]] = {}
    heads = [n for n in range(start, len(lines)) if lines[n].startswith("# ")]
    if not all(_is_language(lines[n][2:].strip()) for n in heads):  # a remark in a block of code, perhaps
        code = {start + n for n in markup.lines_of_code(lines[start:])}
        heads = [n for n in heads if n not in code or _is_language(lines[n][2:].strip())]
    before = [n for n in range(start, heads[0] if heads else len(lines)) if lines[n].strip()]
    if before:
        complaints.append(Complaint("E404", name, Mark(before[0] + 1, 1), {}))
    for head, end in zip(heads, [*heads[1:], len(lines)], strict=True):
        language = lines[head][2:].strip()
        if language in bodies or not _is_language(language):
            complaints.append(Complaint("E418", name, Mark(head + 1, 3), {"language": language}))
            continue
        body, found = lines[head + 1 : end], list[Complaint]()
        bodies[language], size = [], sum(map(len, body))
        if size <= MOST_WRITTEN:
            bodies[language], found = _read_body(name, body, head + 2, language, facts)
            size = sum(len(block.plain) + 2 for block in bodies[language])
        complaints += found
        if not size and not found:
            complaints.append(Complaint("E405", name, Mark(head + 1, 1), {"language": language}))
        elif size > LONGEST:
            too_long = {"language": language, "size": size, "limit": LONGEST}
            complaints.append(Complaint("E410", name, Mark(head + 1, 1), too_long))
    return bodies, complaints


def _is_language(name: str) -> bool:
    return 2 <= len(name) <= 3 and name.isascii() and name.islower()


def _read_body(
    name: str, lines: list[str], first_line: int, language: str, facts: Facts
) -> tuple[list[Block], list[Complaint]]:
    """The text of one language with its facts put in; complaints and links stay at their places in the file."""

    def written(place: int, column: int) -> int:
        return facts.written_column(lines[place], language, column)

    return markup.parse(name, [facts.filled(line, language) for line in lines], first_line, written)


def _check_itself(draft: _Draft) -> list[Complaint]:
    name, front, mark = draft.path.name, draft.front, draft.document.mark
    complaints = []
    if front.id != draft.path.stem:
        facts: dict[str, object] = {"id": front.id, "stem": draft.path.stem}
        complaints.append(Complaint("E403", name, mark(("id",)), facts))
    for language in front.title:
        if language not in draft.bodies:
            at = mark(("title", language), of="key")
            complaints.append(Complaint("E406", name, at, {"language": language}))
    for language, blocks in draft.bodies.items():
        if language not in front.title:
            complaints.append(_title_complaint("E419", draft, language))
        pictures = [block for block in blocks if block.kind == "picture"]
        complaints += [c for block in pictures for c in _check_picture(draft.path, block)]
        complaints += [Complaint("E422", name, Mark(block.line, 1), {}) for block in pictures[1:]]
    return complaints


def _title_complaint(code: str, draft: _Draft, language: str) -> Complaint:
    mark = draft.document.mark(("title",), of="key")
    return Complaint(code, draft.path.name, mark, {"language": language})


def _check_picture(path: Path, block: Block) -> list[Complaint]:
    picture, at = path.parent / block.target, Mark(block.line, 1)
    if not picture.resolve().is_relative_to(path.parent.resolve()):  # "..", an absolute path, a symbolic link
        return [Complaint("E821", path.name, at, {"target": block.target})]
    if not picture.is_file():
        return [Complaint("E408", path.name, at, {"target": block.target})]
    if picture.stat().st_size > LARGEST_PICTURE:
        return [Complaint("E409", path.name, at, {"target": block.target})]
    return []


def _check_references(draft: _Draft, drafts: dict[str, _Draft]) -> list[Complaint]:
    complaints = []
    for n, other in enumerate(draft.front.see):
        complaints += _check_reference(draft, other, draft.document.mark(("see", n)), drafts)
    for block in (b for blocks in draft.bodies.values() for b in blocks):
        for link in block.links:
            if link.target.startswith("article:"):
                other = link.target.removeprefix("article:")
                complaints += _check_reference(draft, other, link.mark, drafts)
    return complaints


def _check_reference(draft: _Draft, other: str, at: Mark, drafts: dict[str, _Draft]) -> list[Complaint]:
    if other not in drafts:
        return [Complaint("E407", draft.path.name, at, {"id": other})]
    if (draft.front.audience, drafts[other].front.audience) == ("employee", "engineer"):
        return [Complaint("E423", draft.path.name, at, {"id": other})]
    return []


def _check_languages(drafts: dict[str, _Draft]) -> list[Complaint]:
    """Each article without a translation; of a language that has hardly begun one line with figures."""
    found: list[Complaint] = []
    for language in sorted({language for draft in drafts.values() for language in draft.bodies}):
        without = [draft for draft in drafts.values() if language not in draft.bodies]
        each = [
            Complaint(
                "W401", draft.path.name, draft.document.mark(("title",), of="key"), {"language": language}
            )
            for draft in without
        ]
        if len(without) > FEW and len(without) * 4 > len(drafts):
            figures = {"language": language, "done": len(drafts) - len(without), "all": len(drafts)}
            each = [replace(each[0], code="W402", facts=figures)]
        found += each
    return found
