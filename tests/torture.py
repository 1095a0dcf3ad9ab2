"""`make torture`: the full batteries of reliability, and their table in docs/reliability.md.

    python tests/torture.py [--only NAME …] [--scale 1.0]

Each battery can be made smaller; the table has the counts that were really tried.
"""

from __future__ import annotations

import argparse
import datetime
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reliability.md"
MARK = "<!-- table of the last full battery, written by tests/torture.py -->\n"
Row = tuple[str, str, str, float, list[str]]  # what, tried, outcome, seconds, wrong


def filled(home: Path) -> Path:
    from corpus.library import Library
    from server.indexing import refresh_index

    library = Library.open(home)
    library.add_samples()
    refresh_index(home, library)
    library.close()
    return home


def kills(folder: Path, scale: float) -> Row:
    from battery_crashes import kill

    done = kill(folder, kills=int(330 * scale), seed=7)
    acts = "，".join(f"{name} {count}" for name, count in sorted(done.by_act.items()))
    tried = f"{done.tried} kills, {done.tried - done.finished} of them before the change was over ({acts})"
    return "SIGKILL at a random moment", tried, _none(done.wrong), done.seconds, done.wrong


def faults(folder: Path, scale: float) -> Row:
    from battery_crashes import failing_writes

    done = failing_writes(folder, step=max(1, int(3 / scale)))
    if done is None:
        return "A write fails", "0 (no C compiler)", "not tried", 0.0, []
    tried = f"{done.tried} failing writes, every {max(1, int(3 / scale))}rd of each change"
    return "A write and all behind it fail", tried, _none(done.wrong), done.seconds, done.wrong


def many(folder: Path, scale: float) -> Row:
    from battery_concurrency import together

    done = together(folder / "home", writers=8, readers=32, changes=max(3, int(30 * scale)))
    reads = done.reads + done.answers
    tried = f"8 writers, 32 readers: {done.changes} changes, {done.builds} index builds, {reads} reads"
    outcome = f"{_none(done.wrong)}; {done.refused} refused with a sentence"
    return "Writing and reading at once", tried, outcome, done.seconds, done.wrong


def library_bytes(folder: Path, scale: float) -> Row:
    import time

    from battery_damage import damage_library

    begun = time.monotonic()
    home = filled(folder / "home")
    done = damage_library(home, folder / "work", flips=int(3000 * scale), cuts=int(500 * scale), seed=7)
    return _damage("library.sqlite flipped or cut", done, begun)


def index_bytes(folder: Path, scale: float) -> Row:
    import time

    from battery_index import damage_index

    begun = time.monotonic()
    home = filled(folder / "home")
    done = damage_index(home, folder / "work", flips=int(20 * scale), cuts=int(5 * scale), seed=7)
    return _damage("Each file of an index flipped or cut", done, begun)


def _damage(what: str, done: object, begun: float) -> Row:
    import time

    from battery_damage import Tried

    assert isinstance(done, Tried)
    tried = done.noticed + done.harmless + len(done.wrong)
    outcome = f"{done.noticed} noticed, {done.harmless} read as before, {len(done.wrong)} read wrongly"
    return what, f"{tried} copies", outcome, time.monotonic() - begun, done.wrong


def requests(folder: Path, scale: float) -> Row:
    from battery_inputs import requests as ask

    return _inputs("Generated requests", ask(filled(folder / "home"), count=int(10_000 * scale), seed=7))


def files(folder: Path, scale: float) -> Row:
    from battery_inputs import mutated_files

    return _inputs("Mutated files", mutated_files(count=int(10_000 * scale), seed=7))


def _inputs(what: str, done: object) -> Row:
    from battery_inputs import Inputs

    assert isinstance(done, Inputs)
    outcomes = ", ".join(f"{count} {name}" for name, count in sorted(done.outcomes.items()))
    told = f"{_none(done.wrong)}; {outcomes}; slowest {done.slowest_s:.1f} s; at most {done.memory_mb} MB"
    return what, f"{done.tried}", told, done.seconds, done.wrong


def soak(folder: Path, scale: float) -> Row:
    from battery_soak import soak as run

    return run(folder, minutes=30 * scale)


def _none(wrong: list[str]) -> str:
    return f"{len(wrong)} wrong" if wrong else "nothing wrong"


BATTERIES: dict[str, Callable[[Path, float], Row]] = {
    "kills": kills,
    "faults": faults,
    "many": many,
    "library": library_bytes,
    "index": index_bytes,
    "requests": requests,
    "files": files,
    "soak": soak,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=BATTERIES, default=list(BATTERIES))
    parser.add_argument("--scale", type=float, default=1.0, help="1 is the full battery")
    given = parser.parse_args()
    failed = 0
    for name in given.only:
        with tempfile.TemporaryDirectory(prefix="tiaowen-torture-") as folder:
            row = BATTERIES[name](Path(folder), given.scale)
        what, tried, outcome, seconds, wrong = row
        print(f"{what}: {tried}: {outcome} ({seconds:.0f} s)", flush=True)
        for sentence in wrong:
            print(f"  {sentence}", file=sys.stderr)
        failed += bool(wrong)
        _keep(name, f"| {what} | {tried} | {outcome} | {seconds / 3600:.2f} |")
    return 1 if failed else 0


def _keep(name: str, line: str) -> None:
    """Put a battery's line into the page, in the place of the one before."""
    text = PAGE.read_text(encoding="utf-8")
    head, _, table = text.partition(MARK)
    lines = {row.split("<!-- ")[1].split(" ")[0]: row for row in table.splitlines() if "<!-- " in row}
    today = datetime.date.today().isoformat()
    lines[name] = f"{line[:-1]}| {today} <!-- {name} --> |"
    rows = [lines[each] for each in BATTERIES if each in lines]
    body = "| what | tried | outcome | hours | on |\n|---|---|---|---|---|\n" + "\n".join(rows) + "\n"
    PAGE.write_text(f"{head}{MARK}\n{body}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
