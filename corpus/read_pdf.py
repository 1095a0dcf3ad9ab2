"""PDF with a text layer: lines become paragraphs again, page headers, footers and page numbers go, pages are kept.

A line goes on with the paragraph before it unless it is indented, the line before it stops short of the margin, or it
begins with a number after a complete sentence.  The rows of ruled tables become lines with ` | ` between the cells.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import pypdfium2 as pdfium  # type: ignore[import-untyped]

from corpus.errors import UnreadableFile
from corpus.marks import find_mark
from corpus.pdf_tables import Table, find_tables
from corpus.reading import Reading, Run

PAGE_LIMIT = 3000
WRAPPED = 0.5  # share of the lines that reach the right margin in text without indents
_PAGE_NUMBER = re.compile(
    r"[—–\-·•\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／]\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?[—–\-·•\s]*"
)
_COMPLETE = "。；：！？;:!?”）)】"
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’—…"
_BLANK_BETWEEN = re.compile(f"(?<=[{_CJK}]) (?=[{_CJK}])")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    places: tuple[int, ...]  # for each character its index on the page, -1 for what the reader put in
    page: int
    left: float
    right: float
    bottom: float
    top: float
    edge: bool  # within the top or bottom tenth of the page
    row: bool = False  # of a table
    head: bool = False  # within the top tenth

    @property
    def size(self) -> float:
        return max(self.top - self.bottom, 1.0)


def read_pdf(data: bytes) -> Reading:
    """The paragraphs of a PDF file and where its pages begin.

    Raises UnreadableFile for a broken or encrypted file and for a scan without text.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableFile("PDF 有密码；请去掉密码后再添加") from error
        raise UnreadableFile(f"不是完整的 PDF（{error}）；请重新下载或另存再添加") from error
    try:
        pages = len(document)
        if pages > PAGE_LIMIT:
            raise UnreadableFile(f"PDF 有 {pages} 页，上限是 {PAGE_LIMIT} 页；请拆分后再添加")
        lines = [line for number in range(pages) for line in _page_lines(document, number)]
    except pdfium.PdfiumError as error:
        raise UnreadableFile(f"PDF 里有损坏的页（{error}）；请重新下载或另存再添加") from error
    finally:
        document.close()
    if sum(len(line.text) for line in lines) < max(10, 5 * pages):
        raise UnreadableFile(f"PDF 的 {pages} 页里没有文字层，像是扫描件；请先做文字识别（OCR）再添加")
    return _join(_without_edges(lines))


def _page_lines(document: pdfium.PdfDocument, number: int) -> list[_Line]:
    page = document[number]
    words = page.get_textpage()
    try:
        height = page.get_height()
        text = words.get_text_range() if words.count_chars() else ""
        tables = find_tables(page) if text else []
        lines: list[_Line] = []
        in_tables: dict[int, dict[int, list[int]]] = {}  # table -> cell -> the characters in it
        at = 0
        for piece in re.split(r"(\r\n|\r|\n)", text):
            if piece.strip():
                outside = _outside(words, tables, at, piece, in_tables, lines) if tables else [(at, at + len(piece))]
                for begin, end in outside:
                    if line := _line(words, text, begin, end, number, height):
                        lines.append(line)
            at += len(piece)
        return _with_rows(lines, tables, in_tables, text, number)
    finally:
        words.close()
        page.close()


def _line(words: pdfium.PdfTextPage, text: str, begin: int, end: int, number: int, height: float) -> _Line | None:
    """The characters of a page from `begin` to `end` as a line, or None where there are only blanks."""
    piece = text[begin:end]
    body = piece.strip()
    if not body:
        return None
    first = begin + len(piece) - len(piece.lstrip())
    try:
        left, bottom, _, top = words.get_charbox(first, loose=True)
        _, _, right, _ = words.get_charbox(first + len(body) - 1, loose=True)
    except (pdfium.PdfiumError, IndexError):
        left, bottom, right, top = 0.0, 0.0, 0.0, 12.0
    edge = bottom > 0.9 * height or top < 0.1 * height
    places = tuple(range(first, first + len(body)))
    head = bottom > 0.9 * height
    return _Line(body.replace("\ufffe", "-"), places, number + 1, left, right, bottom, top, edge, head=head)


_ROW = "\x00"  # holds the place of a table among the lines


def _outside(
    words: pdfium.PdfTextPage,
    tables: Sequence[Table],
    at: int,
    piece: str,
    in_tables: dict[int, dict[int, list[int]]],
    lines: list[_Line],
) -> list[tuple[int, int]]:
    """The runs of a piece of a page that stand in no table; those that do are put into their cells.

    The first character of a table puts a line into `lines` that holds its place.
    """
    outside: list[tuple[int, int]] = []
    for i, char in enumerate(piece, start=at):
        held = None
        if char.strip():
            try:
                left, bottom, right, top = words.get_charbox(i, loose=False)
            except (pdfium.PdfiumError, IndexError):
                left = bottom = right = top = -1.0
            x, y = (left + right) / 2, (bottom + top) / 2
            held = next((n for n, table in enumerate(tables) if table.holds(x, y)), None)
            cell = tables[held].cell_at(x, y) if held is not None else None
            if cell is None or held is None:
                held = None
            else:
                if held not in in_tables:
                    in_tables[held] = {}
                    lines.append(_Line(_ROW, (held,), 0, 0, 0, 0, 0, False, True))
                in_tables[held].setdefault(cell, []).append(i)
        if held is None:
            if outside and outside[-1][1] == i:
                outside[-1] = (outside[-1][0], i + 1)
            else:
                outside.append((i, i + 1))
    return outside


def _with_rows(
    lines: list[_Line], tables: Sequence[Table], in_tables: dict[int, dict[int, list[int]]], text: str, number: int
) -> list[_Line]:
    """The lines with each table's rows where its first character stood."""
    result: list[_Line] = []
    for line in lines:
        if line.text != _ROW:
            result.append(line)
            continue
        table, held = tables[line.places[0]], in_tables[line.places[0]]
        for row in table.cells:
            pieces: list[str] = []
            places: list[int] = []
            for n, cell in enumerate(row):
                if n:
                    pieces.append(" | ")
                    places += [-1] * 3
                before = ""
                for i in held.get(cell, []) if cell is not None else []:
                    if before and not text[i - 1].strip() and before.isascii() and text[i].isascii():
                        pieces.append(" ")
                        places.append(-1)
                    pieces.append(text[i].replace("\ufffe", "-"))
                    places.append(i)
                    before = text[i]
            words = "".join(pieces)
            if words.replace("|", "").strip():
                result.append(_Line(words, tuple(places), number + 1, table.left, table.right, 0, 12, False, True))
    return result


def _without_edges(lines: list[_Line]) -> list[_Line]:
    """The lines without page numbers, without what stands at the same edge of several pages, and without a short line
    in smaller type at the head of a page.
    """
    body = median(line.size for line in lines if not line.row) if any(not line.row for line in lines) else 0
    pages = len({line.page for line in lines})
    seen = Counter(dict.fromkeys(map(_edge_key, lines), 0))
    for key in {(_edge_key(line), line.page) for line in lines if line.edge}:
        seen[key[0]] += 1
    kept = []
    for line in lines:
        if line.edge and (
            _PAGE_NUMBER.fullmatch(line.text)
            or (line.head and len(line.text) <= 30 and line.size < 0.75 * body)
            or (pages >= 3 and seen[_edge_key(line)] >= max(3, pages // 3))
        ):
            continue
        kept.append(line)
    return kept


def _edge_key(line: _Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text), round(line.bottom / 5)


def _join(lines: Sequence[_Line]) -> Reading:
    """Paragraphs out of lines."""
    pieces: list[str] = []
    pages: list[tuple[int, int]] = []
    runs: list[Run] = []
    at = 0
    running = [line for line in lines if not line.row] or lines
    margins = _margins(running)
    wrapped = _is_wrapped(running, margins)
    before: _Line | None = None
    for line in lines:
        kept = _kept(line)
        words = "".join(line.text[i] for i in kept)
        begins = before is None or line.row or before.row or _begins(before, line, margins, wrapped)
        gap = "" if before is None else "\n" if begins else _gap(before.text, line.text)
        if not pages or pages[-1][1] != line.page:
            pages.append((at + len(gap), line.page))
        pieces.append(gap + words)
        at += len(gap)
        for i in kept:
            place = line.places[i]
            if runs and runs[-1].start + runs[-1].length == at and runs[-1].source_start + runs[-1].length == place:
                runs[-1] = Run(runs[-1].start, runs[-1].source_start, runs[-1].length + 1)
            elif place >= 0:
                runs.append(Run(at, place, 1))
            at += 1
        before = line
    return Reading("".join(pieces), tuple(pages), tuple(runs))


def _is_wrapped(lines: Sequence[_Line], margins: tuple[float, float]) -> bool:
    """Whether the text is set in lines that fill the page: paragraphs are indented, or most lines reach the margin."""
    left, right = margins
    wide = [line for line in lines if len(line.text) >= 15]
    indented = any(line.left > left + 1.2 * line.size for line in wide)
    return indented or sum(line.right > right - 1.8 * line.size for line in lines) >= WRAPPED * len(lines)


def _kept(line: _Line) -> list[int]:
    """The indexes of a line's characters without the blanks that justified Chinese is set with."""
    if line.row or find_mark(line.text.lstrip("“")):
        return list(range(len(line.text)))
    blanks = {found.start() for found in _BLANK_BETWEEN.finditer(line.text)}
    return [i for i in range(len(line.text)) if i not in blanks]


def _gap(before: str, after: str) -> str:
    """A blank between two words of English; nothing inside a figure, a formula or Chinese."""
    words = re.search(r"[a-z]{2,}[,;]?$", before) and re.match(r"[A-Za-z]{2,}", after)
    return " " if words else ""


def _margins(lines: Sequence[_Line]) -> tuple[float, float]:
    """The left and right edge of the body text."""
    wide = [line for line in lines if len(line.text) >= 15] or list(lines)
    lefts = Counter(round(line.left) for line in wide)
    left = min((x for x, n in lefts.items() if n >= 0.1 * len(wide)), default=min(lefts))
    rights = sorted(line.right for line in wide)
    return float(left), rights[int(0.9 * (len(rights) - 1))]


def _begins(before: _Line, line: _Line, margins: tuple[float, float], wrapped: bool) -> bool:
    """Whether a paragraph begins at this line.

    wrapped: lines fill the page; where they do not, one that ends with a full stop ends a paragraph.
    """
    left, right = margins
    size = median((before.size, line.size))
    if line.left > left + 1.2 * size:
        return True
    if before.right < right - 1.8 * size:
        return True
    if before.text[-1] in _COMPLETE and (find_mark(line.text) or not wrapped):
        return True
    return line.page == before.page and before.bottom - line.top > 1.5 * size
