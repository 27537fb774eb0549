"""Complaints about one authored file, collected instead of raised: its author sees all of them at once."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from bot.errors import FirstlineError
from bot.yamlfiles.complaint import Complaint
from bot.yamlfiles.document import Document, Path
from bot.yamlfiles.reading import nearest

T = TypeVar("T")


@dataclass
class DeskFaults:
    """The faults of `document`, in the order they were found."""

    document: Document
    found: list[Complaint] = field(default_factory=list)

    def add(self, code: str, path: Path, of: str = "value", hint: str | None = None, **facts: Any) -> None:
        """Complain about the value at `path` (or, with of="key", about its key)."""
        self.found.append(Complaint(code, self.document.name, self.document.mark(path, of), facts, hint))

    def at(self, path: Path) -> Any:
        """The data at `path`, or None."""
        here: Any = self.document.data
        for part in path:
            if not isinstance(here, Mapping) or part not in here:
                return None
            here = here[part]
        return here

    def mapping(self, path: Path, code: str) -> dict[str, Any] | None:
        """The mapping at `path`, or None and the complaint `code`."""
        found = self.at(path)
        if isinstance(found, dict):
            return found
        self.add(code, path, "value" if self.document.has(path) else "key")
        return None

    def unknown(self, path: Path, known: Iterable[str], code: str) -> None:
        """Complain about every unknown key at `path`, with the nearest known one."""
        known = list(known)
        for key in self.at(path):
            if key not in known:
                self.add(code, (*path, key), "key", nearest(key, known), key=key, known=known)

    def read(
        self,
        reader: Callable[[str], T],
        path: Path,
        codes: Mapping[type[Exception], str],
        *,
        text: object = None,
        of: str = "value",
    ) -> T | None:
        """`reader(text)`, by default of the value at `path`; or None and the complaint for its error."""
        written = self.at(path) if text is None else text
        try:
            # Numbers and empty values are not text; the readers refuse this like any invalid text.
            return reader(written if isinstance(written, str) else "\0")
        except (FirstlineError, ValueError) as error:
            code = next(codes[kind] for kind in type(error).__mro__ if kind in codes)
            self.add(code, path, of, written="" if written is None else written)
            return None

    def in_order(self) -> list[Complaint]:
        """The complaints by their place in the file."""
        return sorted(self.found, key=lambda complaint: (complaint.mark, complaint.code))
