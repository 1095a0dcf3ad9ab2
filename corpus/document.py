"""One file becomes one `Document`: read, clean, cut, and say what it says about itself."""

import re
from collections.abc import Mapping
from pathlib import Path

from corpus.cleaning import clean
from corpus.clauses import cut_clauses
from corpus.metadata import Metadata, read_metadata
from corpus.models import Document
from corpus.readers import Source


def parse_document(
    source: Source,
    document_id: str | None = None,
    *,
    supplied: Mapping[str, object] | None = None,
    origins: Mapping[str, str] | None = None,
) -> Document:
    """The document in a source.

    document_id: its id; without one, a slug of the title and the year.  supplied: metadata a person gave.
    """
    supplied = supplied or {}
    text, source_map = clean(source.reading.text, source.reading.pages)
    given = str(supplied["title"]) if supplied.get("title") else None
    draft = cut_clauses(text, "draft", given or "", given)
    name = Path(source.name).stem
    meta = read_metadata(text, draft.nodes, name, supplied, origins or {})
    document_id = document_id or make_id(meta)
    outline = cut_clauses(text, document_id, meta.title, given)
    return Document(
        document_id=document_id,
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
        clauses=outline.clauses,
        source_map=source_map,
        doubts=outline.doubts,
    )


def slug(title: str) -> str:
    """A title as an id: letters, digits and Chinese characters, the rest as single hyphens, at most 60 characters."""
    words = re.sub(r"[^0-9A-Za-z\u3400-\u9fff]+", "-", title).strip("-").lower()
    return words[:60].strip("-") or "document"


def make_id(meta: Metadata) -> str:
    """The id of a new document: its slug, with the year where the date is known."""
    return slug(meta.title) + (f"-{meta.date[:4]}" if meta.date else "")
