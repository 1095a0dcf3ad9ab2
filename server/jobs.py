"""Changes take seconds, so they run one after another on a thread of their own, as jobs that report
progress.
"""

from __future__ import annotations

import logging
import queue
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from corpus.errors import TiaowenError
from server.changes import Changes

State = Literal["waiting", "reading", "indexing", "done", "failed"]
WAITING_AT_MOST = 32
KEPT_AT_MOST = 500
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
    """One change and how far it is. Only the job thread writes it; readers take its fields as they are."""

    job_id: str
    kind: str
    state: State = "waiting"
    progress: float = 0.0
    documents: list[str] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    message: str | None = None
    finished: float | None = None

    @property
    def over(self) -> bool:
        return self.state in ("done", "failed")


class JobRunner:
    """Runs jobs in order. The thread starts with the first job and ends with the process."""

    def __init__(self, changes: Changes, refreshed: Callable[[], object] = lambda: None) -> None:
        """`refreshed` is called after each change, before its job is done: then readers see what was changed."""
        self._changes = changes
        self._refreshed = refreshed
        self._jobs: dict[str, Job] = {}
        self._queue: queue.Queue[tuple[Job, Callable[[Job], None]]] = queue.Queue(WAITING_AT_MOST)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def get(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

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

        def tell(done: int, total: int) -> None:
            job.progress = 0.5 + 0.5 * done / max(total, 1)

        self._changes.index(tell)
        self._refreshed()

    def _submit(self, kind: str, work: Callable[[Job], None]) -> Job:
        job = Job(secrets.token_hex(8), kind)
        with self._lock:
            try:
                self._queue.put_nowait((job, work))
            except queue.Full as error:
                raise TooManyJobs(f"已有 {WAITING_AT_MOST} 项改动在排队，请稍后再试。") from error
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
