"""From the bytes of a file to a `Document`: read, clean, recognise, cut."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from corpus.cleaning import clean
from corpus.clauses import cut_clauses
from corpus.errors import UnreadableFile
from corpus.metadata import FIELDS, printed_title, read_metadata
from corpus.models import Document
from corpus.readers import read_file

_NOT_IN_ID = re.compile(r"[^\w一-鿿-]+")


def make_document(name: str, content: bytes, supplied: Mapping[str, Any]) -> Document:
    """The document in a file.

    `supplied` corrects what the text says: `document_id` and the names in `corpus.metadata.FIELDS`. Raises
    UnreadableFile for bytes that hold no document.
    """
    unknown = supplied.keys() - {*FIELDS, "document_id", "origins"}
    if unknown:
        raise TypeError(f"unknown metadata {', '.join(sorted(unknown))}; known are document_id, {', '.join(FIELDS)}")
    text, source_map = clean(read_file(name, content))
    if not text:
        raise UnreadableFile(f"{name} holds no visible characters; check that it is the right file.")
    metadata = read_metadata(text, PurePath(name).stem, supplied)
    document_id = supplied.get("document_id") or slug(metadata.title)
    cut = cut_clauses(text, document_id, metadata.title, printed_title(text))
    if not cut.clauses:
        raise UnreadableFile(f"{name} has no paragraph that could be cited; it holds only headings or dates.")
    return Document(
        document_id=document_id,
        title=metadata.title,
        text=text,
        region=metadata.region,
        issuer=metadata.issuer,
        doc_number=metadata.doc_number,
        date=metadata.date,
        dates=metadata.dates,
        implements=metadata.implements,
        origins={**metadata.origins, **supplied.get("origins", {})},
        source_name=name,
        source_sha256=hashlib.sha256(content).hexdigest(),
        nodes=cut.nodes,
        clauses=cut.clauses,
        source_map=source_map,
        doubts=cut.doubts,
    )


def slug(title: str) -> str:
    """A readable id made from a title.

    >>> slug("《中华人民共和国药品管理法》（2019年修订）")
    '中华人民共和国药品管理法-2019年修订'
    """
    return _NOT_IN_ID.sub("-", title).strip("-_")[:60] or "document"
