"""Half an hour of mixed questions, adds and removes at four fifths of what a server can do, on loopback.

Looked at: errors, resident memory and open files of the server and its children, and how late the slowest answers
are compared with those of the quiet server.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from measure_load import SERVE, Memory, children_of, over_network, questions

ROOT = Path(__file__).resolve().parent.parent
CLIENTS = 4
SHARE = 0.8
SETTLED = 0.2  # of the time, after which nothing may grow
GROWTH = 1.10
LATE = 10  # times the median of the quiet server


def soak(folder: Path, *, minutes: float) -> tuple[str, str, str, float, list[str]]:
    """A row of the table: what, tried, outcome, seconds, wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TIAOWEN_REQUESTS_PER_MINUTE": "0"}
    command = [sys.executable, "-c", SERVE, "serve", "--port", "0", "--home", str(folder / "home")]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stderr=log, env=environment) as server,
    ):
        try:
            return _soak(server.pid, _port(folder / "log"), minutes, folder / "log")
        finally:
            server.terminate()


def _port(log: Path) -> int:
    """Where the server is, once it answers."""
    for _ in range(600):
        time.sleep(0.2)
        if found := re.search(r"http://127\.0\.0\.1:(\d+) ", log.read_text(encoding="utf-8", errors="replace")):
            connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=60)
            try:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return int(found[1])
            except OSError:  # it has the port, but does not listen yet
                continue
            finally:
                connection.close()
    raise RuntimeError(log.read_text(encoding="utf-8"))


def _soak(process: int, port: int, minutes: float, log: Path) -> tuple[str, str, str, float, list[str]]:
    asked, watch = questions(), Memory(process, 10**9)
    over_network(port, asked, 50, 1, watch)
    quiet = over_network(port, asked, 200, 1, watch)
    full = over_network(port, asked, 400, CLIENTS, watch)
    pace = SHARE * len(full.ms) / full.seconds
    begun, until = time.monotonic(), time.monotonic() + 60 * minutes
    late: list[float] = []
    wrong: list[str] = []
    changes: Counter[str] = Counter()
    seen: list[tuple[float, float, int]] = []  # seconds, megabytes, open files
    lock, turns = threading.Lock(), itertools.count()

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while (turn := next(turns)) is not None:
            due = begun + turn / pace
            if max(due, time.monotonic()) > until:
                return
            time.sleep(max(0.0, due - time.monotonic()))
            start = time.monotonic()
            body = json.dumps({"question": asked[turn % len(asked)]}).encode()
            try:
                connection.request("POST", "/api/v1/ask", body, {"content-type": "application/json"})
                response = connection.getresponse()
                good = b'"status":"' in response.read() and response.status == 200
            except (OSError, http.client.HTTPException):
                good = False
                connection.close()
            with lock:
                late.append((time.monotonic() - start) * 1000)
                if not good:
                    wrong.append(f"question {turn} was not answered")

    def change() -> None:
        chance, held = random.Random(7), list[str]()
        for number in itertools.count():
            if time.monotonic() > until:
                return
            try:
                if not held:
                    rows = "".join(f"第{n}条　第{number}号的第{n}项。\n" for n in range(1, 30))
                    page = f"某市第{number % 8}号管理办法\n{rows}".encode()
                    form = b"--b\r\nContent-Disposition: form-data; name=files; filename=a.txt\r\n\r\n%s\r\n--b--\r\n"
                    kind = {"content-type": "multipart/form-data; boundary=b"}
                    done = _job(port, "POST", "/api/v1/documents", form % page, kind)
                else:
                    done = _job(port, "DELETE", f"/api/v1/documents/{held.pop()}", b"", {})
                changes[str(done["kind"])] += 1
                held += done["documents"] if done["kind"] == "add" else []
                if done["state"] != "done":
                    wrong.append(f"change {number}: {done}")
            except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
                wrong.append(f"change {number}: {error!r}")
            time.sleep(chance.uniform(1, 6))

    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)] + [threading.Thread(target=change)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen.append((time.monotonic() - begun, watch.megabytes(), _open_files(process)))
        time.sleep(min(5.0, 6 * minutes))
    seconds = time.monotonic() - begun
    settled = [row for row in seen if row[0] > SETTLED * seconds]
    early, last = settled[: len(settled) // 4 + 1], settled[-(len(settled) // 4 + 1) :]
    for what, column in (("memory", 1), ("open files", 2)):
        before, after = (sum(row[column] for row in rows) / len(rows) for rows in (early, last))
        if after > GROWTH * before:
            wrong.append(f"{what} grew from {before:.0f} to {after:.0f}")
    late.sort()
    p99 = late[int(0.99 * len(late))]
    if p99 > LATE * quiet.percentile(0.5):
        wrong.append(f"p99 {p99:.0f} ms, more than {LATE} times {quiet.percentile(0.5):.1f} ms")
    if b"Traceback" in log.read_bytes():
        wrong.append("a traceback in the log")
    tried = f"{len(late)} questions at {pace:.0f}/s, {changes['add']} adds, {changes['remove']} removes"
    usual = quiet.percentile(0.5)
    usual = quiet.percentile(0.5)
    outcome = (
        f"{len(wrong)} wrong; p50 {late[len(late) // 2]:.1f} ms, p99 {p99:.0f} ms (quiet p50 {usual:.1f} ms); "
        f"memory {early[0][1]:.0f} to {last[-1][1]:.0f} MB, open files {early[0][2]} to {last[-1][2]}"
    )
    return "Soak", tried, outcome, seconds, wrong[:20]


def _job(port: int, method: str, path: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    from urllib.parse import quote

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        connection.request(method, quote(path), body, headers)
        job = json.loads(connection.getresponse().read())
        while job["state"] not in ("done", "failed"):
            time.sleep(0.2)
            connection.request("GET", job["url"])
            job = json.loads(connection.getresponse().read())
        return dict(job)
    finally:
        connection.close()


def _open_files(process: int) -> int:
    return sum(len([*Path(f"/proc/{each}/fd").iterdir()]) for each in (process, *children_of(process)))
