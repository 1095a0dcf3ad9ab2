"""Keeping the live generation in step with the library and whole, for the commands and for the server alike.

`built-from.json` says what the live generation was built from and the digest of its manifest, which has those of its
files: a flipped byte anywhere in the index leads to a new one instead of to a wrong answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus.errors import TiaowenError
from corpus.library import Library
from index.build import build_index, open_current, passages_of
from index.check import damaged_file, live_generation, manifest_digest
from index.clause_index import ClauseIndex
from index.encoders import SHIPPED
from index.errors import IndexDamaged

Progress = Callable[[int, int], None]
_MARKER = "built-from.json"


class IndexNotBuilt(TiaowenError):
    """There was no room or no right to write a generation."""


def refresh_index(
    home: Path,
    library: Library,
    *,
    encoder: str | None = None,
    force: bool = False,
    progress: Progress | None = None,
    waiting: Callable[[], None] = lambda: None,
) -> bool:
    """Build a new generation if the library has changed since the live one or that is damaged; True if it was built.

    Without `encoder` the one of the live generation is kept.  `waiting` is called where another process builds and
    has to be waited for.  Raises IndexNotBuilt; the live generation stays then.
    """
    folder = home / "index"
    if not force and encoder is None and index_is_current(home, library) and damage(home) is None:
        return False
    with _one_at_a_time(home, waiting):
        broken = damage(home)
        if not force and encoder is None and broken is None and index_is_current(home, library):
            return False
        chosen = encoder or built_from(home).get("encoder")
        _clear(folder, broken is not None)
        with library.one_state():
            digest, passages = library.digest(), list(passages_of(library))
        try:
            generation = build_index(passages, folder, encoder=chosen, progress=progress)
        except (OSError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and "write error" not in str(error):  # what FAISS says of a full disk
                raise
            raise IndexNotBuilt(f"索引没有建成（{error}），文库没有丢失什么；请检查磁盘空间和权限后再试") from error
        marker = folder / _MARKER
        partial = marker.with_suffix(".partial")
        facts = {
            "library": digest,
            "encoder": chosen,
            "generation": generation.name,
            "manifest": manifest_digest(generation),
            "model": _model_card(),
        }
        partial.write_text(json.dumps(facts), encoding="utf-8")
        partial.replace(marker)
        return True


def damage(home: Path) -> str | None:
    """What of the live generation is not as it was written; None if all is, or if there is none yet."""
    folder = home / "index"
    if not (folder / "current").exists():
        return None
    live = live_generation(folder)
    if live is None:
        return "current"
    if (found := damaged_file(live)) is not None:
        return f"{live.name}/{found}"
    facts = built_from(home)
    if facts.get("generation") != live.name:  # it came live a moment ago, or its builder was killed right after
        return None
    if facts.get("manifest") != manifest_digest(live):
        return f"{live.name}/manifest.json"
    return None if facts.get("model") == _model_card() else f"{live.name}（由另一版模型建立）"


def open_whole(home: Path) -> ClauseIndex:
    """The live index, once every file of it was found as it was written.  Raises IndexDamaged or IndexMissing."""
    while True:
        live = live_generation(home / "index")
        try:
            found = damage(home)
            if found is not None:
                path = home / "index" / found
                raise IndexDamaged(f"索引损坏了，或由另一版本建立（{path}）；请运行 tiaowen index 重建")
            return open_current(home)
        except IndexDamaged:
            if live_generation(home / "index") == live:
                raise
            # Two newer ones came live while it was being opened, and it was taken away.


def _model_card() -> str:
    """The digest of the shipped model's card: token numbers of another model mean other words."""
    return hashlib.sha256((SHIPPED / "tiaowen.json").read_bytes()).hexdigest()


def _clear(folder: Path, broken: bool) -> None:
    """Take away what a program that was killed left behind, and generations that are damaged: nothing of them may go
    into the next one.  Only whoever holds the lock builds, so nobody is at it.
    """
    live = live_generation(folder)
    if broken and live is None:  # it names nothing, and perhaps is no text
        (folder / "current").unlink(missing_ok=True)
    for path in folder.glob("g-*"):
        if (broken and path == live) or damaged_file(path) is not None:
            shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(".building-*"):
        shutil.rmtree(path, ignore_errors=True)
    for path in folder.glob(".current-*"):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _one_at_a_time(home: Path, waiting: Callable[[], None]) -> Iterator[None]:
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
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
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
