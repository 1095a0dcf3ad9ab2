"""The canonical text of a document, made once, with the way back to where each character stood.

A paragraph becomes one line; blank lines, indentation, control, zero-width, bidirectional and private-use characters
go; runs of white space become one blank; full-width letters and digits become ASCII ones (one for one).  Punctuation
stays as printed.  `clean` is idempotent.
"""

import re
from bisect import bisect_right

from corpus.models import SourceSpan
from corpus.reading import Run

LINE_END = re.compile(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
# Invisible characters that carry nothing: controls, soft hyphen, zero width and bidirectional marks, private use.
INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    "\ue000-\uf8ff\ud800-\udfff\U000f0000-\U0010ffff"
)
BLANK = r"\s\u3000\u2800\u115f\u3164"
VISIBLE = re.compile(f"[^{INVISIBLE}{BLANK}]+")
HAS_BLANK = re.compile(f"[{BLANK}]")
ASCII_FORMS = {0xFF10 + i: 0x30 + i for i in range(10)}
ASCII_FORMS |= {0xFF21 + i: 0x41 + i for i in range(26)} | {0xFF41 + i: 0x61 + i for i in range(26)}


def clean(
    text: str, runs: tuple[Run, ...] = (), pages: tuple[tuple[int, int], ...] = ()
) -> tuple[str, tuple[SourceSpan, ...]]:
    """The canonical text, and the runs of it with their offsets in the original.

    runs: where the characters of `text` stood in the original; empty where `text` is the original.  pages: (offset in
    `text` where a page begins, page number), in order; empty where there are no pages.
    """
    lines: list[str] = []
    spans: list[SourceSpan] = []
    at = 0  # offset in the canonical text
    for begin, end in _lines(text):
        pieces: list[str] = []
        column = begin
        line_at = at
        for found in VISIBLE.finditer(text, begin, end):
            if pieces and HAS_BLANK.search(text, column, found.start()):
                pieces.append(" ")
                line_at += 1
            spans.append(SourceSpan(line_at, found.start(), found.end() - found.start()))
            pieces.append(found.group())
            line_at += found.end() - found.start()
            column = found.end()
        if pieces:
            lines.append("".join(pieces).translate(ASCII_FORMS))
            at = line_at + 1
    if runs:
        spans = _in_original(spans, runs, pages)
    return "\n".join(lines), tuple(spans)


def _in_original(
    spans: list[SourceSpan], runs: tuple[Run, ...], pages: tuple[tuple[int, int], ...]
) -> list[SourceSpan]:
    """The spans with their offsets in the original and their pages; what the reader put in belongs to no span."""
    starts = [offset for offset, _ in pages]
    found: list[SourceSpan] = []
    at = 0
    for span in spans:
        end = span.source_start + span.length
        while at < len(runs) and runs[at].start + runs[at].length <= span.source_start:
            at += 1
        here = at
        while here < len(runs) and runs[here].start < end:
            run = runs[here]
            first, last = max(run.start, span.source_start), min(run.start + run.length, end)
            page = pages[bisect_right(starts, first) - 1][1] if starts else None
            start = span.start + first - span.source_start
            found.append(SourceSpan(start, run.source_start + first - run.start, last - first, page))
            here += 1
    return found


def _lines(text: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    begin = 0
    for found in LINE_END.finditer(text):
        spans.append((begin, found.start()))
        begin = found.end()
    spans.append((begin, len(text)))
    return spans


def source_offset(spans: tuple[SourceSpan, ...], at: int) -> tuple[int, int | None]:
    """Where a character of the canonical text stood in the source: (offset, page or None).

    A line end or a blank made from white space maps to the end of the run before it.
    """
    if not spans:
        return 0, None
    run = spans[max(0, bisect_right(spans, at, key=lambda span: span.start) - 1)]
    return run.source_start + min(max(0, at - run.start), run.length), run.page
