"""What the commands share: where results and remarks go, progress bars, errors in one line, and the library
of a home.

Results go to stdout and nothing else does, so that `--json` can be piped. Everything heavy is imported
where it is used: `tiaowen --help` must not wait for an index.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console

    from corpus.library import Library
    from index.clause_index import ClauseIndex

FAILED, NOT_FOUND = 1, 3
Progress = Callable[[int, int], None]


def results() -> Console:
    """The console for what a command was asked for."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def remark(text: str) -> None:
    """A word to the person, on stderr."""
    print(text, file=sys.stderr)


def print_json(body: BaseModel | Any) -> None:
    """A body as JSON on stdout, in the form of the HTTP contract."""
    value = body.model_dump() if hasattr(body, "model_dump") else body
    print(json.dumps(value, ensure_ascii=False, indent=2))


def fail(message: str) -> typer.Exit:
    """Say in one line what a person can act on; raise what this returns to leave with status 1."""
    remark(f"tiaowen: {' '.join(message.split())}")
    return typer.Exit(FAILED)


@contextmanager
def told_in_one_line() -> Iterator[None]:
    """Errors that a person can act on end the command with status 1 and one line; bugs keep their
    traceback.
    """
    from corpus.errors import TiaowenError
    from server.service import NotReady

    try:
        yield
    except (TiaowenError, NotReady, PermissionError, FileNotFoundError, IsADirectoryError) as error:
        raise fail(str(error)) from error
    except OSError as error:
        if error.errno is None:
            raise
        raise fail(f"{error.strerror}: {error.filename or ''}") from error


@contextmanager
def progress_bar(title: str) -> Iterator[Progress]:
    """A progress function that draws a bar on stderr, from one second on and if a person is looking."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    task = bar.add_task(title)
    begun = time.monotonic()

    def tell(done: int, total: int) -> None:
        if time.monotonic() - begun > 1 and not bar.live.is_started:
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield tell
    finally:
        bar.stop()


def resolve_home(home: Path | None) -> Path:
    """The library folder: the flag, else TIAOWEN_HOME, else the platform's user data folder."""
    from server.settings import default_home

    return (home or default_home()).expanduser().absolute()


def open_library(home: Path) -> Library:
    """The library of a home; one that was never filled gets the two shipped documents."""
    from corpus.library import Library

    home.mkdir(parents=True, exist_ok=True)
    library = Library.open(home)
    if not library.documents() and not (home / "index" / "current").exists():
        remark(f"新建文件库 {home}，先放入随附的两份文件。")
        library.add_samples()
    return library


def open_both(home: Path) -> tuple[Library, ClauseIndex]:
    """The library of a home and an index of its present state, built first where there is none."""
    from index.build import open_current

    library = open_library(home)
    refresh_index(home, library)
    return library, open_current(home)


def refresh_index(home: Path, library: Library, *, encoder: str | None = None, force: bool = False) -> bool:
    """Build the index if the library has changed, with a progress bar; True if it was built."""
    from server import indexing

    def waiting() -> None:
        remark("另一个程序正在建立索引，等它完成……")

    with progress_bar("建立索引") as tell:
        return indexing.refresh_index(home, library, encoder=encoder, force=force, progress=tell, waiting=waiting)
