"""Pointing mentions of documents and articles at what the library holds, whenever a document comes in."""

import sqlite3

from corpus.models import Document
from corpus.references import normal_number, title_key

_FOUND_DOCUMENT = """
SELECT with_check(document_id) FROM documents
WHERE current AND (title_key = mentions.key OR number_key = mentions.key) LIMIT 1
"""
_FOUND_ARTICLE = """
SELECT with_check(clause_id) FROM clauses WHERE clause_id = (
    SELECT document_id FROM documents
    WHERE current AND title_key = substr(mentions.key, 1, instr(mentions.key, '#') - 1) LIMIT 1
) || '/' || substr(mentions.key, instr(mentions.key, '#') + 1)
"""


def resolve(connection: sqlite3.Connection, document: Document) -> None:
    """Point the mentions of this document at it, and its own mentions at the documents that are there."""
    title = title_key(document.title)
    keys = (title, normal_number(document.doc_number) if document.doc_number else title)
    connection.execute(f"UPDATE mentions SET resolved = ({_FOUND_DOCUMENT}) WHERE key IN (?, ?)", keys)
    connection.execute(
        f"UPDATE mentions SET resolved = ({_FOUND_ARTICLE}) WHERE key > ? || '#' AND key < ? || '$'", (title, title)
    )
    own = "WHERE document_id = ? AND key IS NOT NULL AND instr(key, '#')"
    connection.execute(f"UPDATE mentions SET resolved = ({_FOUND_DOCUMENT}) {own} = 0", (document.document_id,))
    connection.execute(f"UPDATE mentions SET resolved = ({_FOUND_ARTICLE}) {own} > 0", (document.document_id,))
