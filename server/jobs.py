"""Changes take seconds, so they run one after another on a thread of their own, as jobs that report
progress.

A job's state is also kept as a small file, so that another worker, or the server after a restart, can tell
how far it came.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from corpus.errors import TiaowenError
from server.changes import Changes

State = Literal["waiting", "reading", "indexing", "done", "failed"]
WAITING_AT_MOST = 32
KEPT_AT_MOST = 500
SAVED_EVERY_S = 0.1
LOG = logging.getLogger("tiaowen.errors")


class TooManyJobs(TiaowenError):
    """More changes are waiting than will be kept."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file to be added, with what its sender knows about it."""

    name: str
    data: bytes
    supplied: dict[str, str]


@dataclass(slots=True)
class Job:
    """One change and how far it is. Only the job thread writes it; readers take its fields as they are.

    `process` is the one that runs it: where that has ended, the job has too.
    """

    job_id: str
    kind: str
    state: State = "waiting"
    progress: float = 0.0
    documents: list[str] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    message: str | None = None
    finished: float | None = None
    process: int = field(default_factory=os.getpid)

    @property
    def over(self) -> bool:
        return self.state in ("done", "failed")


class JobFiles:
    """The states of jobs, one file each, the newest KEPT_AT_MOST of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, job: Job) -> None:
        """Write a job's present state, whole or not at all."""
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = self._folder / f"{job.job_id}.partial"
        partial.write_text(json.dumps(asdict(job), ensure_ascii=False), encoding="utf-8")
        partial.replace(self._path(job.job_id))

    def read(self, job_id: str) -> Job | None:
        """A job of another process as it was last saved; one whose process is gone has failed.

        One that names this process is from before a restart: in a container a server always has the same number.
        """
        if re.fullmatch(r"[0-9a-f]{16}", job_id) is None:
            return None
        try:
            job = Job(**json.loads(self._path(job_id).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        if not job.over and (job.process == os.getpid() or not _is_running(job.process)):
            job.state, job.message = "failed", "服务在这项改动完成之前停了；请看文件库，必要时再做一次。"
        return job

    def forget_old(self) -> None:
        """Keep only the newest."""
        known = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in known[KEPT_AT_MOST:]:
            path.unlink(missing_ok=True)

    def _path(self, job_id: str) -> Path:
        return self._folder / f"{job_id}.json"


def _is_running(process: int) -> bool:
    if os.name == "nt":  # there, os.kill would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it runs, as somebody else
        return True
    return True


class JobRunner:
    """Runs jobs in order. The thread starts with the first job and ends with the process."""

    def __init__(
        self, changes: Changes, refreshed: Callable[[], object] = lambda: None, *, files: JobFiles | None = None
    ) -> None:
        """`refreshed` is called after each change, before its job is done: then readers see what was changed.

        Without `files` only this process knows its jobs.
        """
        self._changes = changes
        self._refreshed = refreshed
        self._files = files
        self._saved_at = 0.0
        self._jobs: dict[str, Job] = {}
        self._queue: queue.Queue[tuple[Job, Callable[[Job], None]]] = queue.Queue(WAITING_AT_MOST)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def get(self, job_id: str) -> Job | None:
        """A job of this process or, where files are kept, of any."""
        found = self._jobs.get(job_id)
        return self._files.read(job_id) if found is None and self._files is not None else found

    def add(self, uploads: list[Upload]) -> Job:
        """Add files; one that cannot be read is told in `failed` and the rest go on."""

        def work(job: Job) -> None:
            for row, upload in enumerate(uploads):
                job.progress = 0.5 * row / len(uploads)
                try:
                    job.documents.append(self._changes.add(upload.name, upload.data, upload.supplied))
                except TiaowenError as error:
                    job.failed.append({"name": upload.name, "message": str(error)})
            if job.documents:
                self._index(job)
            if not job.documents:
                job.message = "没有一个文件加入。"

        return self._submit("add", work)

    def remove(self, document_id: str) -> Job:
        """Remove a document."""

        def work(job: Job) -> None:
            self._changes.remove(document_id)
            job.documents.append(document_id)
            self._index(job)

        return self._submit("remove", work)

    def restore(self, document_id: str) -> Job:
        """Bring a removed document back."""

        def work(job: Job) -> None:
            job.documents.append(self._changes.restore(document_id))
            self._index(job)

        return self._submit("restore", work)

    def _index(self, job: Job) -> None:
        job.state, job.progress = "indexing", 0.5
        self._save(job)

        def tell(done: int, total: int) -> None:
            job.progress = 0.5 + 0.5 * done / max(total, 1)
            if time.monotonic() - self._saved_at >= SAVED_EVERY_S:
                self._save(job)

        self._changes.index(tell)
        self._refreshed()

    def _submit(self, kind: str, work: Callable[[Job], None]) -> Job:
        job = Job(secrets.token_hex(8), kind)
        with self._lock:
            if self._queue.full():
                raise TooManyJobs(f"已有 {WAITING_AT_MOST} 项改动在排队，请稍后再试。")
            self._save(job)  # before the job thread can have it
            self._queue.put_nowait((job, work))
            over = [name for name, held in self._jobs.items() if held.over]
            for name in over[: max(0, len(self._jobs) - KEPT_AT_MOST)]:
                del self._jobs[name]
            self._jobs[job.job_id] = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="tiaowen-jobs", daemon=True)
                self._thread.start()
        return job

    def _run(self) -> None:
        while True:
            job, work = self._queue.get()
            job.state = "reading"
            self._save(job)
            try:
                work(job)
            except (TiaowenError, OSError) as error:
                job.message = str(error)
                job.finished, job.state = time.time(), "failed"
            except Exception:
                LOG.exception("job %s failed", job.job_id)
                job.message = f"服务出了错，已记入日志，编号 {job.job_id}。"
                job.finished, job.state = time.time(), "failed"
            else:
                job.progress = 1.0
                job.finished = time.time()
                job.state = "done" if job.documents else "failed"
            self._save(job)

    def _save(self, job: Job) -> None:
        """Let others see the job. A full disk must not stop the change itself, so that is only logged."""
        if self._files is None:
            return
        self._saved_at = time.monotonic()
        try:
            self._files.save(job)
            if job.over:
                self._files.forget_old()
        except OSError:
            LOG.exception("the state of job %s could not be saved", job.job_id)
