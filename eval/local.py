"""The library and the index of this process, seen as the functions that are measured.

A set may ask about documents that ship for measuring only, in `eval/documents`. What holds them is a temporary copy
of the library, indexed with the same encoder: nobody's own library is changed by being measured.

Modes "lexical", "dense" and "hybrid" search with one part of the index or two, and know nothing of the
question but its words. Mode "full" ranks as a reader sees it, with what the question was understood to name,
and can be asked as well.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from weakref import finalize

import corpus
import index
from corpus.errors import NotFound, TiaowenError
from corpus.library import FILE_NAME, Library
from corpus.models import Clause, Document, DocumentInfo
from corpus.readers import read_file
from eval.evaluate import Search
from eval.parts import IndexWithout
from index.build import build_index, open_current, passages_of
from index.clause_index import ClauseIndex
from index.encoders import StaticEncoder
from qa.answer import answer_question, search_clauses
from qa.seams import Reader

MODES = ("lexical", "dense", "hybrid", "full")
DOCUMENTS = Path(__file__).parent / "documents"
"""The documents that ship for measuring, each in a file named by its id."""


class _KeptClauses:
    """A library whose clauses are read once and kept: for rankings that are not timed.

    Reading a hundred clauses a question is what a reader waits for, and most of what a measurement would spend twice.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._clauses: dict[str, Clause] = {}

    def clause(self, clause_id: str) -> Clause:
        if clause_id not in self._clauses:
            self._clauses[clause_id] = self._library.clause(clause_id)
        return self._clauses[clause_id]

    def clauses(self) -> Iterable[Clause]:
        return self._library.clauses()

    def document(self, document_id: str) -> Document:
        return self._library.document(document_id)

    def documents(self) -> Iterable[DocumentInfo]:
        return self._library.documents()

    def digest(self) -> str:
        return self._library.digest()


class LocalSource:
    """`library` and `clause_index` as functions; documents are read once and kept while measuring."""

    def __init__(self, library: Library, clause_index: ClauseIndex) -> None:
        self._use(library, clause_index)

    def _use(self, library: Library, clause_index: ClauseIndex) -> None:
        self.library = library
        self.index = clause_index
        self._documents: dict[str, Document | None] = {}
        self._regions = {info.document_id: info.region for info in library.documents()}

    def cover(self, document_ids: Iterable[str]) -> None:
        """Go over to a copy of the library with all documents of `eval/documents`, if one of the ids is there
        only.
        """
        files = {path.stem: path for path in sorted(DOCUMENTS.glob("*.txt"))}
        if all(document_id in self._regions or document_id not in files for document_id in document_ids):
            return
        home = Path(mkdtemp(prefix="tiaowen-eval-"))
        finalize(self, rmtree, home, ignore_errors=True)
        self.library.export(home / FILE_NAME)
        library = Library.open(home)
        for document_id, path in files.items():
            library.add_source(read_file(path), document_id=document_id)
        build_index(passages_of(library), home / "index", encoder=self.encoder)
        self._use(library, open_current(home))

    @property
    def encoder(self) -> str | None:
        """The encoder of the index as `build_index` takes it: None for the shipped one."""
        return None if self.index.encoder_name == StaticEncoder().name else self.index.encoder_name

    def search(self, mode: str) -> Search:
        """The search function of a mode; TiaowenError for a mode that is unknown."""
        check_mode(mode)
        if mode == "full":
            return self._search_full
        return lambda text, k: [(hit.passage_id, hit.score) for hit in self.index.search(text, k, mode=mode)]

    def untimed_search(self) -> Search:
        """The search function of mode "full" for where only the ranking is wanted: the same hits, sooner."""
        kept = _KeptClauses(self.library)
        return lambda text, k: _ranked(text, kept, self.index, k)

    def ask(self, text: str) -> Mapping[str, Any]:
        """The answer in the form of `POST /api/v1/ask`."""
        return asdict(answer_question(text, self.library, self.index))

    def document(self, document_id: str) -> Document | None:
        if document_id not in self._documents:
            try:
                self._documents[document_id] = self.library.document(document_id)
            except NotFound:
                self._documents[document_id] = None
        return self._documents[document_id]

    def text_of(self, document_id: str) -> str | None:
        document = self.document(document_id)
        return document.text if document else None

    def region_of(self, document_id: str) -> str | None:
        return self._regions.get(document_id)

    def clause_of(self, clause_id: str) -> tuple[str, str] | None:
        """The label and the text of a clause."""
        try:
            clause = self.library.clause(clause_id)
        except NotFound:
            return None
        return clause.label, clause.text

    def without(self, part: str) -> Search:
        """The search function of mode "full" with one part of the evidence (see `eval.parts.PARTS`) taken away."""
        index_without = IndexWithout(self.index, part)
        return lambda text, k: _ranked(text, self.library, index_without, k)

    def _search_full(self, text: str, k: int) -> list[tuple[str, float]]:
        return _ranked(text, self.library, self.index, k)


def _ranked(text: str, library: Reader, clause_index: ClauseIndex, k: int) -> list[tuple[str, float]]:
    return [(hit.passage_id, hit.score) for hit in search_clauses(text, library, clause_index, k=k)]


def check_mode(mode: str) -> None:
    """TiaowenError where `mode` is not one of MODES."""
    if mode not in MODES:
        raise TiaowenError(f"The mode {mode!r} is unknown; expected one of {', '.join(MODES)}.")


@cache
def code_state() -> str:
    """A digest of the code and the data that decide a ranking: the packages `corpus` and `index`, encoder
    included.
    """
    digest = hashlib.sha256()
    for package in (corpus, index):
        folder = Path(str(package.__file__)).parent
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if path.is_file() and "__pycache__" not in relative.parts and relative.parts[0] != "training":
                digest.update(f"{package.__name__}/{relative}\0".encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
