"""PDF with a text layer: lines become paragraphs again, page headers, footers and page numbers go, pages are kept.

A line goes on with the paragraph before it unless it is indented, the line before it stops short of the margin, or it
begins with a number after a complete sentence.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import pypdfium2 as pdfium  # type: ignore[import-untyped]

from corpus.errors import UnreadableFile
from corpus.marks import find_mark
from corpus.reading import Reading

PAGE_LIMIT = 3000
_PAGE_NUMBER = re.compile(
    r"[—–\-·•\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／]\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?[—–\-·•\s]*"
)
_COMPLETE = "。；：！？;:!?”）)】"
_CJK = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’—…"
_BLANK_BETWEEN = re.compile(f"(?<=[{_CJK}]) (?=[{_CJK}])")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    page: int
    left: float
    right: float
    bottom: float
    top: float
    edge: bool  # within the top or bottom tenth of the page

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
        lines: list[_Line] = []
        at = 0
        for piece in re.split(r"(\r\n|\r|\n)", text):
            body = piece.strip()
            if body and body not in ("\r\n", "\r", "\n"):
                first = at + len(piece) - len(piece.lstrip())
                last = at + len(piece.rstrip()) - 1
                try:
                    left, bottom, _, top = words.get_charbox(first, loose=True)
                    _, _, right, _ = words.get_charbox(last, loose=True)
                except (pdfium.PdfiumError, IndexError):
                    left, bottom, right, top = 0.0, 0.0, 0.0, 12.0
                edge = bottom > 0.9 * height or top < 0.1 * height
                lines.append(_Line(body.replace("\ufffe", "-"), number + 1, left, right, bottom, top, edge))
            at += len(piece)
        return lines
    finally:
        words.close()
        page.close()


def _without_edges(lines: list[_Line]) -> list[_Line]:
    """The lines without page numbers and without what stands at the same edge of several pages."""
    pages = len({line.page for line in lines})
    seen = Counter(dict.fromkeys(map(_edge_key, lines), 0))
    for key in {(_edge_key(line), line.page) for line in lines if line.edge}:
        seen[key[0]] += 1
    kept = []
    for line in lines:
        if line.edge and (
            _PAGE_NUMBER.fullmatch(line.text) or (pages >= 3 and seen[_edge_key(line)] >= max(3, pages // 3))
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
    at = 0
    margins = _margins(lines)
    before: _Line | None = None
    for line in lines:
        words = _BLANK_BETWEEN.sub("", line.text) if not find_mark(line.text) else line.text
        begins = before is None or _begins(before, line, margins)
        gap = "" if before is None else "\n" if begins else _gap(before.text, line.text)
        if not pages or pages[-1][1] != line.page:
            pages.append((at + len(gap), line.page))
        pieces.append(gap + words)
        at += len(gap) + len(words)
        before = line
    return Reading("".join(pieces), tuple(pages))


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


def _begins(before: _Line, line: _Line, margins: tuple[float, float]) -> bool:
    """Whether a paragraph begins at this line."""
    left, right = margins
    size = median((before.size, line.size))
    if line.left > left + 1.2 * size:
        return True
    if before.right < right - 1.8 * size:
        return True
    if find_mark(line.text) and before.text[-1] in _COMPLETE:
        return True
    return line.page == before.page and before.bottom - line.top > 1.5 * size
