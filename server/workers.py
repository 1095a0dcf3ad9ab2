"""Several worker processes on one socket, for `tiaowen serve --workers`.

Each worker is a new process with the whole server in it. They share what lies on disk: the library, the live
generation, keys, jobs and feedback. This process answers nothing: it starts the workers, replaces one that
dies, and passes a stop on.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import socket
import tempfile
import threading
import time
from multiprocessing.context import SpawnProcess
from types import FrameType

from server.settings import Settings

LOG = logging.getLogger("tiaowen.errors")
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
REPLACED_AFTER_S = 1.0
"""A worker that dies at once is not started again more often than this."""


def run_workers(settings: Settings, sock: socket.socket) -> None:
    """Serve with `settings.workers` processes until stopped; what they have begun is finished first."""
    spawn = multiprocessing.get_context("spawn")
    stopping = threading.Event()

    def stop(signum: int, frame: FrameType | None) -> None:
        stopping.set()

    def start() -> SpawnProcess:
        worker = spawn.Process(target=work, args=(settings, sock), name="tiaowen-worker")
        worker.start()
        return worker

    before = [(each, signal.signal(each, stop)) for each in STOP_SIGNALS]
    try:
        with tempfile.TemporaryDirectory(prefix="tiaowen-metrics-") as folder:
            # The counters of all workers meet in this folder; prometheus_client looks for it when it is imported.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
            workers = [start() for _ in range(settings.workers)]
            while not stopping.wait(REPLACED_AFTER_S):
                for row, worker in enumerate(workers):
                    if not worker.is_alive():
                        LOG.error("worker %s ended with %s; another takes its place", worker.pid, worker.exitcode)
                        workers[row] = start()
            for worker in workers:
                worker.terminate()
            for worker in workers:
                worker.join()
    finally:
        os.environ.pop("PROMETHEUS_MULTIPROC_DIR", None)
        for each, handler in before:
            signal.signal(each, handler)


def work(settings: Settings, sock: socket.socket) -> None:
    """One worker, from its start to its end."""
    from server.serving import serve_on

    threading.Thread(target=_end_with_parent, name="tiaowen-parent", daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl+C reaches every process of the terminal
        serve_on(settings, sock)


def _end_with_parent() -> None:
    """Stop when the process that started us is gone: nobody else would stop us."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(30)
        os._exit(1)
