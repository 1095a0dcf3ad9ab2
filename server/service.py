"""What the API and the pages ask of the inner packages, and the holder that swaps index generations.

A request takes one `Snapshot` and reads nothing else, so a new generation that arrives meanwhile is seen
whole by the next request and not at all by this one. The library and index are described here by what the
server needs of them, which is also what a test has to fake.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from corpus.errors import NotFound
from corpus.models import Clause, Document, DocumentInfo, Duty, Target
from qa import seams
from server.marks import clause_name, surrounding

LOG = logging.getLogger("tiaowen.errors")


class Reader(seams.Reader, Protocol):
    """The reading half of `corpus.library.Library`; safe to use from many threads."""

    def original(self, document_id: str) -> tuple[str, bytes]: ...


class ScoredPassage(Protocol):
    """`index.clause_index.Hit`."""

    @property
    def passage_id(self) -> str: ...
    @property
    def score(self) -> float: ...


class Index(seams.Index, Protocol):
    """What is read of an open `index.clause_index.ClauseIndex`."""

    @property
    def generation(self) -> str: ...
    @property
    def encoder_name(self) -> str: ...
    @property
    def backend(self) -> str: ...


class Ask(Protocol):
    """`qa.answer.answer_question`: a record in the form of `AskResponse`."""

    def __call__(
        self,
        text: str,
        library: Any,
        index: Any,
        *,
        k: int = 5,
        document: str | None = None,
        region: str | None = None,
        department: str | None = None,
        previous: str | None = None,
    ) -> object: ...


class Search(Protocol):
    """Ranked clauses for a text, best first."""

    def __call__(
        self,
        text: str,
        library: Any,
        index: Any,
        *,
        k: int = 10,
        document: str | None = None,
        region: str | None = None,
        department: str | None = None,
    ) -> Sequence[ScoredPassage]: ...


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One department's role in one clause, with where the clause stands."""

    duty: Duty
    clause_id: str
    document_id: str
    label: str
    path: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One quantity that a clause promises, with where the clause stands."""

    target: Target
    clause_id: str
    document_id: str
    label: str
    sentence: str
    start: int  # of the target in the sentence


class Pinned:
    """A library whose digest is that of one moment: asked for with every question, it must not be worked
    out anew.
    """

    def __init__(self, library: Reader, digest: str) -> None:
        self._library = library
        self._digest = digest

    def documents(self) -> Iterable[DocumentInfo]:
        return self._library.documents()

    def document(self, document_id: str) -> Document:
        return self._library.document(document_id)

    def clauses(self) -> Iterable[Clause]:
        return self._library.clauses()

    def clause(self, clause_id: str) -> Clause:
        return self._library.clause(clause_id)

    def original(self, document_id: str) -> tuple[str, bytes]:
        return self._library.original(document_id)

    def digest(self) -> str:
        return self._digest


class NotReady(Exception):
    """The index is not open (yet); the message says what to do."""


class Snapshot:
    """One state of the library with the generation that was built from it. Immutable; what it derives is
    kept.
    """

    def __init__(self, library: Reader, index: Index, digest: str) -> None:
        self.library: Reader = Pinned(library, digest)
        self.index = index
        self.digest = digest
        self._opened: dict[str, Document] = {}

    @property
    def version(self) -> str:
        """Changes whenever an answer could: for ETags."""
        return f"{self.index.generation}-{self.digest}"

    @cached_property
    def infos(self) -> Mapping[str, DocumentInfo]:
        return {info.document_id: info for info in self.library.documents()}

    @cached_property
    def clause_count(self) -> int:
        return sum(info.clauses for info in self.infos.values())

    def document(self, document_id: str) -> Document:
        """A parsed document, of which the last few stay in memory. Raises NotFound."""
        found = self._opened.get(document_id)
        if found is None:
            found = self.library.document(document_id)
            if len(self._opened) >= 64:
                self._opened.clear()
            self._opened[document_id] = found
        return found

    @cached_property
    def duties(self) -> tuple[DutyRow, ...]:
        """Every duty of the library, in the order of documents and clauses."""
        return tuple(
            DutyRow(duty, clause.clause_id, clause.document_id, clause.label, clause.path, clause_name(clause))
            for clause in self.library.clauses()
            for duty in clause.duties
        )

    @cached_property
    def targets(self) -> tuple[TargetRow, ...]:
        """Every target of the library, in the order of documents and clauses."""
        rows = []
        for clause in self.library.clauses():
            for target in clause.targets:
                start, end = surrounding(clause.text, target.start, target.end, longest=80)
                sentence = clause.text[start:end]
                rows.append(
                    TargetRow(
                        target,
                        clause.clause_id,
                        clause.document_id,
                        clause.label,
                        sentence,
                        target.start - start,
                    )
                )
        return tuple(rows)

    @cached_property
    def departments(self) -> tuple[str, ...]:
        """Department names, those with the most duties first, then by name."""
        counts: dict[str, int] = {}
        for row in self.duties:
            counts[row.duty.department] = counts.get(row.duty.department, 0) + 1
        return tuple(sorted(counts, key=lambda name: (-counts[name], name)))

    @cached_property
    def regions(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(info.region for info in self.infos.values() if info.region))


class Service:
    """Holds the library and the live generation; `snapshot` notices a new one and swaps it in.

    open_index opens the live generation. stamp is cheap and changes whenever the library or the live
    generation may have; without one the library's digest is asked for with every request.
    """

    def __init__(
        self,
        library: Reader,
        open_index: Callable[[], Index],
        *,
        ask: Ask,
        search: Search,
        stamp: Callable[[], object] | None = None,
    ) -> None:
        self.library = library
        self._open_index = open_index
        self._ask = ask
        self._search = search
        self._stamp = stamp or library.digest
        self._lock = threading.Lock()
        self._current: tuple[object, Snapshot] | None = None

    def snapshot(self, *, wait: bool = False) -> Snapshot:
        """The live state; opened anew when the library or the generation on disk has changed.

        One caller opens the new state while the others go on with the old one, unless they `wait` for it. While
        a changed generation cannot be opened, the last good one keeps answering. Raises NotReady if there never
        was one.
        """
        stamp = self._stamp()
        held = self._current
        if held is not None and held[0] == stamp:
            return held[1]
        if not self._lock.acquire(blocking=wait or held is None) and held is not None:
            return held[1]
        try:
            held = self._current
            if held is not None and held[0] == stamp:
                return held[1]
            snapshot = self._open(held[1] if held is not None else None)
            self._current = (stamp, snapshot)
            return snapshot
        finally:
            self._lock.release()

    def _open(self, held: Snapshot | None) -> Snapshot:
        """The state on disk; the one held if it is the same or if what is on disk cannot be opened."""
        try:
            snapshot = Snapshot(self.library, self._open_index(), self.library.digest())
        except Exception as error:
            if held is None:
                raise NotReady(str(error)) from error
            LOG.exception("a changed index could not be opened; the one before it goes on")
            return held
        return held if held is not None and held.version == snapshot.version else snapshot

    def ask(
        self,
        snapshot: Snapshot,
        question: str,
        *,
        k: int = 5,
        document: str | None = None,
        region: str | None = None,
        department: str | None = None,
        previous: str | None = None,
    ) -> object:
        """The answer to a question, as a record in the form of `AskResponse`."""
        return self._ask(
            question,
            snapshot.library,
            snapshot.index,
            k=k,
            document=document,
            region=region,
            department=department,
            previous=previous,
        )

    def search(
        self,
        snapshot: Snapshot,
        query: str,
        *,
        k: int = 10,
        document: str | None = None,
        region: str | None = None,
        department: str | None = None,
    ) -> list[tuple[Clause, float]]:
        """Ranked clauses with their scores; one that was removed since the generation was built is left
        out.
        """
        hits = self._search(
            query,
            snapshot.library,
            snapshot.index,
            k=k,
            document=document,
            region=region,
            department=department,
        )
        found = []
        for hit in hits:
            try:
                found.append((snapshot.library.clause(hit.passage_id), hit.score))
            except NotFound:
                continue
        return found
