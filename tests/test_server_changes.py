"""Jobs: in order, with progress, failures told, and nobody kept waiting for ever."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from fakes_server import SHANXI, build_document

from corpus.errors import NotFound, UnreadableFile
from corpus.models import Document
from server import jobs
from server.changes import safe_name
from server.jobs import WAITING_AT_MOST, Job, JobFiles, JobRunner, TooManyJobs, Upload


class InMemoryChanges:
    """A library that only counts: files named bad are unreadable; `gate` holds an index build back."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self.gone: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def preview(self, name: str, data: bytes, supplied: Mapping[str, str]) -> Document:
        if not data.strip():
            raise UnreadableFile(f"{name}：文件是空的")
        return build_document(SHANXI)

    def add(self, name: str, data: bytes, supplied: Mapping[str, str]) -> str:
        if name.startswith("bad"):
            raise UnreadableFile(f"{name}：读不出来")
        self.held.append(name)
        return name

    def remove(self, document_id: str) -> None:
        if document_id not in self.held:
            raise NotFound(f"没有 {document_id}")
        self.held.remove(document_id)
        self.gone.append(document_id)

    def restore(self, document_id: str) -> str:
        self.gone.remove(document_id)
        self.held.append(document_id)
        return document_id

    def removed(self) -> dict[str, str]:
        return {name: name for name in self.gone}

    def index(self, progress: Callable[[int, int], None]) -> None:
        for done in range(1, 5):
            progress(done, 4)
        self.gate.wait(10)


def finished(job: Job) -> Job:
    """The job once it is over."""
    deadline = time.monotonic() + 10
    while not job.over and time.monotonic() < deadline:
        time.sleep(0.005)
    return job


def upload(name: str) -> Upload:
    return Upload(name, b"x", {})


def test_one_bad_file_does_not_stop_the_rest() -> None:
    """It is told by name; the others are added and indexed before the job is done."""
    changes, seen = InMemoryChanges(), list[str]()
    runner = JobRunner(changes, lambda: seen.append("refreshed"))
    job = finished(runner.add([upload("a"), upload("bad"), upload("b")]))
    assert (job.state, job.documents, job.progress) == ("done", ["a", "b"], 1.0)
    assert job.failed == [{"name": "bad", "message": "bad：读不出来"}]
    assert seen == ["refreshed"]
    assert finished(runner.add([upload("bad")])).state == "failed"


def test_jobs_run_in_order_and_tell_how_far_they_are() -> None:
    """The second waits while the first is being indexed."""
    changes = InMemoryChanges()
    changes.gate.clear()
    runner = JobRunner(changes)
    first, second = runner.add([upload("a")]), runner.remove("a")
    deadline = time.monotonic() + 10
    while first.progress < 1.0 and time.monotonic() < deadline:
        time.sleep(0.005)
    assert (first.state, second.state) == ("indexing", "waiting")
    changes.gate.set()
    assert [finished(job).state for job in (first, second)] == ["done", "done"]
    assert finished(runner.restore("a")).documents == ["a"]
    assert runner.get(first.job_id) is first
    assert runner.get("none") is None


def test_what_goes_wrong_ends_the_job_and_not_the_thread(caplog: pytest.LogCaptureFixture) -> None:
    """A person's mistake is told; a bug is logged; the next job runs."""
    changes = InMemoryChanges()
    runner = JobRunner(changes)
    unknown = finished(runner.remove("none"))
    assert (unknown.state, unknown.message) == ("failed", "没有 none")
    changes.gone = []
    broken = finished(runner.restore("none"))  # list.remove raises ValueError: a bug of the fake
    assert broken.state == "failed"
    assert broken.job_id in (broken.message or "")
    assert finished(runner.add([upload("a")])).state == "done"


def test_only_so_many_changes_wait() -> None:
    """Beyond that a caller is told to come back."""
    changes = InMemoryChanges()
    changes.gate.clear()
    runner = JobRunner(changes)
    uploads = [upload("a")]
    running = runner.add(uploads)
    while running.state == "waiting":
        time.sleep(0.005)
    for _ in range(WAITING_AT_MOST):
        runner.add(uploads)
    with pytest.raises(TooManyJobs):
        runner.add(uploads)
    changes.gate.set()


def test_a_job_is_known_to_other_workers_and_after_a_restart(tmp_path: Path) -> None:
    """Another runner over the same folder tells how it went; one whose process is gone is told as failed."""
    files = JobFiles(tmp_path / "jobs")
    job = finished(JobRunner(InMemoryChanges(), files=files).add([upload("a"), upload("bad")]))
    other = JobRunner(InMemoryChanges(), files=files)
    deadline = time.monotonic() + 10
    while (seen := other.get(job.job_id)) != job and time.monotonic() < deadline:
        time.sleep(0.005)
    assert seen == job
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for number, process in enumerate((ended.pid, os.getpid())):
        left = Job(f"{number:016x}", "add", "indexing", process=process)
        files.save(left)
        told = other.get(left.job_id)
        assert told is not None
        assert (told.state, told.over) == ("failed", True)
        assert told.message


@pytest.mark.parametrize("name", ["", "../keys", "0123456789abcdef", "0123456789ABCDEF", "x" * 9999, "a/b"])
def test_a_name_that_is_no_job_is_not_looked_for_elsewhere(tmp_path: Path, name: str) -> None:
    """Nothing outside the folder of jobs can be read through it."""
    (tmp_path / "keys.json").write_text("{}", encoding="utf-8")
    assert JobFiles(tmp_path / "jobs").read(name) is None


def test_only_the_latest_jobs_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder does not grow for ever."""
    monkeypatch.setattr(jobs, "KEPT_AT_MOST", 3)
    files = JobFiles(tmp_path)
    for number in range(5):
        files.save(Job(f"{number:016x}", "add", "done"))
        os.utime(tmp_path / f"{number:016x}.json", (number, number))
    files.forget_old()
    assert sorted(path.stem[-1] for path in tmp_path.iterdir()) == ["2", "3", "4"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\docs\\方案.docx", "方案.docx"),
        ("a\u202eb\x00.txt", "ab.txt"),
        ("..", "document.txt"),
        ("", "document.txt"),
        ("长" * 300, "长" * 200),
    ],
)
def test_a_file_name_is_only_a_name(given: str, kept: str) -> None:
    """No folder, no control or direction characters, no endless length."""
    assert safe_name(given) == kept
