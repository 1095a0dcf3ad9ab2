"""The service over a real library folder: where the server meets `corpus`, `index` and `qa`."""

from __future__ import annotations

from pathlib import Path

from corpus.library import Library
from qa.answer import answer_question, search_clauses
from server.indexing import open_whole
from server.service import Service


def service_over(home: Path) -> Service:
    """A service that reads the library of `home` and follows its live generation."""
    watched = (home / "index" / "current", home / "library.sqlite", home / "library.sqlite-wal")

    def stamp() -> object:
        """What tells one state on disk from the next, at the price of three system calls."""
        return tuple(_stat(path) for path in watched)

    return Service(
        Library.open(home),
        lambda: open_whole(home),
        ask=answer_question,
        search=search_clauses,
        stamp=stamp,
    )


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)
