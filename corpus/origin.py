"""From a span of the canonical text back to the file a person gave.

An offset counts characters of the decoded file (TXT, Markdown, HTML), of the main part of a DOCX, or of a page of a
PDF as pdfium numbers them, which also knows where on the page each stands.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium  # type: ignore[import-untyped]

from corpus.models import SourceSpan
from corpus.read_docx import docx_characters, read_docx
from corpus.read_html import html_characters, read_html
from corpus.read_pdf import read_pdf
from corpus.readers import choose_reader
from corpus.reading import decode


@dataclass(frozen=True, slots=True)
class Place:
    """Characters that stand together in the original, from `start` to `end`; on which page, where there are pages."""

    start: int
    end: int
    page: int | None = None


def places_of(source_map: Sequence[SourceSpan], start: int, end: int) -> tuple[Place, ...]:
    """Where a span of the canonical text stands in the original, piece by piece, in the order of the text.

    A number that Word counts and the bar between two cells stand nowhere and are left out.
    """
    places: list[Place] = []
    first = max(0, bisect_right(source_map, start, key=lambda span: span.start) - 1)
    for span in source_map[first:]:
        if span.start >= end:
            break
        low, high = max(start, span.start), min(end, span.start + span.length)
        if low >= high:
            continue
        begin = span.source_start + low - span.start
        last = places[-1] if places else None
        if last and last.page == span.page and last.end == begin:
            places[-1] = Place(last.start, begin + high - low, span.page)
        else:
            places.append(Place(begin, begin + high - low, span.page))
    return tuple(places)


def original_characters(name: str, data: bytes, page: int | None = None) -> str:
    """The characters that the offsets of a document's source map count; page: which one of a PDF, from 1.

    name, data: as the library keeps them.  Raises UnreadableFile for a file that no reader knows.
    """
    reader = choose_reader(name, data)
    if reader is read_html:
        return html_characters(data)
    if reader is read_docx:
        return docx_characters(data)
    if reader is read_pdf:
        with pdfium.PdfDocument(data) as document:
            words = document[(page or 1) - 1].get_textpage()
            return str(words.get_text_range()) if words.count_chars() else ""
    return decode(data)
