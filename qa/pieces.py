"""Cutting a clause into what can be quoted: its body, sentences and comma segments, all as spans of its
text.

The body leaves out the clause's own title, its number and the list of departments behind it, which
answer other questions than the body does.
"""

import itertools
import re

from corpus.marks import find_mark
from corpus.models import Clause

SENTENCE_END = re.compile("[。！？!?;；][”’」』）)】》]*|\n+")
SEGMENT_END = re.compile(r"(?:[。！？!?;；，:：][”’」』）)】》]*|(?<!\d),|,(?!\d)|\n+)")
OPENING = "（([【"
CLOSING = "）)]】"
TRIM = " \n\t，,。；;：:、"

Span = tuple[int, int]


def body_span(clause: Clause) -> Span:
    """The span of the clause's text without its number, its title and its list of departments."""
    text = clause.text
    start = 0
    if mark := find_mark(text):
        start = mark.end
    for heading in reversed(clause.path):
        title = heading[(find_mark(heading) or _NO_MARK).end :]
        if title and text.startswith(title, start) and len(title) < len(text) - start:
            start += len(title)
            break
        if heading and text.startswith(heading):
            start = max(start, len(heading)) if len(heading) < len(text) else start
            break
    tail = duty_tail(clause)
    end = tail[0] if tail and tail[0] > start else len(text)
    return (start, end) if text[start:end].strip(TRIM) else (0, len(text))


class _NoMark:
    end = 0


_NO_MARK = _NoMark()


def duty_tail(clause: Clause) -> Span | None:
    """The span of the bracketed list of departments at the end of a clause, brackets included."""
    if not clause.duties:
        return None
    text = clause.text
    first = min(duty.start for duty in clause.duties)
    last = max(duty.end for duty in clause.duties)
    opening = max(text.rfind(sign, 0, first) for sign in OPENING)
    closings = [found for sign in CLOSING if (found := text.find(sign, last)) >= 0]
    if opening < 0 or not closings or len(text) - min(closings) > 4:
        return None
    return opening, min(closings) + 1


def sentences(text: str, start: int, end: int) -> list[Span]:
    """Spans of the sentences between two offsets, trimmed of white space; a semicolon ends one."""
    return _cut(text, start, end, SENTENCE_END)


def segments(text: str, start: int, end: int) -> list[Span]:
    """Spans of the pieces between commas, without the marks at their ends.

    >>> [("收入430亿元，增长20%。"[a:b]) for a, b in segments("收入430亿元，增长20%。", 0, 14)]
    ['收入430亿元', '增长20%']
    """
    return [trimmed for span in _cut(text, start, end, SEGMENT_END) if (trimmed := trim(text, *span))]


def _cut(text: str, start: int, end: int, pattern: re.Pattern[str]) -> list[Span]:
    borders = [start]
    borders += [match.end() for match in pattern.finditer(text, start, end) if not _in_brackets(text, start, match)]
    borders.append(end)
    return [(a, b) for a, b in itertools.pairwise(borders) if text[a:b].strip()]


def _in_brackets(text: str, start: int, match: re.Match[str]) -> bool:
    """True where a mark stands inside a short bracket, which is one piece."""
    opening = max(text.rfind(sign, start, match.start()) for sign in OPENING)
    if opening < 0 or any(text.find(sign, opening, match.start()) >= 0 for sign in CLOSING):
        return False
    closing = [found for sign in CLOSING if (found := text.find(sign, match.end() - 1)) >= 0]
    return bool(closing) and min(closing) - opening < 40 and text[match.start()] not in "。\n"


def trim(text: str, start: int, end: int) -> Span | None:
    """The span without separators at its ends; None where nothing is left."""
    while start < end and text[start] in TRIM:
        start += 1
    while end > start and text[end - 1] in TRIM:
        end -= 1
    return (start, end) if start < end else None
