"""What `tiaowen show` prints: a document, a clause, a paragraph or item of an article, or a document's doubts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corpus.errors import NotFound
from corpus.origin import places_of
from server import console, views
from server.printing import print_clause, print_document, print_doubts

if TYPE_CHECKING:
    from corpus.library import Library


def show_document(library: Library, document_id: str, as_json: bool) -> None:
    """A document's metadata and text."""
    document = library.document(document_id)
    if as_json:
        console.print_json(views.document_response(document))
    else:
        print_document(console.results(), document)


def show_doubts(library: Library, document_id: str, as_json: bool) -> None:
    """What looked wrong in a document's numbering."""
    document = library.document(document_id)
    if as_json:
        doubts = [{"kind": d.kind, "start": d.start, "message": d.message} for d in document.doubts]
        console.print_json({"document_id": document.document_id, "doubts": doubts})
    else:
        print_doubts(console.results(), document)


def show_clause(library: Library, name: str, as_json: bool) -> None:
    """A clause with its neighbours, or a part of one: `药品管理法-2019/39/2.3`."""
    try:
        clause = library.clause(name)
    except NotFound:
        if name.count("/") < 2:
            raise
        _show_part(library, name, as_json)
        return
    document = library.document(clause.document_id)
    body = views.clause_response(clause, document)
    if as_json:
        console.print_json(body)
        return
    places = places_of(document.source_map, clause.start, clause.end)
    pages = sorted({place.page for place in places if place.page is not None})
    print_clause(console.results(), body, pages)


def _show_part(library: Library, address: str, as_json: bool) -> None:
    clause, part = library.part(address)
    words = clause.text[part.start : part.end]
    label = clause.label + part.label
    if as_json:
        source = {"start": clause.start + part.start, "end": clause.start + part.end}
        console.print_json(
            {"clause_id": clause.clause_id, "part": part.address, "label": label, "text": words, "source": source}
        )
    else:
        console.results().print(f"{label}\n{words}", markup=False)
