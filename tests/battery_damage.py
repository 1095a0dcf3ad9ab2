"""Flip bytes in files and cut them off, and look whether what is read is still right or said to be broken.

Used by the tests with a few places and by `make torture` with thousands.
"""

from __future__ import annotations

import random
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from corpus.errors import TiaowenError
from corpus.library import FILE_NAME, Library


@dataclass(slots=True)
class Tried:
    """How many kinds of damage were told, did no harm, or gave something wrong."""

    noticed: int = 0
    harmless: int = 0
    wrong: list[str] = field(default_factory=list)


def whole(home: Path) -> dict[str, Any]:
    """Everything a reader can get from a library."""
    library = Library.open(home)
    try:
        infos = library.documents()
        return {
            "infos": [asdict(info) for info in infos],
            "documents": {info.document_id: asdict(library.document(info.document_id)) for info in infos},
            "originals": {info.document_id: library.original(info.document_id) for info in infos},
            "clauses": [asdict(clause) for clause in library.clauses()],
        }
    finally:
        library.close()


def damages(data: bytes, flips: int, cuts: int, chance: random.Random) -> Any:
    """Copies of some bytes with one to four bits flipped, or without their end; each with its name."""
    for _ in range(flips):
        changed = bytearray(data)
        places = sorted(chance.randrange(len(data)) for _ in range(chance.randint(1, 4)))
        for place in places:
            changed[place] ^= 1 << chance.randrange(8)
        yield f"flipped at {places}", bytes(changed)
    for _ in range(cuts):
        kept = chance.choice([chance.randrange(1, len(data)), chance.randrange(1, max(2, len(data) // 4096)) * 4096])
        kept = min(kept, len(data) - 1)
        yield f"cut to {kept} of {len(data)}", data[:kept]


def damage_library(home: Path, work: Path, *, flips: int, cuts: int, seed: int) -> Tried:
    """Try damaged copies of the library in `home`; what is read of each must be as before or told."""
    tried, chance = Tried(), random.Random(seed)
    data, before = (home / FILE_NAME).read_bytes(), whole(home)
    for name, changed in damages(data, flips, cuts, chance):
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        (work / FILE_NAME).write_bytes(changed)
        try:
            after = whole(work)
        except TiaowenError:
            tried.noticed += 1
        except Exception as error:
            tried.wrong.append(f"library {name}: {type(error).__name__}: {error}")
        else:
            if after == before:
                tried.harmless += 1
            else:
                tried.wrong.append(f"library {name}: read otherwise")
    shutil.rmtree(work, ignore_errors=True)
    return tried
