"""The tables of the library and the way between their rows and the records of `models`."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from corpus import seals
from corpus.models import Clause, Document, DocumentInfo, Doubt, Duty, Node, Reference, SourceSpan, Target

VERSION = 1
TABLES = """
CREATE TABLE IF NOT EXISTS documents (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    document_id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL, title_key TEXT NOT NULL, number_key TEXT,
    region TEXT, issuer TEXT, doc_number TEXT, date TEXT,
    more TEXT NOT NULL,
    source_name TEXT NOT NULL, source_sha256 TEXT NOT NULL, source BLOB NOT NULL,
    text TEXT NOT NULL, outline TEXT NOT NULL, doubts INTEGER NOT NULL, clause_count INTEGER NOT NULL,
    digest TEXT NOT NULL, current INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX IF NOT EXISTS documents_title ON documents(title_key);
CREATE INDEX IF NOT EXISTS documents_source ON documents(source_sha256);
CREATE TABLE IF NOT EXISTS clauses (
    clause_id TEXT PRIMARY KEY, document_id TEXT NOT NULL, ordinal INTEGER NOT NULL,
    path TEXT NOT NULL, label TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, sha256 TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS clauses_document ON clauses(document_id, ordinal);
CREATE TABLE IF NOT EXISTS duties (
    clause_id TEXT NOT NULL, document_id TEXT NOT NULL, role TEXT, department TEXT, start INTEGER, "end" INTEGER
);
CREATE INDEX IF NOT EXISTS duties_clause ON duties(clause_id);
CREATE INDEX IF NOT EXISTS duties_department ON duties(department);
CREATE TABLE IF NOT EXISTS targets (
    clause_id TEXT NOT NULL, document_id TEXT NOT NULL, subject TEXT, comparison TEXT, value TEXT, unit TEXT, year TEXT,
    start INTEGER, "end" INTEGER
);
CREATE INDEX IF NOT EXISTS targets_clause ON targets(clause_id);
CREATE TABLE IF NOT EXISTS mentions (
    clause_id TEXT NOT NULL, document_id TEXT NOT NULL, kind TEXT, text TEXT, target TEXT, start INTEGER, "end" INTEGER,
    key TEXT, resolved TEXT
);
CREATE INDEX IF NOT EXISTS mentions_clause ON mentions(clause_id);
CREATE INDEX IF NOT EXISTS mentions_key ON mentions(key);
CREATE TABLE IF NOT EXISTS aliases (alias TEXT PRIMARY KEY, clause_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS seals (name TEXT PRIMARY KEY, document_id TEXT NOT NULL, seal TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS seals_document ON seals(document_id);
"""
PARTS = ("clauses", "duties", "targets", "mentions", "seals")

_CLAUSES = """
SELECT c.clause_id, c.document_id, c.path, c.label, substr(d.text, c.start + 1, c."end" - c.start),
    c.start, c."end", c.sha256, c.ordinal
FROM clauses c JOIN documents d USING (document_id) WHERE {where} ORDER BY d.position, c.ordinal
"""


def info_of(row: sqlite3.Row) -> DocumentInfo:
    """The list entry of a row of `documents` with its seal `sealed`.  Raises BrokenLibrary where it does not fit."""
    seals.check(seals.info_seal(row), row["sealed"], f"文件 {row['document_id']} 的信息")
    more = json.loads(row["more"])
    return DocumentInfo(
        row["document_id"],
        row["title"],
        row["region"],
        row["issuer"],
        row["doc_number"],
        row["date"],
        more["dates"],
        tuple(more["implements"]),
        more["origins"],
        row["source_name"],
        row["characters"],
        row["clause_count"],
        row["doubts"],
        bool(row["current"]),
    )


def document_of(row: sqlite3.Row, clauses: tuple[Clause, ...]) -> Document:
    """The document of a row of `documents` with its seals, and its clauses.  Raises BrokenLibrary."""
    name = f"文件 {row['document_id']} "
    seals.check(seals.info_seal(row), row["sealed"], name)
    seals.check(seals.body_seal(row), row["sealed_body"], name)
    if len(clauses) != row["clause_count"]:
        seals.check("", None, name)
    more, outline = json.loads(row["more"]), json.loads(row["outline"])
    return Document(
        document_id=row["document_id"],
        title=row["title"],
        text=row["text"],
        region=row["region"],
        issuer=row["issuer"],
        doc_number=row["doc_number"],
        date=row["date"],
        dates=more["dates"],
        implements=tuple(more["implements"]),
        origins=more["origins"],
        source_name=row["source_name"],
        source_sha256=row["source_sha256"],
        nodes=tuple(Node(*node) for node in outline["nodes"]),
        clauses=clauses,
        source_map=tuple(SourceSpan(*span) for span in outline["map"]),
        doubts=tuple(Doubt(*doubt) for doubt in outline["doubts"]),
    )


def outline_json(document: Document) -> str:
    """Nodes, source map and doubts as one text."""
    return json.dumps(
        {
            "nodes": [(n.kind, n.start, n.end, n.depth, n.address) for n in document.nodes],
            "map": [(s.start, s.source_start, s.length, s.page) for s in document.source_map],
            "doubts": [(d.kind, d.start, d.message) for d in document.doubts],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def read_clauses(connection: sqlite3.Connection, where: str, values: Iterable[object] = ()) -> Iterator[Clause]:
    """The clauses that a condition on `c` (clauses) and `d` (documents) selects, in the library's order.

    Raises BrokenLibrary where one is not as it was written.
    """
    for row, duties, targets, mentions, sealed in _clause_rows(connection, where, values):
        clause_id, document_id, path, label, text, start, end, sha, _ = row
        seals.check_text(text, sha, f"条文 {clause_id} ")
        seals.check(_clause_seal(row, duties, targets, mentions), sealed, f"条文 {clause_id} ")
        yield Clause(
            clause_id,
            document_id,
            tuple(json.loads(path)),
            label,
            text,
            start,
            end,
            sha,
            tuple(Duty(*each) for each in duties),
            tuple(Target(*each) for each in targets),
            tuple(
                Reference(kind, words, seals.without_check(resolved) if target is None else target, begin, stop)
                for kind, words, target, begin, stop, _, resolved in mentions
            ),
        )


def seal_document(connection: sqlite3.Connection, document_id: str) -> None:
    """Write the seals of a document whose rows are complete."""
    row = connection.execute("SELECT * FROM documents WHERE document_id = ?", (document_id,)).fetchone()
    found = [("i:" + document_id, seals.info_seal(row)), ("b:" + document_id, seals.body_seal(row))]
    for clause, duties, targets, mentions, _ in _clause_rows(connection, "c.document_id = ?", (document_id,)):
        found.append(("c:" + clause[0], _clause_seal(clause, duties, targets, mentions)))
    connection.executemany("INSERT INTO seals VALUES (?, ?, ?)", [(name, document_id, seal) for name, seal in found])


def _clause_seal(row: tuple[Any, ...], duties: list[Any], targets: list[Any], mentions: list[Any]) -> str:
    """Without the text, which has its hash, and without what a mention resolves to, which other documents decide."""
    return seals.clause_seal([*row[:4], *row[5:]], duties, targets, [each[:-1] for each in mentions])


def _clause_rows(
    connection: sqlite3.Connection, where: str, values: Iterable[object]
) -> Iterator[tuple[tuple[Any, ...], list[Any], list[Any], list[Any], str | None]]:
    """Rows of clauses with the rows of their duties, targets and mentions, and their seals."""
    rows = connection.execute(_CLAUSES.format(where=where), tuple(values))
    for _, group in groupby(rows, key=lambda row: row[1]):
        batch = [tuple(row) for row in group]
        # One clause is looked up by its id, more by their document: both are indexed.
        field, value = ("clause_id", batch[0][0]) if len(batch) == 1 else ("document_id", batch[0][1])
        duties = _by_clause(connection, f'role, department, start, "end" FROM duties WHERE {field} = ?', value)
        targets = _by_clause(
            connection, f'subject, comparison, value, unit, year, start, "end" FROM targets WHERE {field} = ?', value
        )
        mentions = _by_clause(
            connection, f'kind, text, target, start, "end", key, resolved FROM mentions WHERE {field} = ?', value
        )
        named = ("name", f"c:{value}") if field == "clause_id" else (field, value)
        sealed = dict(connection.execute(f"SELECT name, seal FROM seals WHERE {named[0]} = ?", (named[1],)).fetchall())
        for row in batch:
            yield row, duties[row[0]], targets[row[0]], mentions[row[0]], sealed.get(f"c:{row[0]}")


def _by_clause(connection: sqlite3.Connection, what: str, value: str) -> defaultdict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for clause_id, *rest in connection.execute(f"SELECT clause_id, {what} ORDER BY rowid", (value,)):
        found[clause_id].append(rest)
    return found


def write_parts(connection: sqlite3.Connection, document: Document, keys: list[tuple[str | None, ...]]) -> None:
    """Insert the clauses of a document and what stands in them; keys: for each clause, the keys of its mentions."""
    for ordinal, clause in enumerate(document.clauses):
        ids = (clause.clause_id, document.document_id)
        connection.execute(
            "INSERT INTO clauses VALUES (?,?,?,?,?,?,?,?)",
            (
                *ids,
                ordinal,
                json.dumps(clause.path, ensure_ascii=False),
                clause.label,
                clause.start,
                clause.end,
                clause.sha256,
            ),
        )
        connection.executemany(
            "INSERT INTO duties VALUES (?,?,?,?,?,?)",
            [(*ids, d.role, d.department, d.start, d.end) for d in clause.duties],
        )
        connection.executemany(
            "INSERT INTO targets VALUES (?,?,?,?,?,?,?,?,?)",
            [(*ids, t.subject, t.comparison, t.value, t.unit, t.year, t.start, t.end) for t in clause.targets],
        )
        connection.executemany(
            "INSERT INTO mentions VALUES (?,?,?,?,?,?,?,?,NULL)",
            [
                (*ids, r.kind, r.text, r.target, r.start, r.end, key)
                for r, key in zip(clause.references, keys[ordinal], strict=True)
            ],
        )
