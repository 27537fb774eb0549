"""Planned faults: each waits for a matching call or update."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.core.refusals import PREFIXES, REFUSALS, ApiError, refuse, spell, upgraded
from sandbox.core.world import Json

KINDS = ("error", "retry_after", "drop_before", "drop_after", "delay", "duplicate_update", "answer")


@dataclass(slots=True)
class Fault:
    """`method` and `chat` narrow it (None matches all); `count` is how many times it still applies."""

    id: int
    kind: str
    method: str | None = None
    chat: str | None = None
    count: int = 1
    details: Json = field(default_factory=dict)

    def picture(self) -> Json:
        return {
            "id": self.id,
            "kind": self.kind,
            "method": self.method,
            "chat": self.chat,
            "count": self.count,
            **self.details,
        }

    def refusal(self) -> ApiError:
        """The refusal of an `error` or `retry_after` fault."""
        if self.kind == "retry_after":
            return refuse("flood", seconds=int(self.details.get("seconds", 1)))
        if name := self.details.get("refusal"):
            if name == "upgraded":
                return upgraded(int(self.details.get("migrate_to_chat_id", -1_000_000_000_001)))
            known = REFUSALS[name]
            return ApiError(known.code, spell(known.code, known.words))
        code = int(self.details.get("error_code", 500))
        words = self.details.get("description") or PREFIXES.get(code, "Error")
        return ApiError(code, str(words), self.details.get("parameters"))


class Faults:
    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self._next = 1

    def plan(self, wanted: Json) -> Fault:
        """Store a fault from /sim/faults. Raises ValueError with a sentence."""
        details = dict(wanted)
        kind = str(details.pop("kind", ""))
        if kind not in KINDS:
            raise ValueError(f"unknown kind {kind!r}; one of {', '.join(KINDS)}")
        if (name := details.get("refusal")) and name not in REFUSALS:
            raise ValueError(f"unknown refusal {name!r}")
        method = details.pop("method", None)
        chat = details.pop("chat", None)
        count = int(details.pop("count", 1))
        fault = Fault(
            self._next,
            kind,
            method.lower() if method else None,
            None if chat is None else str(chat),
            count,
            details,
        )
        self._next += 1
        self.waiting.append(fault)
        return fault

    def clear(self) -> None:
        self.waiting.clear()

    def strike(self, method: str, chat: Any) -> list[Fault]:
        """The faults for this call; the count of each is decremented."""
        if not self.waiting:
            return []
        return [
            self._take(fault)
            for fault in list(self.waiting)
            if fault.kind != "duplicate_update" and fault.method in (None, method) and _fits(fault, chat)
        ]

    def duplicates(self, kind: str, chat: int) -> bool:
        """Whether this update is delivered once more."""
        for fault in self.waiting:
            if (
                fault.kind == "duplicate_update"
                and fault.details.get("update", kind) == kind
                and _fits(fault, chat)
            ):
                self._take(fault)
                return True
        return False

    def _take(self, fault: Fault) -> Fault:
        fault.count -= 1
        if fault.count <= 0:
            self.waiting.remove(fault)
        return fault


def _fits(fault: Fault, chat: Any) -> bool:
    return fault.chat is None or fault.chat == str(chat)
