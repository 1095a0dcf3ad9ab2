"""Damage every file of an index and look whether it is noticed and mended; for the tests and `make torture`."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from battery_damage import Tried, damages

from corpus.library import Library
from qa.answer import answer_question
from server.indexing import damage, open_whole, refresh_index

QUESTION = "山西2020年医药主营业务收入要达到多少"


def said(home: Path) -> str:
    """The answer to one question by the index of a home, as a text."""
    library = Library.open(home)
    try:
        answer = answer_question(QUESTION, library, open_whole(home))
        return f"{answer.status} {answer.answer} {[(each.clause_id, each.score) for each in answer.citations]}"
    finally:
        library.close()


def files_of(home: Path) -> list[Path]:
    """Everything an index is made of, as paths in its home."""
    live = home / "index" / (home / "index" / "current").read_text(encoding="utf-8")
    return [*sorted(live.iterdir()), home / "index" / "current", home / "index" / "built-from.json"]


def damage_index(home: Path, work: Path, *, flips: int, cuts: int, seed: int) -> Tried:
    """For each file try damaged copies; the index must be noticed as damaged and mended, or answer as before."""
    tried, chance, before = Tried(), random.Random(seed), said(home)
    for path in files_of(home):
        for name, changed in damages(path.read_bytes(), flips, cuts, chance):
            shutil.rmtree(work, ignore_errors=True)
            shutil.copytree(home, work)
            (work / path.relative_to(home)).write_bytes(changed)
            case = f"{path.name} {name}"
            library = Library.open(work)
            try:
                noticed = damage(work) is not None
                built = refresh_index(work, library)
                if said(work) != before or damage(work) is not None:
                    tried.wrong.append(f"{case}: answers otherwise")
                elif noticed and not built:
                    tried.wrong.append(f"{case}: noticed and not mended")
                elif built:
                    tried.noticed += 1
                else:
                    tried.harmless += 1
            except Exception as error:
                tried.wrong.append(f"{case}: {type(error).__name__}: {error}")
            finally:
                library.close()
    shutil.rmtree(work, ignore_errors=True)
    return tried
