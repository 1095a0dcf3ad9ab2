"""What becomes of a document when another under the same title comes in: a version beside it, or its successor.

Texts of different days are versions side by side, of which the latest is current; a text of the same day, or of a day
that is not known, takes the place of the old one, whose addresses lead on to the clauses that took over.
"""

import sqlite3
from collections.abc import Iterable

from corpus.document import rename, slug
from corpus.models import Clause, Document


def successors(before: Iterable[Clause], after: Iterable[Clause]) -> dict[str, str]:
    """For each address that is gone, the clause that carries on: the same text, else the same title."""
    after = list(after)
    ids = {clause.clause_id for clause in after}
    by_text = {clause.sha256: clause.clause_id for clause in reversed(after)}
    by_label = {_label_key(clause): clause.clause_id for clause in reversed(after)}
    found: dict[str, str] = {}
    for clause in before:
        if clause.clause_id not in ids:
            successor = by_text.get(clause.sha256) or by_label.get(_label_key(clause))
            if successor:
                found[clause.clause_id] = successor
    return found


def _label_key(clause: Clause) -> str:
    words = clause.path[-1] if clause.path else clause.label
    return words.lstrip("（）()一二三四五六七八九十0123456789.、．第条 ")


def same_day(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def free_id(document: Document, taken: set[str]) -> Document:
    """The document under an id that is not taken: with the whole date, then with a number."""
    if document.document_id not in taken:
        return document
    base = slug(document.title)
    choices = [f"{base}-{document.date}"] if document.date else []
    choices += [f"{document.document_id}-{n}" for n in range(2, len(taken) + 3)]
    return rename(document, next(choice for choice in choices if choice not in taken))


def choose_current(connection: sqlite3.Connection, key: str) -> None:
    """Of the versions under one title the latest is the current one."""
    rows = connection.execute(
        "SELECT document_id FROM documents WHERE title_key = ? ORDER BY coalesce(date, '') DESC, position DESC", (key,)
    ).fetchall()
    for i, row in enumerate(rows):
        connection.execute("UPDATE documents SET current = ? WHERE document_id = ?", (int(i == 0), row[0]))
