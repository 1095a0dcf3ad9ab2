"""The library: documents with their original bytes, metadata and clauses, in one SQLite file.

It is the truth from which an index can always be rebuilt.  Every change is one transaction: a file that cannot be read
leaves nothing behind.  Reading is safe from several threads; each has its own connection.
"""

import hashlib
import json
import sqlite3
import threading
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from corpus import isolated, readers
from corpus.database import Connection, connect, told
from corpus.document import parse_document, rename, slug
from corpus.errors import BrokenLibrary, LibraryUnavailable, NotFound, TiaowenError
from corpus.exported import aliases_of, documents_of
from corpus.links import resolve
from corpus.models import Clause, Document, DocumentInfo, Reference
from corpus.parts import Part, cited_spans, find_part, read_address
from corpus.readers import READERS, Source
from corpus.references import normal_number, resolution_key, short_names, title_key
from corpus.schema import (
    PARTS,
    TABLES,
    VERSION,
    document_of,
    info_of,
    outline_json,
    read_clauses,
    seal_document,
    write_parts,
)
from corpus.seals import INFO, check
from corpus.versions import choose_current, free_id, same_day, successors

FILE_NAME = "library.sqlite"
_SEALED = "(SELECT seal FROM seals WHERE name = 'i:' || documents.document_id) AS sealed"
_INFO = f"SELECT {', '.join(INFO)}, length(text) AS characters, current, {_SEALED} FROM documents"
_SEALED_BODY = "(SELECT seal FROM seals WHERE name = 'b:' || documents.document_id) AS sealed_body"
_WHOLE = f"SELECT *, {_SEALED}, {_SEALED_BODY} FROM documents"


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one file: the document, or the sentence that says why not."""

    path: Path
    document: Document | None
    problem: str | None = None


class Library:
    """Documents and clauses by id.  Open one with `Library.open(home)`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()

    @classmethod
    def open(cls, home: Path) -> "Library":
        """The library in a folder, made if it is not there.

        Raises BrokenLibrary where the file is not a library of this version.
        """
        path = home / FILE_NAME
        try:
            home.mkdir(parents=True, exist_ok=True)
            emptied = path.exists() and not path.stat().st_size
        except OSError as error:
            raise LibraryUnavailable(f"不能使用文件夹 {home}（{error.strerror}）；请另选 TIAOWEN_HOME") from error
        if emptied and (home / "index" / "current").exists():
            raise BrokenLibrary(f"{path} 是空的，里面的文件丢了；请从备份恢复，或删去它重新开始")
        library = cls(path)
        version = library._version()
        if version is None:
            library._lay_out()
            version = library._version()
        if version != str(VERSION):
            raise BrokenLibrary(
                f"{library.path} 是第 {version} 版文库，本程序用第 {VERSION} 版；请用相应版本导出后再导入"
            )
        return library

    def _version(self) -> str | None:
        """The version that a library was laid out by; None where that is yet to be done or was done without seals."""
        connection = self._connection()
        held = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "about" not in held:
            return None
        row = connection.execute("SELECT value FROM about WHERE name = 'version'").fetchone()
        return None if row is None or (row[0] == str(VERSION) and "seals" not in held) else str(row[0])

    def _lay_out(self) -> None:
        """Make the tables; seal what an earlier program wrote without seals."""
        with self._writing() as connection:
            sealed = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'seals'").fetchone()
            for statement in TABLES.split(";\n"):
                connection.execute(statement)
            connection.execute("INSERT OR IGNORE INTO about VALUES ('version', ?)", (str(VERSION),))
            if not sealed:
                connection.execute("UPDATE mentions SET resolved = with_check(resolved)")
                for row in connection.execute("SELECT document_id FROM documents").fetchall():
                    seal_document(connection, row[0])
            _count(connection)

    def _connection(self) -> Connection:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self.path)
        return connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # a full disk may have ended it already
                connection.execute("ROLLBACK")
            raise
        # Into the main file at once, as far as readers and the disk let it: there it is sealed, the log is not.
        with suppress(LibraryUnavailable):
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")

    @contextmanager
    def one_state(self) -> Iterator[None]:
        """Whatever this thread reads inside is of one moment, whoever writes meanwhile; it must not write itself."""
        connection = self._connection()
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN")
        try:
            yield
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close this thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    # Reading

    def rows(self, query: str) -> list[sqlite3.Row]:
        """What SQLite answers to a query that only reads; for looking at the tables themselves."""
        return self._connection().execute(query).fetchall()

    def documents(self) -> list[DocumentInfo]:
        """Every document's metadata and counts, in the order they were added."""
        with self.one_state():
            connection = self._connection()
            found = [info_of(row) for row in connection.execute(_INFO + " ORDER BY position").fetchall()]
            held = connection.execute("SELECT value FROM about WHERE name = 'documents'").fetchone()
        if held is None or str(len(found)) != held[0]:
            raise BrokenLibrary(f"{self.path} 应有 {held and held[0]} 份文件，只找到 {len(found)} 份；请从备份恢复")
        return found

    def document(self, document_id: str) -> Document:
        """One document with its text, outline and clauses.  Raises NotFound."""
        connection = self._connection()
        with self.one_state():
            row = connection.execute(_WHOLE + " WHERE document_id = ?", (self._known(document_id),)).fetchone()
            return document_of(row, tuple(read_clauses(connection, "c.document_id = ?", (row["document_id"],))))

    def _known(self, document_id: str) -> str:
        """The id itself, or that of the current version where the id names a document without its year."""
        connection = self._connection()
        found = connection.execute("SELECT document_id FROM documents WHERE document_id = ?", (document_id,)).fetchone()
        if found is None:
            rows = connection.execute(
                "SELECT document_id, title FROM documents WHERE current ORDER BY position"
            ).fetchall()
            found = next(((row[0],) for row in rows if slug(row[1]) == document_id), None)
        if found is None:
            raise NotFound(f"文库里没有文件“{document_id}”；用 tiaowen list 查看已有的文件")
        return str(found[0])

    def clauses(self) -> Iterator[Clause]:
        """Every clause of every document, in order; each document whole, all of one moment inside `one_state`."""
        for info in self.documents():
            with self.one_state():
                found = list(read_clauses(self._connection(), "c.document_id = ?", (info.document_id,)))
            yield from found

    def clause(self, clause_id: str) -> Clause:
        """One clause; an address of an earlier version of its document leads to its successor.  Raises NotFound."""
        with self.one_state():
            return self._clause(clause_id)

    def _clause(self, clause_id: str) -> Clause:
        connection = self._connection()
        found = next(read_clauses(connection, "c.clause_id = ?", (clause_id,)), None)
        if found is None:
            row = connection.execute("SELECT clause_id FROM aliases WHERE alias = ?", (clause_id,)).fetchone()
            if row is not None:
                found = next(read_clauses(connection, "c.clause_id = ?", (row[0],)), None)
        if found is None and "/" in clause_id:
            document_id, address = clause_id.split("/", 1)
            known = self._known(document_id)
            if known != document_id:
                return self._clause(f"{known}/{address}")
        if found is None:
            raise NotFound(f"文库里没有条文“{clause_id}”；用 tiaowen show 查看文件的条文")
        return found

    def part(self, address: str) -> tuple[Clause, Part]:
        """A 款, 项 or 目 by its address, `药品管理法-2019/39/2.3`: the article and the part with its span in it.

        Raises NotFound where the library holds no such article or the article no such part.
        """
        clause_id, _, inner = address.rpartition("/")
        numbers = read_address(inner)
        if not clause_id or numbers is None:
            raise NotFound(f"“{address}”不是款或项的地址；应写作 文件/条/款.项，例如 {clause_id or '某法/39'}/2.3")
        clause = self.clause(clause_id)
        part = find_part(clause.text, numbers)
        if part is None:
            raise NotFound(f"{clause.label}没有{Part(numbers, 0, 0).label}；用 tiaowen show {clause_id} 查看全文")
        return clause, part

    def cited(self, citing: Clause, reference: Reference) -> tuple[Clause, tuple[tuple[int, int], ...]] | None:
        """What a mention in a clause points at: the clause and the spans in its text that are meant.

        第三十九条第二款 gives one span, 前两款 two, an article as a whole all of it.  None where the mention is not
        resolved or leads to a document as a whole.
        """
        if reference.target is None or "/" not in reference.target:
            return None
        target = self.clause(reference.target)
        return target, cited_spans(reference, citing, target)

    def original(self, document_id: str) -> tuple[str, bytes]:
        """The name and bytes of the file a document was read from.  Raises NotFound."""
        with self.one_state():
            row = (
                self._connection()
                .execute(
                    "SELECT source_name, source, source_sha256 FROM documents WHERE document_id = ?",
                    (self._known(document_id),),
                )
                .fetchone()
            )
        if not isinstance(row[1], bytes) or hashlib.sha256(row[1]).hexdigest() != row[2]:
            check("", None, f"文件 {document_id} 的原件")
        return row[0], row[1]

    def digest(self) -> str:
        """A hash of what the library holds; it changes whenever a document or a clause does."""
        rows = self._connection().execute("SELECT document_id, digest, current FROM documents ORDER BY position")
        return hashlib.sha256("\n".join(f"{i} {d} {c}" for i, d, c in rows).encode()).hexdigest()

    # Writing

    def add(self, path: Path, **supplied: object) -> Document:
        """Read a file into the library and return its document.

        supplied: title, region, issuer, doc_number or date (ISO), which go before what the text says.  The same text
        again gives the document that is there, with its facts corrected by what is supplied now; another text under
        the same title and date replaces it and keeps the old addresses; one with another date becomes a version
        beside it.  Raises UnreadableFile.
        """
        return self.add_source(isolated.read_file(path), supplied=supplied)

    def add_bytes(self, name: str, data: bytes, **supplied: object) -> Document:
        """The same for a file in memory."""
        return self.add_source(isolated.read_bytes(name, data), supplied=supplied)

    def add_many(self, paths: Iterable[Path]) -> Iterator[Added]:
        """Add files and the files of folders, one after another; a bad one is reported and the rest go on."""
        for path in expand(paths):
            try:
                yield Added(path, self.add(path))
            except TiaowenError as error:
                yield Added(path, None, str(error))

    def add_samples(self) -> list[Document]:
        """The two documents that ship with the project."""
        folder = files("corpus") / "samples"
        catalog = tomllib.loads((folder / "catalog.toml").read_text(encoding="utf-8"))
        return [
            self.add_source(
                readers.read_bytes(entry["file"], (folder / entry["file"]).read_bytes()),
                document_id=entry["id"],
                supplied=entry,
                origins=entry["origins"],
            )
            for entry in catalog["document"]
        ]

    def add_source(
        self,
        source: Source,
        *,
        document_id: str | None = None,
        supplied: Mapping[str, object] | None = None,
        origins: Mapping[str, str] | None = None,
        keep: bool = False,
    ) -> Document:
        """Add what a reader read; see `add`.  keep: a document that is there stays, whatever text comes."""
        held = self._same_file(source)
        supplied = {**_supplied(held), **(supplied or {})}
        document = parse_document(source, document_id, supplied=supplied, origins=origins)
        with self._writing() as connection:
            if held is not None and document_id in (None, held["document_id"]):
                # The file is there: its facts are corrected, if any differ.
                if not _adds_facts(connection, held["document_id"], document):
                    return self.document(held["document_id"])
                document = rename(document, held["document_id"])
                self._write(connection, document, source, held["document_id"])
                return self.document(document.document_id)
            rows = connection.execute(
                "SELECT document_id, date, text, title FROM documents WHERE title_key = ? OR document_id = ?",
                (title_key(document.title), document.document_id),
            ).fetchall()
            same = [
                r
                for r in rows
                if r["text"] == document.text and r["title"] == document.title and same_day(r["date"], document.date)
            ]
            if same and not _adds_facts(connection, same[0]["document_id"], document):
                return self.document(same[0]["document_id"])
            replaced = next((r["document_id"] for r in rows if same_day(r["date"], document.date)), None)
            if keep and replaced is not None:
                return self.document(replaced)
            if replaced is None and document_id is None:
                document = free_id(
                    document, {row[0] for row in connection.execute("SELECT document_id FROM documents")}
                )
            elif replaced is not None and replaced != document.document_id:
                document = rename(document, document_id or replaced)
            self._write(connection, document, source, replaced)
        return self.document(document.document_id)

    def _same_file(self, source: Source) -> sqlite3.Row | None:
        """The row of the document that was read from these bytes."""
        row: sqlite3.Row | None = (
            self._connection()
            .execute("SELECT * FROM documents WHERE source_sha256 = ? ORDER BY position LIMIT 1", (source.sha256,))
            .fetchone()
        )
        return row

    def _write(self, connection: sqlite3.Connection, document: Document, source: Source, replaced: str | None) -> None:
        before: list[Clause] = []
        position = None
        if replaced is not None:
            before = list(read_clauses(connection, "c.document_id = ?", (replaced,)))
            position, old_key = connection.execute(
                "SELECT position, title_key FROM documents WHERE document_id = ?", (replaced,)
            ).fetchone()
            _delete(connection, replaced)
            choose_current(connection, old_key)
        more = {"dates": dict(document.dates), "implements": document.implements, "origins": dict(document.origins)}
        number = normal_number(document.doc_number) if document.doc_number else None
        connection.execute(
            "INSERT INTO documents VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,1)",
            (
                position,
                document.document_id,
                document.title,
                title_key(document.title),
                number,
                document.region,
                document.issuer,
                document.doc_number,
                document.date,
                json.dumps(more, ensure_ascii=False),
                document.source_name,
                document.source_sha256,
                source.data,
                document.text,
                outline_json(document),
                len(document.doubts),
                len(document.clauses),
                _digest(document),
            ),
        )
        names = short_names(document.text)
        keys = [tuple(resolution_key(c.text, r, names) for r in c.references) for c in document.clauses]
        write_parts(connection, document, keys)
        seal_document(connection, document.document_id)
        _count(connection)
        for alias, clause_id in successors(before, document.clauses).items():
            connection.execute("INSERT OR REPLACE INTO aliases VALUES (?, ?)", (alias, clause_id))
            connection.execute("UPDATE aliases SET clause_id = ? WHERE clause_id = ?", (clause_id, alias))
        connection.execute("DELETE FROM aliases WHERE alias IN (SELECT clause_id FROM clauses)")
        choose_current(connection, title_key(document.title))
        resolve(connection, document)

    def remove(self, document_id: str) -> None:
        """Take a document out.  Raises NotFound."""
        with self._writing() as connection:
            known = self._known(document_id)
            (key,) = connection.execute("SELECT title_key FROM documents WHERE document_id = ?", (known,)).fetchone()
            _delete(connection, known)
            _count(connection)
            connection.execute("DELETE FROM aliases WHERE clause_id LIKE ? || '/%'", (known,))
            connection.execute(
                "UPDATE mentions SET resolved = NULL WHERE resolved = with_check(?1) OR resolved LIKE ?1 || '/%'",
                (known,),
            )
            choose_current(connection, key)

    def export(self, path: Path) -> None:
        """Write the whole library as one file that `import_from` reads; complete or not there at all."""
        temporary = path.with_name(path.name + ".part")
        temporary.unlink(missing_ok=True)
        try:
            with closing(sqlite3.connect(temporary)) as copy:
                self._connection().backup(copy)
                copy.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.Error as error:
            raise told(error, path) from error
        temporary.replace(path)

    def import_from(self, path: Path) -> list[str]:
        """Add every document of an exported library that is not here yet; their ids.  One that is here stays as it is,
        also where the exported one has another text.  Raises BrokenLibrary.
        """
        added: list[str] = []
        for document_id, name, data, given, origins in documents_of(path):
            held = {info.document_id for info in self.documents()}
            if document_id in held:
                continue
            source = isolated.read_bytes(name, data)
            document = self.add_source(source, document_id=document_id, supplied=given, origins=origins, keep=True)
            if document.document_id not in held:
                added.append(document.document_id)
        aliases = aliases_of(path)
        with self._writing() as connection:
            connection.executemany("INSERT OR IGNORE INTO aliases VALUES (?, ?)", aliases)
        return added


def expand(paths: Iterable[Path]) -> Iterator[Path]:
    """The files named, and in folders the files of known formats, in order of name; no link leads out of a folder."""
    for path in paths:
        if path.is_dir():
            inside = path.resolve()
            yield from sorted(
                p
                for p in path.rglob("*")
                if p.suffix.lower() in READERS and p.is_file() and p.resolve().is_relative_to(inside)
            )
        else:
            yield path


def _supplied(row: sqlite3.Row | None) -> dict[str, object]:
    """What a person said of a document when it was added."""
    if row is None:
        return {}
    return {name: row[name] for name, origin in json.loads(row["more"])["origins"].items() if origin == "supplied"}


def _adds_facts(connection: sqlite3.Connection, document_id: str, document: Document) -> bool:
    """Whether the metadata of a document that is already there would change."""
    row = connection.execute("SELECT * FROM documents WHERE document_id = ?", (document_id,)).fetchone()
    supplied = [name for name, origin in document.origins.items() if origin == "supplied"]
    return any(name in row.keys() and row[name] != getattr(document, name) for name in supplied)  # noqa: SIM118


def _digest(document: Document) -> str:
    content = [
        document.title,
        document.region,
        document.source_sha256,
        *(f"{c.clause_id} {c.sha256} {c.label}" for c in document.clauses),
    ]
    return hashlib.sha256("\n".join(map(str, content)).encode()).hexdigest()


def _count(connection: sqlite3.Connection) -> None:
    """Keep how many documents there are, so that one that damage makes invisible is missed."""
    connection.execute("INSERT OR REPLACE INTO about SELECT 'documents', count(*) FROM documents")


def _delete(connection: sqlite3.Connection, document_id: str) -> None:
    for table in ("documents", *PARTS):
        connection.execute(f"DELETE FROM {table} WHERE document_id = ?", (document_id,))
