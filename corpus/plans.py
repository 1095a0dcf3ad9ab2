"""Clauses of a plan, notice or report: numbered or titled paragraphs, each one that stands on its own.

A number with nothing under it is a clause; a number with paragraphs under it is a heading, and a clause too when text
follows its title on the line.  A list that only completes a sentence (…下列情形：（1）…；（2）…。) stays in the
clause of that sentence.
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.duties import ends_with_duties, is_duty_line
from corpus.marks import Mark
from corpus.outline import Numbering, nest, nesting_order

TITLE_LIMIT = 26  # characters of a run-in title without number
NUMBERED_TITLE_LIMIT = 60
HEADING_LIMIT = 80
LIST_LIMIT = 1500  # characters of a list that still reads as one sentence
TABLE_LIMIT = 1500
DUTY_LIMIT = 20_000  # characters of a clause to which a line of duties still belongs
CELL = " | "
STOPS = "。；;！!？?"
LEAD_END = ("：", ":")
_TITLE = re.compile(rf"(?:——|—|--)?\s?([^。；;！？：:，,]{{2,{TITLE_LIMIT}}})。")
_CLOSING = re.compile(
    r"本(?:决定|通知|意见|方案|办法|规定|规划|细则|公告|批复)(?:自|由|从).{0,40}(?:施行|实施|执行|生效)|特此(?:通知|公告|批复|函)"
)
_HEAD_END = re.compile(r"[。；;：:，,！!？?、”…—]$")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines `first`..`last` that form one clause or one heading.

    numbers: the numbers of the address; paragraph: its last part for unnumbered text, else None;
    path: printed headings, own title last; marks: the printed numbers of a citation; title: its closing words.
    """

    kind: str  # "clause" or "heading"
    first: int
    last: int
    numbers: tuple[str, ...]
    paragraph: int | None
    path: tuple[str, ...]
    marks: tuple[str, ...]
    title: str
    depth: int = 0


@dataclass(slots=True)
class _Entry:
    line: int
    last: int
    text: str
    mark: Mark | None
    trail: tuple[int, ...]  # indexes of entries
    head: bool = False  # a short line without number that heads what follows
    filled: bool = False  # something stands under it


def plan_blocks(lines: Sequence[str], numbering: Numbering, offset: int = 0) -> list[Block]:
    """The blocks of a plan's body, in order; together they cover every line once.

    offset: the index in the document of lines[0].
    """
    entries = _entries(lines, numbering)
    entries = _fold_lists(entries)
    _fill(entries)
    return _Printer(entries, offset).blocks()


def _entries(lines: Sequence[str], numbering: Numbering) -> list[_Entry]:
    heads = _unnumbered_heads(lines, numbering.marks)
    parts = _part_heads(heads, numbering.marks)
    trails = nest(numbering.marks, parts)
    entries: list[_Entry] = []
    at_line: dict[int, int] = {}
    part: int | None = None
    for i, line in enumerate(lines):
        mark = numbering.marks[i]
        if entries and mark is None and i not in heads and len(entries[-1].text) < DUTY_LIMIT and is_duty_line(line):
            entries[-1].last = i
            entries[-1].text += "\n" + line
            continue
        if entries and CELL in line and CELL in entries[-1].text and len(entries[-1].text) < TABLE_LIMIT:
            entries[-1].last = i
            entries[-1].text += "\n" + line
            continue
        trail = tuple(at_line[j] for j in trails[i] if j in at_line)
        if i in parts:
            part = len(entries)
            trail = ()
        elif part is not None:
            trail = (part, *trail)
        at_line[i] = len(entries)
        entries.append(_Entry(i, i, line, mark, trail, head=i in heads))
    _close_run_in_items(entries)
    return entries


def _unnumbered_heads(lines: Sequence[str], marks: Sequence[Mark | None]) -> frozenset[int]:
    """Short lines without number or full stop that a longer paragraph or a number follows."""
    heads = set()
    for i, line in enumerate(lines[:-1]):
        if marks[i] or not _headlike(line):
            continue
        following = lines[i + 1]
        if marks[i + 1] or (len(following) > max(len(line), 30) and CELL not in line) or CELL in following:
            heads.add(i)
    return frozenset(heads)


def _headlike(line: str) -> bool:
    if len(line) > 40 or _HEAD_END.search(line) or line.startswith(("（", "(", "—", "“")):
        return False
    return CELL not in line and not any(c in line for c in "。；") and not is_duty_line(line)


def _part_heads(heads: frozenset[int], marks: Sequence[Mark | None]) -> frozenset[int]:
    """The unnumbered headings that begin a part of the document rather than stand inside a section."""
    numbered = [i for i, mark in enumerate(marks) if mark]
    if not numbered:
        return heads
    order = nesting_order(marks)
    outermost = min(order, key=lambda style: order[style])
    starts = [i for i in numbered if (m := marks[i]) and m.style == outermost and m.value == 1]
    if len(starts) < 2:
        return frozenset()
    parts = set()
    rising = sorted(heads)
    for start in starts:
        at = bisect_left(numbered, start)
        behind = numbered[at - 1] if at else -1
        first = bisect_right(rising, behind)
        if first < len(rising) and rising[first] < start:
            parts.add(rising[first])
    return frozenset(parts)


def _close_run_in_items(entries: list[_Entry]) -> None:
    """Paragraphs after an item that is complete (its duties are named, or no item of its list goes on) leave it."""
    going_on: Counter[tuple[tuple[int, ...], str]] = Counter()
    items: Counter[tuple[tuple[int, ...], str]] = Counter()
    for entry in entries:
        if entry.mark:
            items[(entry.trail, entry.mark.style)] += 1
        elif entry.trail and entries[entry.trail[-1]].mark:
            owner = entries[entry.trail[-1]]
            if owner.line == entry.line - 1 and owner.mark:
                going_on[(owner.trail, owner.mark.style)] += 1
    last_number = max((entry.line for entry in entries if entry.mark), default=-1)
    for entry in entries:
        if entry.mark or not entry.trail:
            continue
        if _CLOSING.match(entry.text):
            entry.trail = ()
            continue
        owner = entries[entry.trail[-1]]
        if not owner.mark or is_bare(owner.text[owner.mark.end :]):
            continue
        key = (owner.trail, owner.mark.style)
        closed = ends_with_duties(owner.text) or (items[key] >= 3 and going_on[key] <= 1 and owner.line == last_number)
        if closed:
            entry.trail = entry.trail[:-1]


def is_bare(rest: str) -> bool:
    """Whether the words after a number are a title only: no sentence begins after them.

    >>> is_bare("主要目标。"), is_bare("严格管理。全面实施新版规范。")
    (True, False)
    """
    body = rest.rstrip()
    return len(body) <= HEADING_LIMIT and not any(c in body[:-1] for c in STOPS)


def _fold_lists(entries: list[_Entry]) -> list[_Entry]:
    """Join a list to the sentence it completes."""
    folded: list[_Entry] = []
    moved: dict[int, int] = {}
    i = 0
    while i < len(entries):
        entry = entries[i]
        last = _list_end(entries, i)
        for j in range(i, last + 1):
            moved[j] = len(folded)
        if last > i:
            entry.last = entries[last].last
            entry.text = "\n".join(e.text for e in entries[i : last + 1])
        folded.append(entry)
        i = last + 1
    for entry in folded:
        entry.trail = tuple(dict.fromkeys(moved[j] for j in entry.trail))
    return folded


def _list_end(entries: list[_Entry], i: int) -> int:
    """The index of the last item of the list that completes entry i, or i."""
    lead = entries[i]
    if lead.head or not lead.text.rstrip().endswith(LEAD_END) or i + 1 >= len(entries):
        return i
    first = entries[i + 1]
    if first.mark is None or first.mark.value != 1:
        style = None
        if first.mark is not None or not first.text.rstrip().endswith(("；", ";")):
            return i
    else:
        style = first.mark.style
    j = i + 1
    length = 0
    while j < len(entries) and (entries[j].mark.style if entries[j].mark else None) == style:  # type: ignore[union-attr]
        if style is None and j > i + 1 and not entries[j - 1].text.rstrip().endswith(("；", ";")):
            break
        if style and j > i + 1 and entries[j].trail != first.trail:
            break
        length += len(entries[j].text)
        if length > LIST_LIMIT:
            return i
        j += 1
    items = entries[i + 1 : j]
    below = j < len(entries) and any(k in entries[j].trail for k in range(i + 1, j))
    ends = sum(item.text.rstrip().endswith(("；", ";", "，", ",")) for item in items[:-1])
    if len(items) < 2 or below or ends < 0.7 * (len(items) - 1):
        return i
    return j - 1


def _fill(entries: list[_Entry]) -> None:
    for i, entry in enumerate(entries):
        for j in entry.trail:
            entries[j].filled = True
        if entry.head:
            entry.filled = True
            if i + 1 >= len(entries):
                entry.head = entry.filled = False


_Subhead = tuple[tuple[int, ...], str]  # the trail and the words of an unnumbered heading inside a section


class _Printer:
    """Walks the entries once and gives each its address, path and label words."""

    def __init__(self, entries: list[_Entry], offset: int) -> None:
        self.entries = entries
        self.offset = offset
        self.paragraphs: Counter[tuple[str, ...]] = Counter()
        self.numbers: dict[int, tuple[str, ...]] = {}
        self.titled = self._titled()
        self.alone = Counter(e.trail for e in entries if not e.mark and not e.head)
        self.parts = 0
        self.heading_parts = {e.trail[0] for e in entries if e.trail}
        self.first_number = next((e.line for e in entries if e.mark), None)
        self.loose = self._loose()

    def blocks(self) -> list[Block]:
        blocks: list[Block] = []
        subhead: _Subhead | None = None
        for i, entry in enumerate(self.entries):
            if entry.head:
                if self._is_part(i):
                    self.parts += 1
                    self.numbers[i] = (f"p{self.parts}",)
                    subhead = None
                else:
                    subhead = (entry.trail, entry.text)
                blocks.append(self._block("heading", entry, self._under(entry), None, self._path(entry), entry.text))
                continue
            if subhead and subhead[0] != entry.trail[: len(subhead[0])]:
                subhead = None
            if entry.mark:
                if subhead and len(entry.trail) <= len(subhead[0]):
                    subhead = None if entry.trail != subhead[0] else subhead
                blocks.append(self._numbered(i, entry, subhead))
            else:
                blocks.append(self._paragraph(entry, subhead))
        return blocks

    def _numbered(self, i: int, entry: _Entry, subhead: _Subhead | None) -> Block:
        assert entry.mark is not None
        under = self._under(entry)
        numbers = (*under, *self._own_numbers(entry, under))
        self.numbers[i] = numbers
        rest = entry.text[entry.mark.end :]
        first_line = rest.split("\n", 1)[0]
        title = run_in_title(first_line)
        bare = is_bare(rest)
        own = () if not title else (entry.text[: entry.mark.end] + title,)
        path = (*self._path(entry, subhead), *own)
        kind = "heading" if bare and entry.filled else "clause"
        closing = entry.mark.text + (title.rstrip("。；;：:") if title else "")
        return self._block(kind, entry, numbers, None, path, closing)

    def _own_numbers(self, entry: _Entry, under: tuple[str, ...]) -> tuple[str, ...]:
        assert entry.mark is not None
        parents = tuple(str(n) for n in entry.mark.parents)
        if parents and under[-len(parents) :] != parents:
            return (*parents, entry.mark.number)
        return (entry.mark.number,)

    def _paragraph(self, entry: _Entry, subhead: _Subhead | None) -> Block:
        under = self._under(entry) or ("0",)
        self.paragraphs[under] += 1
        ordinal = self.paragraphs[under]
        title = self.titled.get(entry.line)
        path = (*self._path(entry, subhead), *([title] if title else []))
        closing = title.rstrip("。").lstrip("—-") if title else self._place(entry, ordinal, subhead)
        return self._block("clause", entry, under, ordinal, path, closing)

    def _place(self, entry: _Entry, ordinal: int, subhead: _Subhead | None) -> str:
        """How a paragraph without number or title is cited: its heading's words, and which paragraph if several."""
        if not entry.trail:
            place, nth, count = self.loose[entry.line]
            place = subhead[1] if subhead else place
            return place if place and count == 1 else f"{place}第{nth}段"
        owner = self.entries[entry.trail[-1]]
        words = heading_words(owner) if owner.mark else ""  # the words of an unnumbered heading are cited anyway
        return words if self.alone[entry.trail] == 1 else f"{words}第{ordinal}段"

    def _block(
        self,
        kind: str,
        entry: _Entry,
        numbers: tuple[str, ...],
        paragraph: int | None,
        path: tuple[str, ...],
        closing: str,
    ) -> Block:
        marks = self._marks(entry)
        depth = len(entry.trail)
        return Block(
            kind, entry.line + self.offset, entry.last + self.offset, numbers, paragraph, path, marks, closing, depth
        )

    def _marks(self, entry: _Entry) -> tuple[str, ...]:
        """The printed numbers above an entry; 2.2 says of itself that it stands under 2."""
        above: list[str] = []
        for j in (*entry.trail, *([None] if entry.mark and entry.mark.parents else [])):
            mark = None if j is None else self.entries[j].mark
            if j is None or (mark and mark.parents):
                above = [words for words in above if not words[0].isdecimal()]
            if j is not None:
                above.append(mark.text if mark else self.entries[j].text)
        return tuple(above)

    def _under(self, entry: _Entry) -> tuple[str, ...]:
        return self.numbers.get(entry.trail[-1], ()) if entry.trail else ()

    def _path(self, entry: _Entry, subhead: _Subhead | None = None) -> tuple[str, ...]:
        above = [printed_heading(self.entries[j]) for j in entry.trail]
        if subhead:
            above.insert(len(subhead[0]), subhead[1])
        return tuple(above)

    def _is_part(self, i: int) -> bool:
        return i in self.heading_parts

    def _loose(self) -> dict[int, tuple[str, int, int]]:
        """The paragraphs that stand under nothing: line -> where they stand, which one it is there, of how many."""
        groups: dict[str, list[int]] = {}
        for entry in self.entries:
            if not (entry.trail or entry.mark or entry.head):
                number = self.first_number
                place = "" if number is None else "前言" if entry.line < number else "结尾"
                groups.setdefault(place, []).append(entry.line)
        return {
            line: (place, n, len(lines)) for place, lines in groups.items() for n, line in enumerate(lines, start=1)
        }

    def _titled(self) -> dict[int, str]:
        """The run-in titles of paragraphs whose neighbours have such titles too: line -> title with its full stop."""
        groups: dict[tuple[int, ...], list[_Entry]] = {}
        for entry in self.entries:
            if not entry.mark and not entry.head and entry.trail:
                groups.setdefault(entry.trail, []).append(entry)
        titles: dict[int, str] = {}
        for group in groups.values():
            found = {e.line: m[0] for e in group if (m := _TITLE.match(e.text)) and len(e.text) - m.end() >= 10}
            if len(found) >= 2 and len(found) >= 0.6 * len(group):
                titles |= found
        return titles


def run_in_title(rest: str) -> str:
    """The title at the head of a numbered line: up to its first full stop, if short enough; else nothing.

    >>> run_in_title("促进创新能力提升。完善协同创新体系。")
    '促进创新能力提升。'
    """
    found = re.match(r"[^。；;！？]*[。；;！？]?", rest)
    title = found[0] if found else ""
    if 0 < len(title) <= NUMBERED_TITLE_LIMIT:
        return title
    return ""


def printed_heading(entry: _Entry) -> str:
    """An entry as a heading above others: its number with its title."""
    if entry.mark is None:
        return entry.text
    line = entry.text.split("\n", 1)[0]
    rest = line[entry.mark.end :]
    return line[: entry.mark.end] + (rest if is_bare(rest) else run_in_title(rest))


def heading_words(entry: _Entry) -> str:
    """The words of a heading without its number and full stop: 主要目标."""
    words = printed_heading(entry)
    return (words[entry.mark.end :] if entry.mark else words).rstrip("。；;：:")
