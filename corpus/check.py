"""Look at everything a library keeps: what the seals do not cover, and whether every document can still be read.

Used by `tiaowen doctor --deep`; reading a document checks its seals anyway.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus.errors import BrokenLibrary, NotFound
from corpus.library import Library
from corpus.models import Document


def damage(library: Library) -> Iterator[str]:
    """What is wrong, a sentence each; nothing for a sound library.  Raises LibraryUnavailable."""
    try:
        yield from _structure(library)
        infos = library.documents()
    except BrokenLibrary as error:
        yield str(error)
        return
    for info in infos:
        try:
            library.original(info.document_id)
            document = library.document(info.document_id)
        except (BrokenLibrary, NotFound) as error:
            yield str(error)
        else:
            yield from _outline(document)
    yield from _links(library)


def _structure(library: Library) -> Iterator[str]:
    for row in library.rows("PRAGMA integrity_check(20)"):
        if row[0] != "ok":
            yield f"{library.path} 的结构损坏了（{row[0]}）；请从备份恢复"
    for row in library.rows(
        "SELECT title_key FROM documents GROUP BY title_key HAVING sum(current) <> 1 OR max(current) <> 1"
    ):
        yield f"《{row[0]}》应有一个现行版本；请重新添加它的一个文件"


def _outline(document: Document) -> Iterator[str]:
    """A document is its nodes, joined, and a clause a span of it."""
    at = 0
    for node in document.nodes:
        if node.start != at:
            yield f"文件 {document.document_id} 的结构在第 {at} 字处断开；请移除后重新添加"
            return
        at = node.end
    if at != len(document.text) or any(c.text != document.text[c.start : c.end] for c in document.clauses):
        yield f"文件 {document.document_id} 的结构与正文不符；请移除后重新添加"


def _links(library: Library) -> Iterator[str]:
    """Old addresses and mentions lead to what the library holds."""
    lost = (
        "SELECT alias, clause_id FROM aliases WHERE clause_id NOT IN (SELECT clause_id FROM clauses)",
        "SELECT clause_id, resolved FROM mentions WHERE resolved IS NOT NULL AND resolved NOT IN "
        "(SELECT with_check(clause_id) FROM clauses UNION SELECT with_check(document_id) FROM documents)",
    )
    for query in lost:
        for name, target in library.rows(query):
            yield f"{name} 所指的 {target} 不在文库里；请重新添加有关的文件"
