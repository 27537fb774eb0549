"""Finding articles by a few words, in either language."""

from collections.abc import Collection
from functools import lru_cache

from bot.knowledge.articles import EMPLOYEES, EVERYBODY, Article, Audience, Library
from bot.knowledge.index import Entry, Index, Weights
from bot.knowledge.spelling import cached_lexicon, clean, is_russian, repair
from bot.knowledge.terms import stems

# Below this nearness an article has no more than a common word with the question.
NEAR = 0.12


class Finder:
    """Searches the articles that some audiences may read."""

    def __init__(self, library: Library, audiences: Collection[Audience]) -> None:
        self._articles = library.all(audiences)
        entries = [
            Entry(
                id=article.id,
                titles=list(article.front.title.values()),
                phrases=article.front.tags,
                texts=[text for language in article.languages for text in article.sentences(language)],
            )
            for article in self._articles
        ]
        self._index = Index(entries, Weights(), is_russian)
        self._lexicon = cached_lexicon(self._index.knows, is_russian)

    def find(self, text: str, most: int = 5) -> list[Article]:
        """The articles nearest to these words, best first; none when nothing is near."""
        scores = self._index.near(stems(repair(clean(text), self._lexicon))).scores
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        return [self._articles[number] for number, score in ranked[:most] if score >= NEAR]


@lru_cache(maxsize=8)
def finder(library: Library, audiences: frozenset[Audience]) -> Finder:
    """The finder over a library, built once for it: that takes a quarter of a second."""
    return Finder(library, audiences)


def warm(library: Library) -> None:
    """Build what people will search, so that the first of them does not wait for it."""
    for audiences in (EMPLOYEES, EVERYBODY):
        finder(library, audiences)
