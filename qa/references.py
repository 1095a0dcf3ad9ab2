"""Which clauses refer to a document number."""

import re

from corpus.models import Clause
from index.tokens import normalize
from qa.locators import DOCUMENT_NUMBER
from qa.seams import Reader

BEFORE = re.compile(r"《[^《》]{2,80}》[（(]?$")
YEAR_AND_NUMBER = re.compile(r"〔\d{4}〕\d+号$")


def referring(number: str, library: Reader) -> list[Clause]:
    """The clauses of the library that cite this document number, in order."""
    return [clause for clause in library.clauses() if cites(clause, number)]


def referring_title(title: str, library: Reader) -> list[Clause]:
    """The clauses of the library that name this 《title》, in order; title without its brackets."""
    wanted = f"《{normalize(title)}》"
    return [clause for clause in library.clauses() if wanted in normalize(clause.text)]


def cites(clause: Clause, number: str) -> bool:
    """True where the clause prints `number`, in whatever brackets.

    A question may name less of the issuing code than is printed (办发 for 国办发), never another year
    or number.
    """
    return mention(clause.text, number) is not None


def mention(text: str, number: str) -> tuple[int, int] | None:
    """The span in which a text prints a document number, with the 《title》 before it, or None."""
    tail = YEAR_AND_NUMBER.search(number)
    if not tail:
        return None
    code = normalize(number[: tail.start()])
    for found in DOCUMENT_NUMBER.finditer(text):
        printed = normalize(found[1] or "")
        if f"〔{found[2]}〕{found[3]}号" == tail.group() and printed.endswith(code):
            start = found.start(2) - 1 - len(code)
            title = BEFORE.search(text, 0, start)
            closed = title is not None and text[found.end() : found.end() + 1] in ("）", ")")
            return (title.start() if title else start), found.end() + closed
    return None
