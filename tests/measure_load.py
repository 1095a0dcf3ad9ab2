"""Ask a real server many questions and print how it held up: `make load`, or `python tests/measure_load.py`.

The server is `tiaowen serve` in a process of its own, on loopback, over a new library of the shipped documents;
the questions are those of the shipped evaluation sets, in turn. Printed are throughput and percentiles beside
those of the same call in this process without a server, errors, and the server's memory as it goes. The load is
bounded: so many questions, so many clients, each waiting for its answer. Exit status 1 if a request failed or
memory grew by more than 5 % after the first fifth.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

# As `tiaowen` sets them, before anything loads numpy.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
SERVE = "from server.cli import main; main()"


@dataclass
class Timing:
    """Milliseconds of each call, and the seconds that all of them took together."""

    ms: list[float] = field(default_factory=list)
    seconds: float = 0.0
    errors: int = 0

    def percentile(self, share: float) -> float:
        """The value that `share` of the calls stay below; nearest rank."""
        ordered = sorted(self.ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def facts(self) -> dict[str, float]:
        return {
            "calls": len(self.ms),
            "per_s": round(len(self.ms) / self.seconds, 1),
            "p50_ms": round(self.percentile(0.5), 2),
            "p99_ms": round(self.percentile(0.99), 2),
            "errors": self.errors,
        }


def questions() -> list[str]:
    """The questions of the shipped sets, each once."""
    found = [
        json.loads(line)["question"]
        for path in sorted((ROOT / "eval" / "questions").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    return list(dict.fromkeys(found))


def in_process(home: Path, asked: Sequence[str], count: int) -> Timing:
    """The call behind `POST /api/v1/ask`, one after another."""
    from server import schemas
    from server.serving import warm_up
    from server.wiring import service_over

    service = service_over(home)
    warm_up(service)
    timing, begun = Timing(), time.perf_counter()
    for question in itertools.islice(itertools.cycle(asked), count):
        start = time.perf_counter()
        answer = service.ask(service.snapshot(), question)
        schemas.AskResponse.model_validate(answer).model_dump_json()
        timing.ms.append((time.perf_counter() - start) * 1000)
    timing.seconds = time.perf_counter() - begun
    return timing


def over_network(port: int, asked: Sequence[str], count: int, clients: int, watch: Memory) -> Timing:
    """`count` questions from `clients` connections that stay open, each waiting for its answer."""
    timing, lock = Timing(), threading.Lock()
    left = iter(itertools.islice(itertools.cycle(asked), count))

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                question = next(left, None)
            if question is None:
                return
            body = json.dumps({"question": question}).encode()
            start = time.perf_counter()
            try:
                connection.request("POST", "/api/v1/ask", body, {"content-type": "application/json"})
                response = connection.getresponse()
                good = b'"status":"' in response.read() and response.status == 200
            except (OSError, http.client.HTTPException):
                good = False
                connection.close()
            taken = (time.perf_counter() - start) * 1000
            with lock:
                timing.ms.append(taken)
                timing.errors += not good
                watch.look(len(timing.ms))

    begun = time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    timing.seconds = time.perf_counter() - begun
    return timing


class Memory:
    """Resident memory of a server and its workers, looked at every `every` answers."""

    def __init__(self, process: int, every: int) -> None:
        self._process = process
        self._every = every
        self.seen: list[tuple[int, float]] = []

    def look(self, answered: int) -> None:
        if answered % self._every == 0:
            self.seen.append((answered, self.megabytes()))

    def megabytes(self) -> float:
        """The sum over the process and its children; 0 where the system does not tell."""
        return round(sum(_resident(each) for each in (self._process, *children_of(self._process))) / 1024, 1)

    def growth(self) -> float:
        """The share by which the last fifth of the looks lies above the second."""
        fifth = max(1, len(self.seen) // 5)
        early = [size for _, size in self.seen[fifth : 2 * fifth]]
        late = [size for _, size in self.seen[-fifth:]]
        if not early or not late or not sum(early):
            return 0.0
        return (sum(late) / len(late)) / (sum(early) / len(early)) - 1


def _resident(process: int) -> int:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) if found else 0


def children_of(process: int) -> list[int]:
    """The processes that a process started; none where the system does not tell."""
    try:
        listed = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8")
    except OSError:
        return []
    return [int(each) for each in listed.split()]


def start_server(home: Path, workers: int) -> tuple[subprocess.Popen[str], int]:
    """A server on a free port, ready to answer; its log goes nowhere."""
    flags = ["--port", "0", "--workers", str(workers), "--requests-per-minute", "0", "--home", str(home)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SERVE, "serve", *flags]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
            port = int(found[1])
            break
    else:
        raise SystemExit("the server did not start")
    threading.Thread(target=lambda: [None for _ in process.stderr or ()], daemon=True).start()
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return process, port
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not become ready")


def main() -> None:
    """Measure, print, tell by the exit status whether all was well."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--questions", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    given = parser.parse_args()
    asked = questions()
    with tempfile.TemporaryDirectory(prefix="tiaowen-load-") as folder:
        from server.console import open_both

        home = Path(folder)
        open_both(home)
        few = max(1, min(1000, given.questions // 5))
        before = in_process(home, asked, few)
        process, port = start_server(home, given.workers)
        try:
            memory = Memory(process.pid, every=max(1, given.questions // 20))
            one = over_network(port, asked, few, 1, Memory(process.pid, every=given.questions + 1))
            many = over_network(port, asked, given.questions, given.clients, memory)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
        after = in_process(home, asked, few)
    direct = Timing(before.ms + after.ms, before.seconds + after.seconds)
    rows = {"in process": direct, "1 client": one, f"{given.clients} clients": many}
    figures = {
        "workers": given.workers,
        "distinct_questions": len(asked),
        "rows": {name: timing.facts() for name, timing in rows.items()},
        "p99_ratio_1_client": round(one.percentile(0.99) / direct.percentile(0.99), 2),
        "p99_ratio": round(many.percentile(0.99) / direct.percentile(0.99), 2),
        "throughput_ratio": round((len(many.ms) / many.seconds) / (len(direct.ms) / direct.seconds), 2),
        "memory_mb": memory.seen,
        "memory_growth": round(memory.growth(), 4),
    }
    for name, timing in rows.items():
        print(name.ljust(12), "  ".join(f"{key} {value:g}" for key, value in timing.facts().items()))
    print(f"p99 as a ratio to the call in process: 1 client {figures['p99_ratio_1_client']},", end=" ")
    print(f"{given.clients} clients {figures['p99_ratio']}; throughput {figures['throughput_ratio']}")
    print("memory in MB by answers:", "  ".join(f"{count}: {size:g}" for count, size in memory.seen))
    print(f"memory grew by {memory.growth():.1%} from the second fifth to the last")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")
    sys.exit(1 if one.errors + many.errors or memory.growth() > 0.05 else 0)


if __name__ == "__main__":
    main()
