"""What an index is made of and what it returns: passages in, hits out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.models import Clause


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text that can be found: a clause, or a row of a benchmark's corpus."""

    passage_id: str
    text: str
    title: str  # of its document
    headings: tuple[str, ...]  # outermost first
    document_id: str
    region: str | None
    departments: tuple[str, ...]

    @property
    def context(self) -> str:
        """What the passage's surroundings say: title and headings, searched beside the text."""
        return " ".join((self.title, *self.headings)).strip()

    def digest(self) -> str:
        """Equal for passages that are searched alike; the key under which work on a passage is kept."""
        parts = (self.title, *self.headings, self.text)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Filter:
    """Exact conditions on a hit; None lets everything pass."""

    document: str | None = None
    region: str | None = None
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found. `score` is the estimated probability that it answers; equal scores keep index order."""

    passage_id: str
    score: float
    rank: int  # from 1


def clause_passages(clauses: Iterator[tuple[Clause, str, str | None]]) -> Iterator[Passage]:
    """The passages of (clause, title of its document, region of its document)."""
    for clause, title, region in clauses:
        yield Passage(
            passage_id=clause.clause_id,
            text=clause.text,
            title=title,
            headings=tuple(heading for heading in clause.path if not clause.text.startswith(heading)),
            document_id=clause.document_id,
            region=region,
            departments=tuple(dict.fromkeys(duty.department for duty in clause.duties)),
        )
