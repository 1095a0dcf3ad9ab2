"""The numbering of a document, read from all of it: which candidate numbers count, and what stands under what.

A number counts when its list begins with it or the list has come to it (lists may restart under each heading or run
on across headings).  Which style is the outer one follows custom unless the document shows the opposite.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus.marks import ARTICLE, STYLES, Mark, find_mark

GAP = 3  # a list may skip this many numbers and still be the same list


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the canonical text, without its line end."""

    start: int
    end: int
    text: str


@dataclass(slots=True)
class Numbering:
    """The accepted mark of each line, and what looked wrong: (kind, line, message)."""

    marks: list[Mark | None]
    doubts: list[tuple[str, int, str]] = field(default_factory=list)


def read_lines(text: str) -> list[Line]:
    """The lines of a canonical text with their spans."""
    lines: list[Line] = []
    start = 0
    for piece in text.split("\n"):
        lines.append(Line(start, start + len(piece), piece))
        start += len(piece) + 1
    return lines


def number_lines(lines: Sequence[str], styles: frozenset[str] = frozenset(STYLES)) -> Numbering:
    """Accept or refuse the candidate number of each line."""
    candidates = [find_mark(line) for line in lines]
    around = _articles_around(candidates)
    for i, mark in enumerate(candidates):
        if mark and (mark.style not in styles or (mark.cited and not _set_after_all(mark, lines, i, around[i]))):
            candidates[i] = None
    if any(mark and mark.parents for mark in candidates):
        candidates = [mark or _bare_number(line) for mark, line in zip(candidates, lines, strict=True)]
    result = Numbering([None] * len(lines))
    last: dict[str, int] = {}
    decimals: set[tuple[int, ...]] = set()
    for i, mark in enumerate(candidates):
        if mark is None:
            continue
        if mark.parents:
            verdict = "fits" if _decimal_fits(mark, decimals, last) else "refused"
        else:
            verdict = _verdict(mark, last.get(mark.style), candidates, i)
        if verdict == "refused":
            result.doubts.append(("refused", i, f"“{mark.text}”不在任何编号序列里，按正文处理"))
            continue
        if verdict != "fits":
            result.doubts.append((verdict, i, _message(verdict, mark, last.get(mark.style))))
        result.marks[i] = mark
        last[mark.style] = mark.value
        decimals.add((*mark.parents, mark.value))
    return result


_BARE_NUMBER = re.compile(r"(\d{1,2}) (?=[\u4e00-\u9fff])")


def _bare_number(line: str) -> Mark | None:
    """1 范围: the outer number of a document whose inner ones are 1.1, 1.2."""
    found = _BARE_NUMBER.match(line)
    if not found or len(line) > 40 or not int(found[1]):
        return None
    return Mark("1.", int(found[1]), 0, found[1], found.end())


def _decimal_fits(mark: Mark, seen: set[tuple[int, ...]], last: dict[str, int]) -> bool:
    """Whether 2.3 comes after 2.2, or 2.1 under a 2: a quantity at the head of a line rarely does."""
    if mark.value > 1:
        return (*mark.parents, mark.value - 1) in seen
    above = mark.parents
    return above in seen or (
        len(above) == 1 and (above[0] in (last.get("一、"), last.get("章"), last.get("部分")) or above == (1,))
    )


def _articles_around(candidates: Sequence[Mark | None]) -> list[tuple[int | None, int | None]]:
    """For each line the number of the last article before it and of the next behind it that are no mentions."""
    before: list[int | None] = []
    last: int | None = None
    for mark in candidates:
        before.append(last)
        last = mark.value if mark and mark.style == ARTICLE and not mark.cited else last
    behind: list[int | None] = []
    last = None
    for mark in reversed(candidates):
        behind.append(last)
        last = mark.value if mark and mark.style == ARTICLE and not mark.cited else last
    return list(zip(before, reversed(behind), strict=True))


def _set_after_all(mark: Mark, lines: Sequence[str], i: int, around: tuple[int | None, int | None]) -> bool:
    """Whether 第三条第二款…, which reads like a mention, is the article: its turn has come and no other takes it."""
    if i == 0 or lines[i - 1][-1:] not in "。；：”）)":
        return mark.value == 1 and i == 0
    before, behind = around
    return before is not None and mark.value == before + 1 and behind != mark.value


def _verdict(mark: Mark, last: int | None, candidates: Sequence[Mark | None], i: int) -> str:
    if mark.value == 1 or (last is not None and (mark.value == last + 1 or (mark.sub and mark.value == last))):
        return "fits"
    if last is not None and last < mark.value <= last + GAP:
        return "gap"
    continued = any(
        later is not None and later.style == mark.style and later.value == mark.value + 1
        for later in candidates[i + 1 : i + 400]
    )
    if last is not None and mark.value == last:
        return "repeated" if continued or mark.style == ARTICLE else "refused"
    if mark.style == ARTICLE:
        return "out of order" if mark.spaced or continued else "refused"
    return "begins late" if continued and mark.value <= 60 else "refused"


def _message(verdict: str, mark: Mark, last: int | None) -> str:
    if verdict == "gap":
        return f"“{mark.text}”之前缺号（上一个是第{last}）"
    if verdict == "repeated":
        return f"“{mark.text}”重复编号"
    if verdict == "begins late":
        return f"编号从“{mark.text}”开始，之前没有同级编号"
    return f"“{mark.text}”的次序与上一个（第{last}）不符"


def nesting_order(marks: Sequence[Mark | None]) -> dict[str, int]:
    """How far inside each style stands (0 outermost): custom, unless lists restart within another's items."""
    order = [style for style in STYLES if any(m and m.style == style for m in marks)]
    sequence = [m for m in marks if m]
    for i in range(len(order)):
        for j in range(i + 1, len(order)):
            outer, inner = order[i], order[j]
            upside_down = _restarts_within(sequence, outer, inner, order[:i])
            if upside_down >= 2 and _restarts_within(sequence, inner, outer, order[:i]) == 0:
                order[i], order[j] = inner, outer
    return {style: i for i, style in enumerate(order)}


def _restarts_within(marks: Sequence[Mark], style: str, around: str, outer: list[str]) -> int:
    """How often `style` begins at 1 between two consecutive numbers of `around`."""
    count = 0
    open_value: int | None = None
    begun = 0
    for mark in marks:
        if mark.style in outer:
            open_value, begun = None, 0
        elif mark.style == around:
            count += begun if open_value is not None and mark.value == open_value + 1 else 0
            open_value, begun = mark.value, 0
        elif mark.style == style and mark.value == 1 and open_value is not None:
            begun = 1
    return count


def nest(marks: Sequence[Mark | None], breaks: frozenset[int] = frozenset()) -> list[tuple[int, ...]]:
    """For each line the lines whose numbers enclose it, outermost first; at `breaks` nothing encloses any longer.

    An unnumbered line stands under the last number before it.
    """
    order = nesting_order(marks)
    stack: list[int] = []
    trails: list[tuple[int, ...]] = []
    for i, mark in enumerate(marks):
        if i in breaks:
            stack = []
        if mark is not None:
            while stack and order[_style(marks[stack[-1]])] >= order[mark.style]:
                stack.pop()
            trails.append(tuple(stack))
            stack.append(i)
        else:
            trails.append(tuple(stack))
    return trails


def _style(mark: Mark | None) -> str:
    assert mark is not None  # only numbered lines are on the stack
    return mark.style
