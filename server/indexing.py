"""Keeping the live generation in step with the library, for the commands and for the server alike."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus.library import Library
from index.build import build_index, passages_of

Progress = Callable[[int, int], None]
_MARKER = "built-from.json"


def refresh_index(
    home: Path,
    library: Library,
    *,
    encoder: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
) -> bool:
    """Build a new generation if the library has changed since the live one; True if it was built.

    Without `encoder` the one of the live generation is kept.
    """
    with _one_at_a_time(home):
        digest = library.digest()
        if not force and encoder is None and index_is_current(home, library):
            return False
        chosen = encoder or built_from(home).get("encoder")
        build_index(passages_of(library), home / "index", encoder=chosen, progress=progress)
        marker = home / "index" / _MARKER
        partial = marker.with_suffix(".partial")
        partial.write_text(json.dumps({"library": digest, "encoder": chosen}), encoding="utf-8")
        partial.replace(marker)
        return True


@contextlib.contextmanager
def _one_at_a_time(home: Path) -> Iterator[None]:
    """Wait while another process builds: of two builds at once, the older state could come live last.

    Windows has no such lock in the standard library; there a server has one worker, and one builds by hand
    only while it is stopped.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    home.mkdir(parents=True, exist_ok=True)
    with (home / "index.lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def index_is_current(home: Path, library: Library) -> bool:
    """True if the live generation was built from what the library holds now."""
    return built_from(home).get("library") == library.digest()


def built_from(home: Path) -> dict[str, str | None]:
    """What the live generation was built from; empty if there is none or it was built by other hands."""
    try:
        (home / "index" / "current").stat()
        found: dict[str, str | None] = json.loads((home / "index" / _MARKER).read_text(encoding="utf-8"))
        return found
    except (OSError, ValueError):
        return {}
