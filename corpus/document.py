"""One file becomes one `Document`: read, clean, cut, and say what it says about itself."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from corpus.clauses import cut_clauses
from corpus.cleaning import clean
from corpus.errors import UnreadableFile
from corpus.metadata import Metadata, read_metadata
from corpus.models import Document, Reference
from corpus.readers import Source

_UNNAMED = "draft"  # the title and id are known only once the outline is


def parse_document(
    source: Source,
    document_id: str | None = None,
    *,
    supplied: Mapping[str, object] | None = None,
    origins: Mapping[str, str] | None = None,
) -> Document:
    """The document in a source.

    document_id: its id; without one, a slug of the title and the year.  supplied: metadata a person gave.  Raises
    UnreadableFile where no visible character is left.
    """
    supplied = supplied or {}
    text, source_map = clean(source.reading.text, source.reading.runs, source.reading.pages)
    given = str(supplied["title"]) if supplied.get("title") else None
    if not text:
        raise UnreadableFile(f"{source.name}：没有读出任何文字；请换一个有正文的文件")
    outline = cut_clauses(text, _UNNAMED, _UNNAMED, given)
    meta = read_metadata(text, outline.nodes, Path(source.name).stem, supplied, origins or {})
    label = f"《{meta.title.strip('《》')}》"
    clauses = tuple(replace(c, label=label + c.label.removeprefix(f"《{_UNNAMED}》")) for c in outline.clauses)
    document = Document(
        document_id=_UNNAMED,
        title=meta.title,
        text=text,
        region=meta.region,
        issuer=meta.issuer,
        doc_number=meta.doc_number,
        date=meta.date,
        dates=meta.dates,
        implements=meta.implements,
        origins=meta.origins,
        source_name=source.name,
        source_sha256=source.sha256,
        nodes=outline.nodes,
        clauses=clauses,
        source_map=source_map,
        doubts=outline.doubts,
    )
    return rename(document, document_id or make_id(meta))


def rename(document: Document, document_id: str) -> Document:
    """The same document under another id."""
    old = document.document_id + "/"

    def moved(reference: Reference) -> Reference:
        if reference.target and reference.target.startswith(old):
            return replace(reference, target=f"{document_id}/{reference.target.removeprefix(old)}")
        return reference

    clauses = tuple(
        replace(
            clause,
            clause_id=f"{document_id}/{clause.address}",
            document_id=document_id,
            references=tuple(map(moved, clause.references)),
        )
        for clause in document.clauses
    )
    return replace(document, document_id=document_id, clauses=clauses)


def slug(title: str) -> str:
    """A title as an id: letters, digits and Chinese characters, the rest as single hyphens, at most 60 characters."""
    words = re.sub(r"[^0-9A-Za-z\u3400-\u9fff]+", "-", title).strip("-").lower()
    return words[:60].strip("-") or "document"


def make_id(meta: Metadata) -> str:
    """The id of a new document: its slug, with the year where the date is known."""
    return slug(meta.title) + (f"-{meta.date[:4]}" if meta.date else "")
