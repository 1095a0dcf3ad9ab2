"""Changing a library from the server: adding, removing and bringing back, each with the index rebuilt after
it.

A removed document's file and metadata are kept in `removed/` of the library folder until it is brought back
or removed again, so that a slip of the hand is not a loss.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from corpus.document import parse_document
from corpus.errors import BrokenLibrary, NotFound
from corpus.isolated import read_bytes
from corpus.library import Library
from corpus.models import Document
from corpus.seals import seal
from server.indexing import refresh_index

FIELDS = ("title", "region", "issuer", "doc_number", "date")
Progress = Callable[[int, int], None]


class Changes(Protocol):
    """What the API needs to change a library."""

    def preview(self, name: str, data: bytes, supplied: Mapping[str, str]) -> Document: ...
    def add(self, name: str, data: bytes, supplied: Mapping[str, str]) -> str: ...
    def remove(self, document_id: str) -> None: ...
    def restore(self, document_id: str) -> str: ...
    def removed(self) -> Mapping[str, str]: ...
    def index(self, progress: Progress) -> None: ...


def safe_name(name: str) -> str:
    """A file name without folders and control characters; never empty."""
    bare = re.split(r"[\\/]", name)[-1]
    return "".join(character for character in bare if character.isprintable()).strip(". ")[:200] or "document.txt"


class LibraryChanges:
    """Changes of the library in `home`; one at a time."""

    def __init__(self, home: Path, library: Library) -> None:
        self._home = home
        self._library = library
        self._lock = threading.Lock()

    def preview(self, name: str, data: bytes, supplied: Mapping[str, str]) -> Document:
        """The document as it would be added; nothing is kept. Raises UnreadableFile."""
        return parse_document(read_bytes(safe_name(name), data), supplied=supplied)

    def add(self, name: str, data: bytes, supplied: Mapping[str, str]) -> str:
        """Add a file and return the document's id. Raises UnreadableFile."""
        with self._lock:
            return self._library.add_bytes(safe_name(name), data, **supplied).document_id

    def remove(self, document_id: str) -> None:
        """Remove a document, keeping what brings it back. Raises NotFound."""
        with self._lock:
            document = self._library.document(document_id)
            name, data = self._library.original(document_id)
            folder = self._kept(document.document_id)
            folder.mkdir(parents=True, exist_ok=True)
            facts = {field: getattr(document, field) for field in FIELDS}
            given = {field: value for field, value in facts.items() if value is not None}
            kept: dict[str, Any] = {"name": name, "document_id": document.document_id, "supplied": given}
            kept |= {"origins": dict(document.origins), "sha256": hashlib.sha256(data).hexdigest()}
            _write(folder / "original", data)
            _write(folder / "facts.json", json.dumps({**kept, "seal": seal([kept])}, ensure_ascii=False).encode())
            self._library.remove(document.document_id)

    def restore(self, document_id: str) -> str:
        """Bring a removed document back under its id. Raises NotFound if none is kept."""
        folder = self._kept(document_id)
        if not (folder / "facts.json").exists():
            raise NotFound(f"没有可以恢复的文件 {document_id}。")
        with self._lock:
            kept, data = _kept_file(folder)
            origins = {name: origin for name, origin in kept["origins"].items() if name in kept["supplied"]}
            source = read_bytes(kept["name"], data)
            added = self._library.add_source(
                source, document_id=kept["document_id"], supplied=kept["supplied"], origins=origins
            )
            (folder / "facts.json").unlink()
            (folder / "original").unlink()
            folder.rmdir()
            return added.document_id

    def removed(self) -> dict[str, str]:
        """What can be brought back: titles by id.  What is damaged cannot, and is left out."""
        found = {}
        for path in sorted((self._home / "removed").glob("*/facts.json")):
            with contextlib.suppress(BrokenLibrary):
                facts = _facts(path)
                found[str(facts["document_id"])] = str(facts["supplied"].get("title", facts["name"]))
        return found

    def check_removed(self) -> list[str]:
        """The ids of what can be brought back, once everything kept of it was found whole.  Raises BrokenLibrary."""
        kept = sorted((self._home / "removed").glob("*/facts.json"))
        return [str(_kept_file(path.parent)[0]["document_id"]) for path in kept]

    def index(self, progress: Progress) -> None:
        """Build the generation of the library's present state."""
        with self._lock:
            refresh_index(self._home, self._library, progress=progress)

    def _kept(self, document_id: str) -> Path:
        return self._home / "removed" / quote(document_id, safe="")


def _write(path: Path, data: bytes) -> None:
    """Write a file that is whole or not there, and on the disk when this returns."""
    partial = path.with_name(path.name + ".partial")
    with partial.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if facts.pop("seal", None) not in (None, seal([facts])):
            raise ValueError("seal")
        if not (isinstance(facts["supplied"], dict) and isinstance(facts["origins"], dict) and facts["name"]):
            raise ValueError("facts")
        return facts
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenLibrary(f"移除的文件 {path.parent.name} 的记录损坏了；请从备份恢复") from error


def _kept_file(folder: Path) -> tuple[dict[str, Any], bytes]:
    """What was kept of a removed document, found whole.  Raises BrokenLibrary."""
    facts, data = _facts(folder / "facts.json"), (folder / "original").read_bytes()
    if facts.get("sha256") not in (None, hashlib.sha256(data).hexdigest()):
        raise BrokenLibrary(f"移除的文件 {facts['name']} 损坏了；请从备份恢复，或重新添加它")
    return facts, data
