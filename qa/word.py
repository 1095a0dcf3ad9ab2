"""Question, answer and citations as a Word file, written without any package: a .docx is a zip of three
small XML files.

The same answer gives the same bytes.
"""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from qa.citation import Citation
from qa.export import Answered, gb7714, listing, official_line, words_of

MIME = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold
TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/word/document.xml" ContentType="{MIME}.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Target="word/document.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

Run = tuple[str, bool]  # words, bold


def to_docx(answer: Answered) -> bytes:
    """The bytes of a .docx: question, answer with its complete list or reason, then each clause, quoted words bold."""
    paragraphs: list[tuple[Sequence[Run], int]] = [([("问：" + answer.question, True)], 28)]
    if answer.status == "answered" and answer.answer is not None:
        paragraphs.append(([("答：", True), (words_of(answer), False)], 24))
        paragraphs += [([(line, False)], 21) for line in listing(answer)]
        shown = answer.citations
    else:
        paragraphs.append(([("没有找到答案。", True), (answer.reason or "", False)], 24))
        shown = answer.nearest
    for citation in shown:
        paragraphs.append(([(f"{citation.rank}. {official_line(citation)}", True)], 24))
        paragraphs += [(line, 21) for line in _lines(citation)]
        paragraphs.append(([(gb7714(citation), False)], 18))
        paragraphs.append(([(f"{citation.clause_id}  SHA-256 {citation.sha256}", False)], 16))
    body = "".join(_paragraph(runs, size) for runs, size in paragraphs)
    document = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<w:document xmlns:w="{NAMESPACE}"><w:body>{body}<w:sectPr/></w:body></w:document>'
    )
    parts = {"[Content_Types].xml": TYPES, "_rels/.rels": RELATIONS, "word/document.xml": document}
    return _zipped(parts)


def _lines(citation: Citation) -> list[list[Run]]:
    """The clause's text, a paragraph a line, as runs that are bold where the citation marks them."""
    lines: list[list[Run]] = [[]]
    at = 0
    for start, end in (*citation.highlights, (len(citation.text), len(citation.text))):
        for piece, bold in ((citation.text[at:start], False), (citation.text[start:end], True)):
            for row, line in enumerate(piece.split("\n")):
                if row:
                    lines.append([])
                if line:
                    lines[-1].append((line, bold))
        at = end
    return [line for line in lines if line]


def _paragraph(runs: Sequence[Run], size: int) -> str:
    """One paragraph; size is in half points."""
    written = []
    for words, bold in runs:
        style = f'<w:rFonts w:eastAsia="宋体"/>{"<w:b/>" if bold else ""}<w:sz w:val="{size}"/>'
        kept = "".join(character for character in words if character >= " ")
        written.append(f'<w:r><w:rPr>{style}</w:rPr><w:t xml:space="preserve">{escape(kept)}</w:t></w:r>')
    return f"<w:p>{''.join(written)}</w:p>"


def _zipped(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), text.encode(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
