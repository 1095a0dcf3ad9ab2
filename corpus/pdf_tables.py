"""Tables of a PDF page, from the lines that are drawn on it: which cell stands where.

Only tables with ruled columns and rows are seen; what is set in columns without lines stays running text.
"""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pypdfium2 as pdfium  # type: ignore[import-untyped]
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

NEAR = 3.0  # points within which two lines are one
OBJECT_LIMIT = 5000  # drawn objects of a page; a page with more is a map or a plan, not a table
SEGMENT_LIMIT = 2000  # segments of one drawn object
CELL_LIMIT = 5000  # cells of a table


@dataclass(frozen=True, slots=True)
class Rule:
    """A drawn line: horizontal at y=`at` from x=`low` to `high`, or vertical at x=`at`."""

    horizontal: bool
    at: float
    low: float
    high: float


@dataclass(slots=True)
class Table:
    """A grid of cells, rows from the top.  cells: for each row what its printed cells are: the index of a box, or None
    for the place of a cell that began in a row above.
    """

    left: float
    bottom: float
    right: float
    top: float
    boxes: list[tuple[float, float, float, float]] = field(default_factory=list)
    cells: list[list[int | None]] = field(default_factory=list)

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies in the table."""
        return self.left <= x <= self.right and self.bottom <= y <= self.top

    def cell_at(self, x: float, y: float) -> int | None:
        """The index of the box a point lies in."""
        return next((i for i, (a, b, c, d) in enumerate(self.boxes) if a <= x <= c and b <= y <= d), None)


def find_tables(page: pdfium.PdfPage) -> list[Table]:
    """The ruled tables of a page, in no order."""
    rules: list[Rule] = []
    for n, drawn in enumerate(page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH])):
        if n >= OBJECT_LIMIT:
            return []
        rules += _rules_of(drawn)
    return [table for group in _groups(rules) if (table := _grid(group))]


def _rules_of(drawn: pdfium.PdfObject) -> Iterator[Rule]:
    count = pdfium_c.FPDFPath_CountSegments(drawn.raw)
    if not 2 <= count <= SEGMENT_LIMIT:
        return
    matrix = drawn.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    here = begin = (0.0, 0.0)
    for i in range(count):
        segment = pdfium_c.FPDFPath_GetPathSegment(drawn.raw, i)
        pdfium_c.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        kind = pdfium_c.FPDFPathSegment_GetType(segment)
        if kind == pdfium_c.FPDF_SEGMENT_MOVETO:
            begin = point
        elif kind == pdfium_c.FPDF_SEGMENT_LINETO:
            yield from _rule(here, point)
        here = point
        if pdfium_c.FPDFPathSegment_GetClose(segment):
            yield from _rule(here, begin)
            here = begin


def _rule(one: tuple[float, float], other: tuple[float, float]) -> Iterator[Rule]:
    wide, high = abs(one[0] - other[0]), abs(one[1] - other[1])
    if high <= 1 and wide > 2 * NEAR:
        yield Rule(True, (one[1] + other[1]) / 2, min(one[0], other[0]), max(one[0], other[0]))
    elif wide <= 1 and high > 2 * NEAR:
        yield Rule(False, (one[0] + other[0]) / 2, min(one[1], other[1]), max(one[1], other[1]))


def _groups(rules: Sequence[Rule]) -> list[list[Rule]]:
    """Rules that hang together: each vertical with the horizontals it touches."""
    owner = list(range(len(rules)))

    def root(i: int) -> int:
        while owner[i] != i:
            owner[i] = owner[owner[i]]
            i = owner[i]
        return i

    flat = [i for i, rule in enumerate(rules) if rule.horizontal]
    upright = [i for i, rule in enumerate(rules) if not rule.horizontal]
    if len(flat) * len(upright) > 1_000_000:
        return []
    for i in upright:
        for j in flat:
            one, other = rules[i], rules[j]
            if other.low - NEAR <= one.at <= other.high + NEAR and one.low - NEAR <= other.at <= one.high + NEAR:
                owner[root(i)] = root(j)
    groups: dict[int, list[Rule]] = {}
    for i, rule in enumerate(rules):
        groups.setdefault(root(i), []).append(rule)
    return list(groups.values())


def _grid(rules: Sequence[Rule]) -> Table | None:
    """The cells between rules that hang together, or None where they do not make two columns."""
    ys = _places([rule.at for rule in rules if rule.horizontal])[::-1]  # from the top
    xs = _places([rule.at for rule in rules if not rule.horizontal])
    rows, columns = len(ys) - 1, len(xs) - 1
    if rows < 1 or columns < 2 or rows * columns > CELL_LIMIT:
        return None
    owner = {(r, c): (r, c) for r in range(rows) for c in range(columns)}
    for r in range(rows):
        for c in range(columns):
            middle_x, middle_y = (xs[c] + xs[c + 1]) / 2, (ys[r] + ys[r + 1]) / 2
            if c and not _drawn(rules, False, xs[c], middle_y):
                owner[r, c] = owner[r, c - 1]
            elif r and not _drawn(rules, True, ys[r], middle_x):
                owner[r, c] = owner[r - 1, c]
    table = Table(xs[0], ys[-1], xs[-1], ys[0])
    index: dict[tuple[int, int], int] = {}
    for place, begin in owner.items():
        r, c = place
        if begin not in index:
            index[begin] = len(table.boxes)
            table.boxes.append((xs[c], ys[r + 1], xs[c + 1], ys[r]))
        left, bottom, right, top = table.boxes[index[begin]]
        table.boxes[index[begin]] = (left, min(bottom, ys[r + 1]), max(right, xs[c + 1]), top)
    for r in range(rows):
        row: list[int | None] = []
        for c in range(columns):
            begin = owner[r, c]
            if begin[1] == c:  # else it began further left and is printed there
                row.append(index[begin] if begin[0] == r else None)
        table.cells.append(row)
    return table if len(table.boxes) > 1 else None


def _drawn(rules: Sequence[Rule], horizontal: bool, at: float, where: float) -> bool:
    return any(
        rule.horizontal == horizontal and abs(rule.at - at) <= NEAR and rule.low - NEAR <= where <= rule.high + NEAR
        for rule in rules
    )


def _places(values: Sequence[float]) -> list[float]:
    """The places of lines in rising order, those near each other as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > NEAR:
            found.append(value)
    return found
