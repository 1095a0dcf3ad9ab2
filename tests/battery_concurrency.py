"""Processes that write and threads that read one library at once: what is read is whole, what was reported is there.

Every article of a document carries the number of its revision, so half an old and half a new document would show.
Used by the tests with a few changes and by `make torture` with hundreds.
"""

from __future__ import annotations

import json
import multiprocessing
import re
import threading
import time
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from corpus.check import damage as library_damage
from corpus.errors import NotFound, TiaowenError
from corpus.library import Library
from server.indexing import damage, refresh_index
from server.service import NotReady
from server.wiring import service_over


@dataclass(slots=True)
class Together:
    """How much was done at once; `wrong` must be empty."""

    changes: int = 0
    refused: int = 0  # with a sentence, because another was writing
    reads: int = 0
    answers: int = 0
    builds: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


def text(number: int, revision: int) -> bytes:
    articles = "".join(f"第{n}条　第{revision}次修订规定，公共厕所第{n}项由市容局负责。\n" for n in range(1, 20))
    return f"某市第{number}号公共厕所管理办法\n{articles}".encode()


def write(home: Path, number: int, changes: int, out: Path) -> None:
    """Add, revise and remove documents of this writer's own; every fifth change is indexed."""
    library, held, said = Library.open(home), dict[str, int](), {"changes": 0, "refused": 0, "builds": 0}
    for change in range(changes):
        name = number * 100 + change % 3
        try:
            if change % 7 == 6 and held:
                document_id = sorted(held)[0]
                library.remove(document_id)
                del held[document_id]
            else:
                document = library.add_bytes(f"{name}.txt", text(name, change))
                held[document.document_id] = change
            said["changes"] += 1
            if change % 5 == 4:
                said["builds"] += refresh_index(home, library)
        except TiaowenError:
            said["refused"] += 1
    out.write_text(json.dumps({**said, "held": held}), encoding="utf-8")


def read(home: Path, threads: int, over: Event, out: Path) -> None:
    """Read and ask in several threads until told to stop; what is half or gone stale is noted."""
    counts, wrong, lock = {"reads": 0, "answers": 0}, list[str](), threading.Lock()
    service = service_over(home)

    def one(row: int) -> None:
        library = Library.open(home)
        while not over.is_set():
            try:
                problem = _read_once(library) if row % 2 else _ask_once(service)
            except (NotFound, NotReady):
                continue
            except Exception as error:
                problem = f"{type(error).__name__}: {error}"
            with lock:
                counts["reads" if row % 2 else "answers"] += 1
                if problem:
                    wrong.append(problem)
        library.close()

    running = [threading.Thread(target=one, args=(row,)) for row in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    out.write_text(json.dumps({**counts, "wrong": wrong[:20]}), encoding="utf-8")


def _read_once(library: Library) -> str | None:
    with library.one_state():
        infos = {info.document_id: info.clauses for info in library.documents()}
        seen: dict[str, int] = {}
        for clause in library.clauses():
            seen[clause.document_id] = seen.get(clause.document_id, 0) + 1
    if seen != infos:
        return f"a list and clauses of two moments: {infos} {seen}"
    for document_id in list(infos)[-3:]:
        document = library.document(document_id)
        revisions = set(re.findall(r"第(\d+)次修订", document.text))
        if revisions and (len(revisions) > 1 or len(document.clauses) != 19):
            return f"half a document: {document_id} {revisions} {len(document.clauses)}"
    return None


def _ask_once(service: Any) -> str | None:
    snapshot = service.snapshot()
    answer = service.ask(snapshot, "公共厕所第三项由谁负责")
    for citation in answer.citations:
        try:
            clause = snapshot.library.clause(citation.clause_id)
        except NotFound:  # removed since
            continue
        if clause.clause_id == citation.clause_id and not citation.text:
            return f"an empty citation: {citation.clause_id}"
    if answer.status == "answered":
        span = answer.answer
        cited = next(each for each in answer.citations if each.clause_id == span.clause_id)
        if cited.text[span.start : span.end] != span.text:
            return f"a quote that is not in its clause: {span.clause_id}"
    return None


def together(home: Path, *, writers: int, readers: int, changes: int) -> Together:
    """`writers` processes make `changes` each while `readers` threads in four processes read."""
    done, begun = Together(), time.monotonic()
    library = Library.open(home)
    library.add_samples()
    refresh_index(home, library)
    spawn = multiprocessing.get_context("spawn")
    over = spawn.Event()
    results = home.parent / "results"
    results.mkdir()
    reading = [spawn.Process(target=read, args=(home, readers // 4, over, results / f"r{n}.json")) for n in range(4)]
    writing = [spawn.Process(target=write, args=(home, n, changes, results / f"w{n}.json")) for n in range(writers)]
    for process in [*reading, *writing]:
        process.start()
    for process in writing:
        process.join()
    over.set()
    for process in reading:
        process.join()
    done.wrong += [f"{each.name} ended with {each.exitcode}" for each in [*reading, *writing] if each.exitcode]
    held: dict[str, int] = {}
    for path in results.glob("*.json"):
        said = json.loads(path.read_text(encoding="utf-8"))
        held |= said.get("held", {})
        done.wrong += said.get("wrong", [])
        for name in ("changes", "refused", "reads", "answers", "builds"):
            setattr(done, name, getattr(done, name) + said.get(name, 0))
    present = {info.document_id for info in library.documents()}
    if present != {"shanxi-2016", "guangxi-2016", *held}:
        done.wrong.append(f"lost or come back: {present ^ {'shanxi-2016', 'guangxi-2016', *held}}")
    for document_id, revision in held.items():
        if document_id in present and f"第{revision}次修订" not in library.document(document_id).text:
            done.wrong.append(f"an older text: {document_id}")
    refresh_index(home, library)
    done.wrong += [*library_damage(library), *([broken] if (broken := damage(home)) else [])]
    library.close()
    done.seconds = time.monotonic() - begun
    return done
