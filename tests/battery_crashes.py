"""Kill a process at a random moment of what it does, or let one of its writes fail, and look what is left.

Each change runs in a process forked from this one, so that the moments fall into the change and not into Python's
start.  Afterwards the library must open, hold whole documents and every one that was reported, and be answered by a
whole index; the next change goes on from there.  Used by the tests with a few and by `make torture` with hundreds.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from battery_index import QUESTION

from corpus.check import damage as library_damage
from corpus.errors import NotFound, TiaowenError
from corpus.library import Library
from corpus.models import Document
from eval.local import LocalSource
from qa.answer import answer_question
from qa.verify import Claim, verify_citations
from server.changes import LibraryChanges
from server.indexing import damage, open_whole, refresh_index

Say = Callable[[str], None]
Act = Callable[[Path, Path, int, Say], None]


def text(number: int) -> bytes:
    """A document of its own for each number, of some forty articles."""
    articles = "".join(
        f"第{n}条　第{number}号规定的第{n}项事项，由市公共厕所管理局负责，标准为{n}元。\n" for n in range(1, 40)
    )
    return f"某市第{number}号公共厕所管理办法\n{articles}".encode()


def digest(document: Document) -> str:
    return hashlib.sha256(document.text.encode()).hexdigest()


def reported(document: Document) -> str:
    """The line that tells of a document: from now on it must be there, with this text."""
    return f"+{document.document_id}\t{digest(document)}"


# What is done, each telling what it reports to a person once that is so


def add(home: Path, other: Path, number: int, say: Say) -> None:
    library = Library.open(home)
    for n in (number, number + 1):
        say(reported(library.add_bytes(f"{n}.txt", text(n))))
    refresh_index(home, library)


def replace(home: Path, other: Path, number: int, say: Say) -> None:
    library = Library.open(home)
    held = [info.document_id for info in library.documents() if "号公共厕所" in info.title]
    if held:
        name, data = library.original(held[0])
        say("?" + held[0])
        say(reported(library.add_bytes(name, data + f"第四十条　第{number}次修改。\n".encode())))
    refresh_index(home, library)


def remove(home: Path, other: Path, number: int, say: Say) -> None:
    library = Library.open(home)
    changes = LibraryChanges(home, library)
    held = [info.document_id for info in library.documents() if "号公共厕所" in info.title]
    if held:
        say("?" + held[-1])
        changes.remove(held[-1])
        say("-" + held[-1])
    refresh_index(home, library)


def restore(home: Path, other: Path, number: int, say: Say) -> None:
    library = Library.open(home)
    changes = LibraryChanges(home, library)
    for document_id in list(changes.removed())[:1]:
        say(reported(library.document(changes.restore(document_id))))
    refresh_index(home, library)


def index(home: Path, other: Path, number: int, say: Say) -> None:
    library = Library.open(home)
    shutil.rmtree(home / "index", ignore_errors=True)
    refresh_index(home, library)


def import_(home: Path, other: Path, number: int, say: Say) -> None:
    library = Library.open(home)
    for document_id in library.import_from(other):
        say(reported(library.document(document_id)))
    refresh_index(home, library)


def evaluate(home: Path, other: Path, number: int, say: Say) -> None:
    library = Library.open(home)
    refresh_index(home, library)
    source = LocalSource(library, open_whole(home))
    for n in range(20):
        source.ask(f"第{n}项事项由谁负责")


ACTS: dict[str, Act] = {
    "add": add,
    "replace": replace,
    "remove": remove,
    "restore": restore,
    "index": index,
    "import": import_,
    "evaluate": evaluate,
}


@dataclass(slots=True)
class Battery:
    """What was tried and what came of it; `wrong` must be empty."""

    tried: int = 0
    finished: int = 0  # before they were killed, or in spite of the failing write
    by_act: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Place:
    """A library under attack, with what was reported of it."""

    def __init__(self, folder: Path) -> None:
        self.home, self.other = folder / "home", folder / "other.tiaowen"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        library = Library.open(folder / "given")
        for number in (900, 901, 902):
            library.add_bytes(f"{number}.txt", text(number))
        library.export(self.other)
        library.close()
        library = Library.open(self.home)
        self.held = {document.document_id: digest(document) for document in library.add_samples()}
        refresh_index(self.home, library)
        library.close()
        self.unsure: set[str] = set()

    def heard(self, lines: list[str]) -> None:
        for line in lines:
            name, _, sha = line[1:].partition("\t")
            if line[0] == "?":  # about to change: as before or as after
                self.unsure.add(name)
                continue
            self.unsure.discard(name)
            if line[0] == "+":
                self.held[name] = sha
            else:
                self.held.pop(name, None)

    def look(self) -> list[str]:
        """What is not as it must be."""
        wrong: list[str] = []
        try:
            library = Library.open(self.home)
        except TiaowenError as error:
            return [f"the library does not open: {error}"]
        try:
            wrong += [f"damaged: {sentence}" for sentence in library_damage(library)]
            present = {i.document_id: digest(library.document(i.document_id)) for i in library.documents()}
            kept = set(LibraryChanges(self.home, library).removed())
            for name, sha in self.held.items():
                if name in self.unsure:
                    wrong += [f"lost: {name}"] if name not in present and name not in kept else []
                elif present.get(name) != sha:
                    wrong.append(f"lost: {name}" if name not in present else f"another text: {name}")
            self.held = present
            self.unsure = set()
            if (self.home / "index" / "current").exists():
                if broken := damage(self.home):
                    wrong.append(f"index: {broken}")
                answer = answer_question(QUESTION, library, open_whole(self.home))
                claims = [Claim(c.clause_id, c.sha256) for c in answer.citations]
                if answer.status != "answered" or any(v.status != "valid" for v in verify_citations(claims, library)):
                    wrong.append(f"answer: {answer.status} {answer.reason}")
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}")
        finally:
            library.close()
        return wrong

    def go_on(self) -> list[str]:
        """What is wrong once a next run has finished, leftovers included."""
        library = Library.open(self.home)
        try:
            refresh_index(self.home, library)
            left = [path.name for path in (self.home / "index").iterdir() if path.name.startswith(".")]
            return [f"left behind: {name}" for name in left] + self.look()
        finally:
            library.close()


def run(act: Act, place: Place, number: int, *, kill_after: float | None = None, fail_from: int = 0) -> tuple[str, int]:
    """Do something in a process of its own: what it ended with ("" for well, "killed"), and how often it wrote."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        shim = ctypes.CDLL(None) if fail_from else None
        lines: list[bytes] = []

        def say(line: str) -> None:
            if shim is None:
                os.write(writer, line.encode() + b"\n")
            else:
                lines.append(line.encode() + b"\n")

        ended = b""
        try:
            if shim is not None:
                shim.start_failing(ctypes.c_long(fail_from))
            act(place.home, place.other, number, say)
        except (TiaowenError, NotFound) as error:
            ended = f"told {error}".encode()
        except OSError as error:
            ended = (f"told {error}" if error.errno else f"raised OSError {error}").encode()
        except BaseException as error:
            ended = f"raised {type(error).__name__} {error}".encode()
        count = 0
        if shim is not None:
            count = shim.writes_counted()
            shim.start_failing(ctypes.c_long(0))
        os.write(writer, b"".join(lines) + b"=" + str(count).encode() + b" " + ended.replace(b"\n", b" ") + b"\n")
        os._exit(0)
    os.close(writer)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read().decode("utf-8", "replace").splitlines()
    os.waitpid(child, 0)
    place.heard([line for line in said if line and line[0] in "+-?"])
    last = next((line[1:] for line in said if line.startswith("=")), None)
    if last is None:
        return "killed", 0
    count, _, ended = last.partition(" ")
    return ended, int(count)


def kill(folder: Path, *, kills: int, seed: int, seconds: float = 1e9) -> Battery:
    """Kill changes at random moments, at most `kills` of them and about as long as `seconds`."""
    battery, chance, begun = Battery(), random.Random(seed), time.monotonic()
    place, names = Place(folder), list(ACTS)
    lasting = dict.fromkeys(names, 0.0)
    for number in range(0, 10 * kills, 10):
        if number % 250 == 240:
            place = Place(folder)
        if battery.tried >= kills or time.monotonic() - begun > seconds:
            break
        name = names[(number // 10) % len(names)]
        if not lasting[name] or battery.tried % 40 == 39:  # how long it takes on this machine, now
            at = time.monotonic()
            ended, _ = run(ACTS[name], place, 5000 + number)
            lasting[name] = time.monotonic() - at
            if ended:
                battery.wrong.append(f"{name} in peace: {ended}")
        ended, _ = run(ACTS[name], place, number, kill_after=chance.uniform(0, lasting[name]))
        battery.tried += 1
        battery.by_act[name] += 1
        battery.finished += ended == ""
        if ended not in ("", "killed"):
            battery.wrong.append(f"{name} #{number}: {ended}")
        wrong = place.look() if battery.tried % 5 else place.go_on()
        battery.wrong += [f"{name} #{number}: {sentence}" for sentence in wrong]
    battery.seconds = time.monotonic() - begun
    return battery


def shim(folder: Path) -> Path | None:
    """The library that lets writes fail, compiled; None where there is no compiler."""
    compiler, found = shutil.which("cc"), folder / "failing_writes.so"
    if compiler is None or sys.platform != "linux":
        return None
    source = Path(__file__).with_name("failing_writes.c")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", found, source, "-ldl"], check=True)
    return found


def fail(folder: Path, *, step: int = 1, seconds: float = 1e9) -> Battery:
    """Let every `step`-th write of each change fail in turn, with those behind it; needs the shim loaded."""
    battery, begun = Battery(), time.monotonic()
    for name, act in ACTS.items():
        place = Place(folder)
        number = 0
        for warm in (add, remove):
            run(warm, place, 700)
        at = 1
        while True:
            number += 10
            if time.monotonic() - begun > seconds:
                break
            ended, count = run(act, place, number, fail_from=at)
            battery.tried += 1
            battery.by_act[name] += 1
            if ended.startswith("raised"):
                battery.wrong.append(f"{name} write {at}: {ended}")
            battery.finished += ended == ""
            wrong = place.look()
            if battery.tried % 5 == 0:
                wrong += place.go_on()
            battery.wrong += [f"{name} write {at}: {sentence}" for sentence in wrong]
            if count < at:
                break
            at += step
    battery.seconds = time.monotonic() - begun
    return battery


if __name__ == "__main__":  # started again by `failing_writes` with the shim loaded
    import json

    done = fail(Path(sys.argv[1]), step=int(sys.argv[2]), seconds=float(sys.argv[3]))
    print(json.dumps([done.tried, done.finished, done.by_act, done.wrong, done.seconds], ensure_ascii=False))


def failing_writes(folder: Path, *, step: int, seconds: float = 1e9) -> Battery | None:
    """The battery of `fail` in a process of its own with the shim loaded; None where it cannot be compiled."""
    import json

    folder.mkdir(parents=True, exist_ok=True)
    library = shim(folder)
    if library is None:
        return None
    root = Path(__file__).resolve().parent
    environment = {**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": f"{root}{os.pathsep}{root.parent}"}
    command = [sys.executable, __file__, str(folder / "work"), str(step), str(seconds)]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    tried, finished, by_act, wrong, took = json.loads(done.stdout.splitlines()[-1])
    return Battery(tried, finished, Counter(by_act), wrong, took)
