"""Files people write: read strictly, fitted to models, and complained about with file, line and column.

`fit` and `Authored` are in `bot.authored.fitting`: they need pydantic, which a quick command can do without.
"""

from bot.authored.complaint import Complaint, explain, sentence
from bot.authored.document import Document, Mark
from bot.authored.reading import Reading, nearest, read
from bot.authored.showing import as_json, show

__all__ = [
    "Complaint",
    "Document",
    "Mark",
    "Reading",
    "as_json",
    "explain",
    "nearest",
    "read",
    "sentence",
    "show",
]
