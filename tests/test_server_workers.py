"""A real server with two workers: one generation for all, swapped under load, a dead worker replaced, a clean end."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import ProxyHandler, build_opener

import pytest
from measure_load import SERVE, children_of

from server.client import Client

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "山西2020年医药主营业务收入要达到多少"
RULES = "某市公共厕所管理办法\n\n第一条 为了加强公共厕所管理，制定本办法。\n\n第二条 公共厕所应当免费开放。\n"
pytestmark = pytest.mark.skipif(os.name == "nt", reason="several workers need Linux or macOS")


class Served:
    """A running `tiaowen serve --workers 2`, with what it wrote to its log."""

    def __init__(self, home: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TIAOWEN_REQUESTS_PER_MINUTE": "0"}
        flags = ["serve", "--port", "0", "--workers", "2", "--home", str(home)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE, *flags], stderr=subprocess.PIPE, text=True, env=environment
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.address = self._wait_for(lambda: self._found(r"(http://127\.0\.0\.1:\d+) "))
        self.client = Client(self.address)
        self._wait_for(lambda: len(self.workers()) == 2 and self._answers())

    def _read(self) -> None:
        assert self.process.stderr is not None
        with self.process.stderr as log:
            for line in log:
                self.lines.append(line)

    def _found(self, pattern: str) -> str | None:
        return next((found[1] for line in self.lines if (found := re.search(pattern, line))), None)

    def _answers(self) -> bool:
        try:
            return self.client.health().status == "ok"
        except Exception:
            return False

    def _wait_for(self, wanted: Any, seconds: float = 120) -> Any:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := wanted():
                return found
            time.sleep(0.1)
        raise AssertionError("".join(self.lines[-20:]))

    def end(self) -> int:
        """Stop it as a service manager does; the exit status, once its log has been read to the end."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        self._reader.join(30)
        return status

    def workers(self) -> list[int]:
        """The processes that answer; multiprocessing's own helper is not one."""
        return [each for each in children_of(self.process.pid) if b"spawn_main" in _command(each)]

    def call(self, path: str) -> bytes:
        with build_opener(ProxyHandler({})).open(f"{self.address}{path}", timeout=60) as response:
            return bytes(response.read())


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    if not Path("/proc/self/task").exists():
        pytest.skip("the workers of a process are looked up in /proc")
    found = Served(tmp_path_factory.mktemp("home"))
    yield found
    found.end()


def test_a_new_generation_comes_without_a_dropped_request(served: Served) -> None:
    """While four clients ask without pause, a document is added: every answer is whole, and every worker has it."""
    over, failures, answered = threading.Event(), list[str](), list[str]()

    def ask() -> None:
        client = Client(served.address)
        while not over.is_set():
            try:
                answered.append(client.ask(QUESTION).status)
            except Exception as error:
                failures.append(repr(error))

    before = served.client.health().generation
    clients = [threading.Thread(target=ask) for _ in range(4)]
    for client in clients:
        client.start()
    try:
        job = served.client.add({"a.txt": RULES.encode()})
        events = served.call(f"/api/v1/jobs/{job.job_id}/events").decode()  # any worker tells of it, to its end
        states = [json.loads(line[6:])["state"] for line in events.splitlines() if line.startswith("data: ")]
        seen = [served.client.health() for _ in range(20)]
    finally:
        over.set()
        for client in clients:
            client.join()
    assert states[-1] == "done"
    assert failures == []
    assert set(answered) == {"answered"}
    assert {health.generation for health in seen[10:]} - {before}
    assert {health.documents for health in seen[10:]} == {3}


def test_counters_are_those_of_all_workers(served: Served) -> None:
    """Whichever worker is asked, the sum has every request."""
    counted = r'tiaowen_requests_total\{method="GET",route="/healthz",status="200"\} (\d+)'

    def count() -> int:
        found = re.search(counted, served.call("/metrics").decode())
        return int(found[1]) if found else 0

    before = count()
    for _ in range(20):
        served.call("/healthz")
    assert count() == before + 20


def test_a_worker_that_dies_is_replaced(served: Served) -> None:
    """The other one goes on answering meanwhile."""
    first = served.workers()
    os.kill(first[0], signal.SIGKILL)
    served._wait_for(lambda: len(set(served.workers())) == 2 and first[0] not in served.workers())
    assert served.client.ask(QUESTION).status == "answered"
    assert any("another takes its place" in line for line in served.lines)


def test_it_ends_when_told_to(served: Served) -> None:
    """SIGTERM ends all processes, without an error; the log has one JSON line a request and no question."""
    workers = served.workers()
    assert served.end() == 0
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
    assert not any("Traceback" in line for line in served.lines)
    told = [json.loads(line) for line in served.lines if line.startswith("{")]
    assert {"at", "request_id", "method", "path", "status", "ms"} <= set(told[0])
    assert QUESTION not in "".join(served.lines)
