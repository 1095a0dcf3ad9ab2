"""Readers' verdicts on answers, one JSON line each in the library folder, in a file of its own.

Kept apart from the library so that a server which only reads never takes the library's write lock. A line
is written with one call on a file opened for appending, so lines of several workers do not mix.
"""

from __future__ import annotations

import json
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

LARGEST_BYTES = 64 * 1024 * 1024


class FeedbackLog:
    """Appends verdicts to `feedback.jsonl`; stops at 64 MiB, because anyone may send them."""

    def __init__(self, home: Path) -> None:
        self.path = home / "feedback.jsonl"
        self._lock = threading.Lock()

    def add(self, question: str, clause_id: str | None, verdict: str, comment: str | None, version: str) -> None:
        """Keep one verdict with the time and the state of the library it is about. Raises OSError if it
        cannot.
        """
        entry = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "question": question,
            "clause_id": clause_id,
            "verdict": verdict,
            "comment": comment,
            "version": version,
        }
        line = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
        with self._lock:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                if os.fstat(handle).st_size + len(line) <= LARGEST_BYTES:
                    os.write(handle, line)
            finally:
                os.close(handle)
