"""Cutting a text into runs so that a template can mark spans of it without ever building HTML from strings.

Spans may overlap (a target inside an answer); a run carries every kind that covers it. The runs joined give
the text back, so nothing can be lost or shown twice, and templates escape each run as they escape
everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from corpus.models import Clause

# A sentence ends at its mark and any closing quotes or brackets after it; a semicolon parts the items of a
# list.
_SENTENCE_END = re.compile(r"[。！？；;!?][”’」』）)】》]*|\n+")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text with the kind of mark it gets and, for a reference, the address it leads to."""

    start: int
    end: int
    kind: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text whose marks do not change."""

    text: str
    kinds: tuple[str, ...]
    href: str | None = None


def runs(text: str, spans: Iterable[Span], *, start: int = 0, end: int | None = None) -> list[Run]:
    """Cut `text[start:end]` at every border of a span.

    >>> [(run.text, run.kinds) for run in runs("收入430亿元", [Span(2, 5, "target")])]
    [('收入', ()), ('430', ('target',)), ('亿元', ())]
    """
    end = len(text) if end is None else end
    kept = [span for span in spans if span.start < span.end and span.start < end and span.end > start]
    borders = {start, end}
    for span in kept:
        borders.update((max(span.start, start), min(span.end, end)))
    cuts = sorted(borders)
    found = []
    for left, right in pairwise(cuts):
        covering = [span for span in kept if span.start <= left and span.end >= right]
        kinds = tuple(sorted({span.kind for span in covering}))
        href = next((span.href for span in covering if span.href), None)
        found.append(Run(text[left:right], kinds, href))
    return found


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a text, in order; joined they cover it.

    >>> [("一。二；三"[a:b]) for a, b in sentences("一。二；三")]
    ['一。', '二；', '三']
    """
    borders = [0, *(match.end() for match in _SENTENCE_END.finditer(text))]
    if borders[-1] < len(text):
        borders.append(len(text))
    return [(a, b) for a, b in pairwise(borders) if a < b]


def surrounding(text: str, start: int, end: int, *, longest: int = 120) -> tuple[int, int]:
    """The sentence or sentences around a span, or, where these run on for long, a window of about `longest`.

    The window widens to commas so that it does not begin inside a word group.
    """
    touched = [(a, b) for a, b in sentences(text) if a < max(end, start + 1) and b > start]
    if not touched:
        return (start, end)
    left, right = touched[0][0], touched[-1][1]
    if right - left <= longest or end - start >= longest:
        return (left, right) if right - left <= max(longest, end - start) else (start, end)
    spare = (longest - (end - start)) // 2
    low, high = max(left, start - spare), min(right, end + spare)
    if low > left:
        comma = max(text.rfind("，", left, low), text.rfind(",", left, low), text.rfind("、", left, low))
        low = comma + 1 if comma >= 0 and low - comma < 40 else low
    if high < right:
        commas = [found for mark in "，,、" if (found := text.find(mark, high, right)) >= 0]
        high = min(commas) + 1 if commas and min(commas) - high < 40 else high
    return (low, high)


def excerpt(text: str, highlights: Iterable[tuple[int, int]], *, longest: int = 220) -> tuple[int, int]:
    """The part of a long clause worth showing first: from the sentence with the first mark, at most
    `longest`.
    """
    if len(text) <= longest:
        return (0, len(text))
    first = min((start for start, _ in highlights), default=0)
    begin = next((a for a, b in sentences(text) if a <= first < b), 0)
    if first - begin > longest // 2:
        begin = max(begin, first - longest // 3)
    stop = next((b for _, b in reversed(sentences(text)) if first < b <= begin + longest), begin + longest)
    return (begin, min(stop, len(text)))


def own_title(clause: Clause) -> str | None:
    """The title a clause runs in with, 提升企业创新能力。, if it has one."""
    last = clause.path[-1] if clause.path else ""
    return last if last and clause.text.lstrip().startswith(last) else None


def clause_name(clause: Clause) -> str:
    """A short name for the outline: the clause's own title, else how it begins."""
    title = own_title(clause)
    if title:
        return title.strip().rstrip("。.：:")
    words = clause.text.strip()
    return words[:18] + ("…" if len(words) > 18 else "")
