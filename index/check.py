"""Is a generation as it was written, and by this version?  Every file is held against the digest in the manifest, the
manifest against one that the caller keeps.

Files are read once, at the speed of SHA-256: some milliseconds for a library of a few documents, a second for a
gigabyte.  A generation that is not whole is built again from the library; it is never asked.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from index.build import CURRENT
from index.clause_index import FORMAT, MANIFEST


def live_generation(folder: Path) -> Path | None:
    """The generation that `current` names; None where it names none."""
    try:
        name = (folder / CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    return folder / name if name and Path(name).name == name and (folder / name).is_dir() else None


def manifest_digest(generation: Path) -> str | None:
    """The digest of a generation's manifest, which a caller keeps elsewhere; None where there is none."""
    try:
        return hashlib.sha256((generation / MANIFEST).read_bytes()).hexdigest()
    except OSError:
        return None


def damaged_file(generation: Path) -> str | None:
    """The first file that is not as the manifest says, or the manifest where it is damaged or of another format; None
    for a generation that can be opened.
    """
    try:
        manifest = json.loads((generation / MANIFEST).read_text(encoding="utf-8"))
        files = dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return MANIFEST
    if manifest.get("generation") != generation.name or manifest.get("format") != FORMAT or not files:
        return MANIFEST
    for name, digest in sorted(files.items()):
        try:
            with (generation / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return str(name)
        if found != digest:
            return str(name)
    return None
