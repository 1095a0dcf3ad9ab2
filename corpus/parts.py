"""Inside an article: its 款, 项 and 目, found when they are asked for.

An article is one clause; 第三十九条第二款第（三）项 is a span of it.  A part is written behind the clause's address:
`药品管理法-2019/39/2.3`.  款 are the paragraphs, 项 the （一）（二） under one, 目 the 1. or （1） under a 项; a list
without （一） has its items numbered the same way.
"""

import re
from dataclasses import dataclass

from corpus.marks import ARTICLE, find_mark
from corpus.models import Clause, Reference
from corpus.numerals import CHINESE, parse_number, to_chinese

_N = rf"[（(]?(?:[{CHINESE}]{{1,5}}|\d{{1,3}})[）)]?"
INNER = re.compile(rf"(?:第(?P<paragraph>{_N})款)?(?:第(?P<item>{_N})项)?(?:第(?P<point>{_N})目)?")
"""第二款第（三）项第1目, any of the three left out."""
BEFORE = re.compile(rf"(?:前(?P<count>[二两三四五六])?(?P<unit>[款项])|上款)(?P<inner>第{_N}项)?")
"""前款, 前两款, 前款第（一）项: a part named by where the mention stands."""
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){0,2}")
_CELL = " | "
ANY = 0  # in the numbers of a part: not said which


@dataclass(frozen=True, slots=True)
class Part:
    """A 款, 项 or 目: numbers (2, 3) are 第二款第（三）项; start and end are offsets in the text of the clause."""

    numbers: tuple[int, ...]
    start: int
    end: int

    @property
    def address(self) -> str:
        """What stands behind the address of the clause: `2.3`."""
        return ".".join(map(str, self.numbers))

    @property
    def label(self) -> str:
        """As it is cited: 第二款第（三）项."""
        forms = ("第{}款", "第（{}）项", "第{}目")
        return "".join(
            form.format(n if form == forms[2] else to_chinese(n)) for form, n in zip(forms, self.numbers, strict=False)
        )


def parts_of(text: str) -> tuple[Part, ...]:
    """The parts of an article's text, each before those inside it.

    >>> [p.address for p in parts_of("第一条 下列事项：\\n（一）登记；\\n（二）检查。\\n前款不收费。")]
    ['1', '1.1', '1.2', '2']
    """
    begins: list[tuple[tuple[int, ...], int]] = []
    start = 0
    order: list[str] = []  # the styles of the items of this 款, outermost first
    open_items: list[int] = []
    paragraph = 0
    for line in text.split("\n"):
        mark = find_mark(line)
        if start and mark and mark.style != ARTICLE and not mark.parents:
            if mark.style not in order:
                order.append(mark.style)
            depth = order.index(mark.style)
            open_items = [*open_items[:depth], mark.value]
            if len(open_items) <= 2:
                begins.append(((paragraph, *open_items), start))
        elif not start or _CELL not in line:
            paragraph += 1
            order, open_items = [], []
            begins.append(((paragraph,), start))
        start += len(line) + 1
    parts = []
    for i, (numbers, begin) in enumerate(begins):
        later = (at for other, at in begins[i + 1 :] if len(other) <= len(numbers))
        parts.append(Part(numbers, begin, next(later, len(text) + 1) - 1))
    return tuple(parts)


def find_part(text: str, numbers: tuple[int, ...]) -> Part | None:
    """The part with these numbers; `ANY` stands for a 款 that is not named, and must be the only one that fits."""
    found = [
        part
        for part in parts_of(text)
        if len(part.numbers) == len(numbers)
        and all(want in (ANY, have) for want, have in zip(numbers, part.numbers, strict=True))
    ]
    return found[0] if len(found) == 1 else None


def read_address(words: str) -> tuple[int, ...] | None:
    """The numbers in the address of a part: `2.3` -> (2, 3); None where it is none."""
    return tuple(map(int, words.split("."))) if _ADDRESS.fullmatch(words) else None


def named_parts(reference: Reference, citing: Clause) -> tuple[tuple[int, ...], ...]:
    """The numbers of the parts that a mention of an article names; empty where it names the article as a whole.

    第三十九条第二款 -> ((2,),); 前两款, standing in the third 款, -> ((1,), (2,)).
    """
    if found := BEFORE.fullmatch(reference.text):
        return _before(found, reference, citing)
    words = reference.text
    inner = next((m for m in INNER.finditer(words) if m[0] and m.end() == len(words)), None)
    if inner is None:
        return ()
    values = [_value(inner[name]) for name in ("paragraph", "item", "point")]
    while values and values[-1] is None:
        values.pop()
    return (tuple(ANY if value is None else value for value in values),)


def _before(found: re.Match[str], reference: Reference, citing: Clause) -> tuple[tuple[int, ...], ...]:
    here = [part.numbers for part in parts_of(citing.text) if part.start <= reference.start < part.end]
    depth = 2 if found["unit"] == "项" else 1
    last = next((numbers for numbers in here if len(numbers) == depth), None)
    count = parse_number(found["count"]) or 1 if found["count"] else 1
    if last is None or last[-1] <= count:
        return ()
    named = [(*last[:-1], value) for value in range(last[-1] - count, last[-1])]
    item = _value(found["inner"][1:-1]) if found["inner"] and depth == 1 else None
    return tuple((*numbers, item) if item else numbers for numbers in named)


def cited_spans(reference: Reference, citing: Clause, target: Clause) -> tuple[tuple[int, int], ...]:
    """The spans in the text of `target` that a mention standing in `citing` names; the whole text where it names no
    part, nothing where the part is not there.
    """
    named = named_parts(reference, citing)
    if not named:
        return () if BEFORE.fullmatch(reference.text) else ((0, len(target.text)),)
    found = [find_part(target.text, numbers) for numbers in named]
    return tuple((part.start, part.end) for part in found if part)


def _value(words: str | None) -> int | None:
    return parse_number(words.strip("（）()")) if words else None
