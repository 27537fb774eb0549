"""Files people write: read strictly, fitted to models, with complaints at file, line and column.

`fit` and `Authored` are in `bot.yamlfiles.fitting`: they need pydantic, which quick commands avoid.
"""

from bot.yamlfiles.complaint import Complaint, explain, sentence
from bot.yamlfiles.document import Document, Mark
from bot.yamlfiles.files import text_of, text_or_exit
from bot.yamlfiles.reading import YamlReading, nearest, read
from bot.yamlfiles.showing import as_json, show

__all__ = [
    "Complaint",
    "Document",
    "Mark",
    "YamlReading",
    "as_json",
    "explain",
    "nearest",
    "read",
    "sentence",
    "show",
    "text_of",
    "text_or_exit",
]
