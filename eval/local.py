"""The library and the index of this process, seen as the functions that are measured.

Modes "lexical", "dense" and "hybrid" search with one part of the index or two, and know nothing of the
question but its words. Mode "full" ranks as a reader sees it, with what the question was understood to name,
and can be asked as well.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import corpus
import index
from corpus.errors import NotFound, TiaowenError
from corpus.library import Library
from corpus.models import Document
from eval.evaluate import Search
from index.clause_index import ClauseIndex
from qa.answer import answer_question, search_clauses

MODES = ("lexical", "dense", "hybrid", "full")


class LocalSource:
    """`library` and `clause_index` as functions; documents are read once and kept while measuring."""

    def __init__(self, library: Library, clause_index: ClauseIndex) -> None:
        self.library = library
        self.index = clause_index
        self._documents: dict[str, Document | None] = {}
        self._regions = {info.document_id: info.region for info in library.documents()}

    def search(self, mode: str) -> Search:
        """The search function of a mode; TiaowenError for a mode that is unknown."""
        check_mode(mode)
        if mode == "full":
            return self._search_full
        return lambda text, k: [(hit.passage_id, hit.score) for hit in self.index.search(text, k, mode=mode)]

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

    def _search_full(self, text: str, k: int) -> list[tuple[str, float]]:
        return [(hit.passage_id, hit.score) for hit in search_clauses(text, self.library, self.index, k=k)]


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
