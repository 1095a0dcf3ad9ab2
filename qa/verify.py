"""Proving saved citations against the library: the clause is still there, word for word, or has changed,
or is unknown.

A citation carries the clause's id and the SHA-256 of its text.  Where the text has changed, the changed
words are shown if the saved citation kept its text or quote; a quote that still stands in the changed
clause is said to stand.
"""

import difflib
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from corpus.errors import NotFound
from qa.seams import Reader

Status = Literal["valid", "changed", "unknown"]


class Saved(Protocol):
    """What a saved citation must have; `qa.citation.Citation` and the bodies of the API do."""

    @property
    def clause_id(self) -> str: ...
    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """A citation to check. quote: words that it showed; text: the whole clause as it was cited, if kept."""

    clause_id: str
    sha256: str
    quote: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the words before (empty: added) and the words now (empty: removed)."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """valid: the clause is unchanged and holds the quote. changed: it is another text now, or the quote is
    not in it.

    quote_stands: whether the quote is still in the clause; None without a quote.
    """

    clause_id: str
    status: Status
    label: str | None = None
    url: str | None = None
    changes: tuple[Change, ...] = ()
    quote_stands: bool | None = None


def verify_citations(claims: Iterable[Saved], library: Reader) -> list[Verdict]:
    """A verdict for each claim, in order."""
    return [_verify(claim, library) for claim in claims]


def _verify(claim: Saved, library: Reader) -> Verdict:
    try:
        clause = library.clause(claim.clause_id)
    except NotFound:
        return Verdict(claim.clause_id, "unknown")
    quote: str | None = getattr(claim, "quote", None)
    before: str | None = getattr(claim, "text", None)
    stands = None if quote is None else quote in clause.text
    same = hashlib.sha256(clause.text.encode()).hexdigest() == claim.sha256.lower()
    changes: list[Change] = []
    if before and not same:
        changes = differences(before, clause.text)
    elif quote and not stands:
        changes = differences(quote, clause.text, within=True)
    url = f"/documents/{clause.document_id}#{clause.anchor}"
    status: Status = "valid" if same and stands is not False else "changed"
    return Verdict(claim.clause_id, status, clause.label, url, tuple(changes), stands)


def differences(before: str, after: str, *, within: bool = False) -> list[Change]:
    """The words that differ. within: `before` is a piece, compared with the part of `after` that is
    nearest to it.

    >>> differences("收入430亿元。", "收入500亿元。")
    [Change(before='43', after='50')]
    """
    if within:
        after = _nearest_part(before, after)
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return [Change(before[a:b], after[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def _nearest_part(piece: str, text: str) -> str:
    blocks = difflib.SequenceMatcher(None, piece, text, autojunk=False).get_matching_blocks()
    longest = max(blocks, key=lambda block: block.size)
    if not longest.size:
        return ""
    start = max(0, longest.b - longest.a)
    return text[start : start + len(piece)]
