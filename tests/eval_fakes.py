"""Small stand-ins for a document, for tests of evaluation sets."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """A clause: its id and its span."""

    clause_id: str
    start: int
    end: int


@dataclass(frozen=True)
class Plan:
    """A document: its text and its clauses."""

    text: str
    clauses: tuple[Piece, ...]
