"""The service over a real library folder: where the server meets `corpus`, `index` and `qa`."""

from __future__ import annotations

from pathlib import Path

from corpus.library import Library
from index.build import open_current
from qa.answer import answer_question, search_clauses
from server.service import Service


def service_over(home: Path) -> Service:
    """A service that reads the library of `home` and follows its live generation."""
    current = home / "index" / "current"

    def stamp() -> object:
        """What tells one live generation from the next, at the price of one system call."""
        try:
            found = current.lstat()
        except FileNotFoundError:
            return None
        return (found.st_mtime_ns, found.st_ino)

    return Service(
        Library.open(home),
        lambda: open_current(home),
        ask=answer_question,
        search=search_clauses,
        stamp=stamp,
    )
