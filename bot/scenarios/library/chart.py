"""The layout of a scenario's chart: boxes in rows, and arrows in the gaps between them. Nothing here draws.

Rows are filled in the order of the steps, at most `COLUMNS` boxes in each, so that the picture fits a phone held
upright. Below a row is a channel with one track for each step that an arrow in it leads to; between columns are
gutters with one lane for each step that is reached from further away. All arrows to one step share its track and its
lane, and no arrow crosses a box.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

COLUMNS = 3
WIDTH = 330.0  # pixels, of a box; x goes to the right and y down
MARGIN, GUTTER, CHANNEL = 24.0, 30.0, 34.0
APART = 11.0  # pixels between two parallel arrows


@dataclass(frozen=True, slots=True)
class Way:
    """An edge from a step: to another one (`target`), or to an `end` in words."""

    label: str
    target: str
    end: str
    width: float  # of the line, in pixels


@dataclass(frozen=True, slots=True)
class Tile:
    """A step: its name, its text, how many were shown it, which share of them it `lost`."""

    key: str
    head: str
    text: str
    figures: str
    lost: float
    ways: list[Way]


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole scenario."""

    title: str
    boxes: list[Tile]


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Placed:
    """The layout: the upper left corner of each box, and each arrow as a line of points."""

    width: float
    height: float
    corners: Mapping[str, Point]
    arrows: Sequence[tuple[Way, Sequence[Point]]]


def stacks(boxes: Sequence[Tile]) -> list[list[Tile]]:
    """Steps that only follow one another share a place, which makes the picture a third shorter."""
    reached = Counter(way.target for box in boxes for way in box.ways)
    known = {box.key: box for box in boxes}
    found: dict[str, list[Tile]] = {box.key: [box] for box in boxes}
    for box in boxes:
        below = known.get(box.ways[0].target) if len(box.ways) == 1 and not box.ways[0].label else None
        if below is not None and reached[below.key] == 1 and found[below.key] is not found[box.key]:
            stack = found[box.key] + found[below.key]
            found |= {one.key: stack for one in stack}
    return list({id(stack): stack for stack in found.values()}.values())


def placed(boxes: Sequence[Tile], heights: Mapping[str, float], top: float) -> Placed:
    """Lay boxes out below `top`; `heights` are theirs in pixels."""
    rows = _rows(boxes)
    columns = _columns(boxes, rows)
    return _Plan(boxes, rows, columns).placed(heights, top)


def _rows(boxes: Sequence[Tile]) -> dict[str, int]:
    """The row of each box: below all that lead to it, except for those that lead back."""
    order = {box.key: place for place, box in enumerate(boxes)}
    before: dict[str, list[str]] = {key: [] for key in order}
    for box in boxes:
        for way in box.ways:
            if order.get(way.target, -1) > order[box.key]:
                before[way.target].append(box.key)
    rows: dict[str, int] = {}
    used: dict[int, int] = {}
    for key in order:
        row = max((rows[other] + 1 for other in before[key]), default=0)
        while used.get(row, 0) == COLUMNS:
            row += 1
        rows[key], used[row] = row, used.get(row, 0) + 1
    return rows


def _columns(boxes: Sequence[Tile], rows: Mapping[str, int]) -> dict[str, int]:
    """The column of each box: as near as possible below those that lead to it."""
    widest = max(list(rows.values()).count(row) for row in set(rows.values()))
    columns: dict[str, int] = {}
    for row in sorted(set(rows.values())):
        keys = [key for key, place in rows.items() if place == row]
        wanted = {key: _wanted(boxes, columns, key, widest) for key in keys}
        free = list(range(widest))
        for left, key in zip(range(len(keys), 0, -1), sorted(keys, key=wanted.__getitem__), strict=True):
            fitting = free[: len(free) - left + 1]  # the others of this row need a place to the right
            columns[key] = min(fitting, key=lambda column: abs(column - wanted[key]))
            free = [column for column in free if column > columns[key]]
    return columns


def _wanted(boxes: Sequence[Tile], columns: Mapping[str, int], key: str, widest: int) -> float:
    above = [
        columns[box.key] for box in boxes for way in box.ways if way.target == key and box.key in columns
    ]
    return sum(above) / len(above) if above else (widest - 1) / 2


class _Plan:
    """With rows and columns known, counts the tracks and lanes that arrows need, then assigns coordinates."""

    def __init__(self, boxes: Sequence[Tile], rows: Mapping[str, int], columns: Mapping[str, int]) -> None:
        self._boxes, self._rows, self._columns = boxes, rows, columns
        self._tracks: dict[int, list[str]] = {}  # by the row above (-1 is above all) -> their targets
        self._lanes: dict[int, list[str]] = {}  # by the column to the right -> their targets
        for box, way in self._arrows():
            here, there = rows[box.key], rows[way.target] - 1
            for channel in {here, there}:
                _once(self._tracks, channel, way.target)
            if here != there:
                _once(self._lanes, self._gutter(way.target), way.target)

    def placed(self, heights: Mapping[str, float], top: float) -> Placed:
        x, y = MARGIN, top
        lanes: dict[str, float] = {}
        left: list[float] = []
        for column in range(max(self._columns.values()) + 2):
            targets = self._lanes.get(column, [])
            lanes |= {target: x + GUTTER / 2 + APART * place for place, target in enumerate(targets)}
            x += GUTTER + APART * len(targets)
            left.append(x)
            x += WIDTH
        tracks: dict[tuple[int, str], float] = {}
        upper: list[float] = []
        for row in range(max(self._rows.values()) + 2):
            targets = self._tracks.get(row - 1, [])
            tracks |= {
                (row - 1, target): y + CHANNEL / 2 + APART * place for place, target in enumerate(targets)
            }
            y += CHANNEL + APART * len(targets)
            upper.append(y)
            y += max((heights[key] for key, place in self._rows.items() if place == row), default=0.0)
        corners = {key: (left[self._columns[key]], upper[self._rows[key]]) for key in self._rows}
        lines = [
            (way, list(self._line(box, way, corners, heights, tracks, lanes))) for box, way in self._arrows()
        ]
        return Placed(left[-1] + MARGIN, y, corners, lines)

    def _line(
        self,
        box: Tile,
        way: Way,
        corners: Mapping[str, Point],
        heights: Mapping[str, float],
        tracks: Mapping[tuple[int, str], float],
        lanes: Mapping[str, float],
    ) -> Iterator[Point]:
        (x, y), (to_x, to_y) = corners[box.key], corners[way.target]
        here, there = self._rows[box.key], self._rows[way.target] - 1
        x += WIDTH * self._port(box, way.target)
        to_x += WIDTH / 2
        yield x, y + heights[box.key]
        yield x, tracks[here, way.target]
        if here != there:
            yield lanes[way.target], tracks[here, way.target]
            yield lanes[way.target], tracks[there, way.target]
        yield to_x, tracks[there, way.target]
        yield to_x, to_y

    def _port(self, box: Tile, target: str) -> float:
        """Where on its lower edge arrows to this step leave a box, as a share of the edge, in the order of their targets."""
        targets = {way.target for way in box.ways if way.target in self._rows}
        order = sorted(targets, key=lambda key: (self._aim(box, key), key))
        return (order.index(target) + 1) / (len(order) + 1)

    def _aim(self, box: Tile, target: str) -> float:
        near = self._rows[target] == self._rows[box.key] + 1
        return float(self._columns[target]) if near else self._gutter(target) - 0.5

    def _gutter(self, target: str) -> int:
        """The gutter of the lane to a step: the one to its right, but the outer one for the first and the last column."""
        column = self._columns[target]
        return column if column == 0 else column + 1

    def _arrows(self) -> Iterator[tuple[Tile, Way]]:
        return ((box, way) for box in self._boxes for way in box.ways if way.target in self._rows)


def _once(lists: dict[int, list[str]], where: int, what: str) -> None:
    found = lists.setdefault(where, [])
    if what not in found:
        found.append(what)
