"""The library: documents with their original bytes and their clauses in one SQLite file.

The library is the truth; an index can always be built from it again. A change is one transaction: it is
there whole or not at all. One `Library` serves many threads; each opens its own connection.
"""

import hashlib
import json
import sqlite3
import threading
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

from corpus.documents import make_document
from corpus.errors import BrokenLibrary, NotFound
from corpus.models import Clause, Document, DocumentInfo, Doubt, Duty, Node, Reference, SourceSpan, Target

FILE = "library.sqlite"
VERSION = 1
_SCHEMA = """
CREATE TABLE document (
    row INTEGER PRIMARY KEY, document_id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL,
    region TEXT, issuer TEXT, doc_number TEXT, date TEXT, dates TEXT NOT NULL, implements TEXT NOT NULL,
    origins TEXT NOT NULL, source_name TEXT NOT NULL, source_sha256 TEXT NOT NULL, original BLOB NOT NULL,
    nodes TEXT NOT NULL, source_map TEXT NOT NULL, doubts TEXT NOT NULL
);
CREATE TABLE clause (
    clause_id TEXT PRIMARY KEY, document_row INTEGER NOT NULL REFERENCES document(row) ON DELETE CASCADE,
    position INTEGER NOT NULL, record TEXT NOT NULL
);
CREATE INDEX clause_order ON clause (document_row, position);
"""
_INFO = """SELECT document_id, title, region, issuer, doc_number, date, dates, implements, origins, source_name,
    length(text), (SELECT count(*) FROM clause WHERE document_row = document.row), json_array_length(doubts)
    FROM document"""


class Library:
    """The documents of one home folder."""

    def __init__(self, path: Path) -> None:
        """Use `Library.open`."""
        self._path = path
        self._threads = threading.local()

    @classmethod
    def open(cls, home: Path) -> "Library":
        """Open or create the library in `home`; raise BrokenLibrary where the file is not one of this version."""
        home.mkdir(parents=True, exist_ok=True)
        library = cls(home / FILE)
        try:
            with library._connection as connection:
                version = connection.execute("PRAGMA user_version").fetchone()[0]
                if version == 0:
                    connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
                    version = VERSION
        except sqlite3.DatabaseError as error:
            raise BrokenLibrary(
                f"{library._path} is not a library of Tiaowen ({error}); move it away and add the documents again."
            ) from error
        if version != VERSION:
            raise BrokenLibrary(
                f"{library._path} was written by another version (format {version}, this one reads {VERSION}); "
                "add its documents to a new home folder."
            )
        return library

    @property
    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._path, timeout=30)
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            self._threads.connection = connection
        return connection

    def close(self) -> None:
        """Close this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._threads, "connection", None)
        if connection is not None:
            connection.close()
            self._threads.connection = None

    def add(self, path: Path, **supplied: Any) -> Document:
        """Add the document in a file; see `add_bytes`."""
        return self.add_bytes(path.name, path.read_bytes(), **supplied)

    def add_bytes(self, name: str, content: bytes, **supplied: Any) -> Document:
        """Add a document and return it.

        The same bytes added again change nothing unless something else is supplied; a document of the same id
        is replaced. Raises UnreadableFile, with nothing written, when the bytes hold no document.
        """
        document = make_document(name, content, supplied)
        with self._connection as connection:
            connection.execute("DELETE FROM document WHERE document_id = ?", (document.document_id,))
            row = connection.execute(
                f"INSERT INTO document VALUES (NULL{', ?' * 16})",
                (
                    document.document_id, document.title, document.text, document.region, document.issuer,
                    document.doc_number, document.date, _json(dict(document.dates)), _json(document.implements),
                    _json(dict(document.origins)), document.source_name, document.source_sha256, content,
                    _json([asdict(node) for node in document.nodes]),
                    _json([asdict(span) for span in document.source_map]),
                    _json([asdict(doubt) for doubt in document.doubts]),
                ),
            ).lastrowid  # fmt: skip
            connection.executemany(
                "INSERT INTO clause VALUES (?, ?, ?, ?)",
                [
                    (clause.clause_id, row, position, _json(asdict(clause)))
                    for position, clause in enumerate(document.clauses)
                ],
            )
        return document

    def add_samples(self) -> None:
        """Add the two documents that ship with the project."""
        folder = files("corpus") / "samples"
        catalog = tomllib.loads((folder / "catalog.toml").read_text(encoding="utf-8"))
        for entry in catalog["document"]:
            name = entry.pop("file")
            entry["implements"] = tuple(entry["implements"])
            self.add_bytes(name, (folder / name).read_bytes(), **entry)

    def remove(self, document_id: str) -> None:
        """Remove a document; raise NotFound where there is none of that id."""
        with self._connection as connection:
            if not connection.execute("DELETE FROM document WHERE document_id = ?", (document_id,)).rowcount:
                raise NotFound(_no_document(document_id))

    def documents(self) -> list[DocumentInfo]:
        """Metadata and counts of all documents, in the order in which they were added."""
        return [
            DocumentInfo(*row[:6], json.loads(row[6]), tuple(json.loads(row[7])), json.loads(row[8]), *row[9:])
            for row in self._connection.execute(f"{_INFO} ORDER BY row")
        ]

    def document(self, document_id: str) -> Document:
        """A document with its text, outline and clauses; raise NotFound where there is none of that id."""
        found = self._connection.execute(
            "SELECT row, title, text, region, issuer, doc_number, date, dates, implements, origins, source_name, "
            "source_sha256, nodes, source_map, doubts FROM document WHERE document_id = ?",
            (document_id,),
        ).fetchone()
        if found is None:
            raise NotFound(_no_document(document_id))
        row, title, text, region, issuer, number, date, dates, implements, origins, name, digest, *rest = found
        nodes, source_map, doubts = (json.loads(each) for each in rest)
        return Document(
            document_id=document_id, title=title, text=text, region=region, issuer=issuer, doc_number=number,
            date=date, dates=json.loads(dates), implements=tuple(json.loads(implements)),
            origins=json.loads(origins), source_name=name, source_sha256=digest,
            nodes=tuple(Node(**node) for node in nodes), clauses=tuple(self._clauses_of(row)),
            source_map=tuple(SourceSpan(**span) for span in source_map),
            doubts=tuple(Doubt(**doubt) for doubt in doubts),
        )  # fmt: skip

    def clauses(self) -> Iterator[Clause]:
        """All clauses, document by document, in order."""
        for (row,) in self._connection.execute("SELECT row FROM document ORDER BY row").fetchall():
            yield from self._clauses_of(row)

    def clause(self, clause_id: str) -> Clause:
        """One clause; raise NotFound where there is none of that id."""
        found = self._connection.execute("SELECT record FROM clause WHERE clause_id = ?", (clause_id,)).fetchone()
        if found is None:
            raise NotFound(f"The library holds no clause {clause_id!r}; `tiaowen show DOCUMENT` lists those of a document.")
        return _clause(json.loads(found[0]))

    def original(self, document_id: str) -> tuple[str, bytes]:
        """File name and bytes of a document as they were added; raise NotFound where there is none of that id."""
        found: tuple[str, bytes] | None = self._connection.execute(
            "SELECT source_name, original FROM document WHERE document_id = ?", (document_id,)
        ).fetchone()
        if found is None:
            raise NotFound(_no_document(document_id))
        return found

    def digest(self) -> str:
        """A digest of the content: changes whenever a document is added, changed or removed."""
        digest = hashlib.sha256()
        for row in self._connection.execute(
            "SELECT document_id, source_sha256, title, region, issuer, doc_number, date FROM document ORDER BY row"
        ):
            digest.update(_json(row).encode())
        return digest.hexdigest()

    def _clauses_of(self, row: int) -> Iterator[Clause]:
        records = self._connection.execute(
            "SELECT record FROM clause WHERE document_row = ? ORDER BY position", (row,)
        ).fetchall()
        return (_clause(json.loads(record)) for (record,) in records)


def _clause(record: Mapping[str, Any]) -> Clause:
    return Clause(
        **{
            **record,
            "path": tuple(record["path"]),
            "duties": tuple(Duty(**duty) for duty in record["duties"]),
            "targets": tuple(Target(**target) for target in record["targets"]),
            "references": tuple(Reference(**reference) for reference in record["references"]),
        }
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _no_document(document_id: str) -> str:
    return f"The library holds no document {document_id!r}; `tiaowen list` names those it holds."
