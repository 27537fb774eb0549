"""What a picture shows, as data that another process can paint (painting.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

Theme = Literal["light", "dark"]
Tone = Literal["main", "light", "bad", "faint"]  # names of colours; each theme has its own

THEMES: tuple[Theme, ...] = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with its name and the words at its end; `lost` is the bad part of it."""

    name: str
    value: float
    words: str
    tone: Tone = "main"
    lost: float = 0.0


@dataclass(frozen=True, slots=True)
class ColumnChart:
    """Standing bars up to `top`; `goal` is a line across."""

    title: str
    bars: tuple[Bar, ...]
    top: float
    goal: float | None = None
    kind: Literal["columns"] = "columns"


@dataclass(frozen=True, slots=True)
class BarChart:
    """Lying bars, the last one on top."""

    title: str
    bars: tuple[Bar, ...]
    kind: Literal["rows"] = "rows"


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Counts by weekday and hour as a heat map."""

    title: str
    days: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    kind: Literal["week"] = "week"


@dataclass(frozen=True, slots=True)
class CurveChart:
    """Values that fall from point to point, the first one on top."""

    title: str
    bars: tuple[Bar, ...]
    kind: Literal["curve"] = "curve"


Plot = ColumnChart | BarChart | HeatMap | CurveChart


@dataclass(frozen=True, slots=True)
class Order:
    """What the painter is asked for: pictures of one theme, each for itself or all in one."""

    plots: tuple[Plot, ...]
    theme: Theme
    is_one: bool = False


ORDER: TypeAdapter[Order] = TypeAdapter(Order)
PICTURES: TypeAdapter[list[bytes]] = TypeAdapter(
    list[bytes], config={"ser_json_bytes": "base64", "val_json_bytes": "base64"}
)
