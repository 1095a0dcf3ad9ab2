"""What `qa` needs of the library and of the index, so that a test can hand it small ones."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from corpus.models import Clause, Document, DocumentInfo
from index.passages import Filter, Hit


class Reader(Protocol):
    """The reading half of `corpus.library.Library`."""

    def documents(self) -> Iterable[DocumentInfo]: ...
    def document(self, document_id: str) -> Document: ...
    def clauses(self) -> Iterable[Clause]: ...
    def clause(self, clause_id: str) -> Clause: ...
    def digest(self) -> str: ...


class Index(Protocol):
    """What is asked of `index.clause_index.ClauseIndex`."""

    def search(
        self, text: str, k: int = 10, *, where: Filter | None = None, regions: Sequence[str] = ()
    ) -> list[Hit]: ...
    def expand(self, text: str) -> list[str]: ...
    def sentence_scores(self, text: str, sentences: Sequence[str]) -> list[float]: ...
