"""Where the words of a reading stood in the marked-up text they were read from.

The readers of HTML and DOCX parse with a library that forgets offsets.  So the words are found again: the marked-up
text is reduced to the characters a reader can see, each with its offset, and the lines of the reading are looked for
in it in order.  Long sentences come first, since only they stand in one place for certain; short lines are then looked
for between them.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from corpus.marks import find_mark
from corpus.reading import Run

SENTENCE = 25  # characters of a line that is sure to stand in one place
WINDOW = 20_000  # characters in which a line is looked for, once the patience for wider searches has ended
PATIENCE = 300
IGNORED = re.compile(r"[\s\u200b\u00ad|]+")
MARKDOWN_IGNORED = re.compile(r"[\s\u200b\u00ad|\\*_`~#>\[\]!-]+")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")


class Visible:
    """Characters that can be seen, as one string, and the offset of each in the original."""

    def __init__(self, ignored: re.Pattern[str]) -> None:
        self.ignored = ignored
        self._pieces: list[str] = []
        self._starts: list[int] = []  # of each piece, in the string
        self._sources: list[int] = []  # of each piece, in the original
        self._single: list[bool] = []  # all of it stands for one entity
        self._length = 0

    def add(self, text: str, at: int, *, single: bool = False) -> None:
        """Append what can be seen of a text that stands at `at`; single: all of it is one entity."""
        start = 0
        for found in [*self.ignored.finditer(text), None]:
            end = found.start() if found else len(text)
            if end > start:
                self._starts.append(self._length)
                self._sources.append(at if single else at + start)
                self._single.append(single)
                self._pieces.append(text[start:end])
                self._length += end - start
            start = found.end() if found else end

    def text(self) -> str:
        """All characters."""
        return "".join(self._pieces)

    def runs(self, begin: int, end: int) -> list[tuple[int, int, int]]:
        """The characters from `begin` to `end` as (offset in this string, offset in the original, length)."""
        found: list[tuple[int, int, int]] = []
        piece = bisect_right(self._starts, begin) - 1
        while begin < end:
            stop = self._starts[piece + 1] if piece + 1 < len(self._starts) else self._length
            length = min(end, stop) - begin
            shift = 0 if self._single[piece] else begin - self._starts[piece]
            found.append((begin, self._sources[piece] + shift, length))
            begin += length
            piece += 1
        return found


def see_markup(text: str, dropped: Sequence[str] = ()) -> Visible:
    """What can be seen of HTML or XML: tags, comments and the elements named in `dropped` are passed over."""
    seen = Visible(IGNORED)
    lowered = text.lower() if dropped else text
    at = 0
    while at < len(text):
        tag = text.find("<", at)
        _add_with_entities(seen, text, at, tag if tag >= 0 else len(text))
        if tag < 0:
            break
        at = _behind_tag(text, lowered, tag, dropped)
        if at == tag:  # a < that opens nothing
            seen.add("<", tag)
            at = tag + 1
    return seen


def _behind_tag(text: str, lowered: str, tag: int, dropped: Sequence[str]) -> int:
    if text.startswith("<!--", tag):
        end = text.find("-->", tag + 4)
        return end + 3 if end >= 0 else len(text)
    if not text[tag + 1 : tag + 2].isalpha() and text[tag + 1 : tag + 2] not in ("/", "!", "?"):
        return tag
    end = text.find(">", tag)
    if end < 0:
        return len(text)
    for name in dropped:
        if lowered.startswith(name, tag + 1) and not lowered[tag + 1 + len(name) : tag + 2 + len(name)].isalnum():
            close = lowered.find("</" + name, end)
            return close if close >= 0 else len(text)
    return end + 1


def _add_with_entities(seen: Visible, text: str, begin: int, end: int) -> None:
    for found in _ENTITY.finditer(text, begin, end):
        seen.add(text[begin : found.start()], begin)
        seen.add(html.unescape(found[0]), found.start(), single=True)
        begin = found.end()
    seen.add(text[begin:end], begin)


def align(text: str, original: str, seen: Visible) -> tuple[Run, ...]:
    """For the lines of a reading where they stand in the original; what is not found again has no run."""
    lines = _Lines(text, seen)
    ends: list[int | None] = [None] * len(lines.keys)
    cursor = 0
    for i, key in enumerate(lines.words):
        if len(key) >= SENTENCE and (at := lines.find(key, cursor)) >= 0:
            lines.place(i, 0, at, len(key))
            cursor = ends[i] = at + len(key)
    _short_lines(lines, ends)
    return lines.runs(text, original)


def _short_lines(lines: "_Lines", ends: list[int | None]) -> None:
    """Place the lines between those that are placed: those before the first sentence from behind, since what stands in
    front of an article (its name in the path of the page) may say the same; the others as they come.
    """
    first = next((i for i, end in enumerate(ends) if end is not None), len(ends))
    limit = lines.begin_of(first)
    for i in range(first - 1, -1, -1):
        begin = lines.find_pieces(i, 0, limit, backwards=True)
        limit = limit if begin is None else begin
    cursor = 0
    following = [lines.size] * (len(ends) + 1)
    for i in range(len(ends) - 1, -1, -1):
        following[i] = lines.begin_of(i) if ends[i] is not None else following[i + 1]
    for i in range(first, len(ends)):
        end = ends[i]
        if end is None:
            end = lines.find_pieces(i, cursor, following[i + 1])
        cursor = cursor if end is None else max(cursor, end)


class _Lines:
    """The lines of a reading with the offsets of their visible characters, and where they were found."""

    def __init__(self, text: str, seen: Visible) -> None:
        self.seen = seen
        self.stream = seen.text()
        self.size = len(self.stream)
        self.keys: list[Visible] = []
        self.words: list[str] = []  # of the keys
        self.marks: list[int] = []  # visible characters of the number a line begins with
        self._patience = PATIENCE
        self._placed: dict[int, list[tuple[int, int, int]]] = {}  # line -> (in its key, in the stream, length)
        at = 0
        for line in text.split("\n"):
            own = Visible(seen.ignored)
            own.add(line, at)
            self.keys.append(own)
            self.words.append(own.text())
            mark = find_mark(line)
            self.marks.append(len(seen.ignored.sub("", line[: mark.end])) if mark else 0)
            at += len(line) + 1
        self.pieces = [[seen.ignored.sub("", p) for p in line.split(" ")] for line in text.split("\n")]

    def find(self, key: str, begin: int, end: int | None = None, *, backwards: bool = False) -> int:
        """Where a key stands in the stream, or -1."""
        limit = self.size if end is None else end
        if self._patience <= 0:
            begin, limit = (max(begin, limit - WINDOW), limit) if backwards else (begin, min(limit, begin + WINDOW))
        at = self.stream.rfind(key, begin, limit) if backwards else self.stream.find(key, begin, limit)
        self._patience -= at < 0
        return at

    def find_pieces(self, i: int, begin: int, end: int, *, backwards: bool = False) -> int | None:
        """Place a line between `begin` and `end`: whole, without its number, or cell by cell.

        Returns where it ends (where it begins, if looked for backwards), None where nothing of it was found.
        """
        key, mark = self.words[i], self.marks[i]
        if not key:
            return None
        for cut in (0, mark) if 0 < mark < len(key) else (0,):
            at = self.find(key[cut:], begin, end, backwards=backwards)
            if at >= 0:
                self.place(i, cut, at, len(key) - cut)
                return at if backwards else at + len(key) - cut
        found: list[int] = []
        column, cursor = 0, begin
        for piece in self.pieces[i]:
            at = self.find(piece, cursor, end) if piece and piece != key else -1
            if at >= 0:
                self.place(i, column, at, len(piece))
                cursor = at + len(piece)
                found += [at, cursor]
            column += len(piece)
        return None if not found else min(found) if backwards else max(found)

    def place(self, i: int, column: int, at: int, length: int) -> None:
        """Note that characters of a line stand at `at` in the stream."""
        self._placed.setdefault(i, []).append((column, at, length))

    def begin_of(self, i: int) -> int:
        """Where a placed line begins in the stream; its end for a line that is not there."""
        return self._placed[i][0][1] if i in self._placed else self.size

    def runs(self, text: str, original: str) -> tuple[Run, ...]:
        """All that was found, in the order of the reading; where the same ignored characters stand between two runs
        on both sides, they are one.
        """
        result: list[Run] = []
        for i in sorted(self._placed):
            for column, at, length in sorted(self._placed[i]):
                for run in _both(self.keys[i].runs(column, column + length), self.seen.runs(at, at + length)):
                    if result and result[-1].start + result[-1].length > run.start:
                        continue  # a cell that was found twice
                    last = result[-1] if result else Run(0, 0, 0)
                    end, source_end = last.start + last.length, last.source_start + last.length
                    gap = run.start - end
                    if (
                        result
                        and run.source_start - source_end == gap <= 20
                        and (text[end : run.start] == original[source_end : run.source_start])
                    ):
                        result[-1] = Run(last.start, last.source_start, last.length + gap + run.length)
                    else:
                        result.append(run)
        return tuple(result)


def _both(reading: list[tuple[int, int, int]], original: list[tuple[int, int, int]]) -> Iterator[Run]:
    """Two lists of (offset in the key or the stream, offset outside, length) over the same characters, made one."""
    i = j = used_i = used_j = 0
    while i < len(reading) and j < len(original):
        length = min(reading[i][2] - used_i, original[j][2] - used_j)
        yield Run(reading[i][1] + used_i, original[j][1] + used_j, length)
        used_i, used_j = used_i + length, used_j + length
        if used_i == reading[i][2]:
            i, used_i = i + 1, 0
        if used_j == original[j][2]:
            j, used_j = j + 1, 0
