"""The optional writer as the settings name it, and what it writes as events.

Without an endpoint nothing leaves this machine, and the extracted answer is all there is.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.errors import TiaowenError
from qa.writers import Dropped, Endpoint, Event, Stopped, Written, write
from server.settings import Settings

NO_ENDPOINT = "没有设置写作的模型（TIAOWEN_WRITER_URL），只有摘自原文的答案。"
BUSY = "模型正在写别的回答，请稍后再试。"
AT_ONCE = threading.BoundedSemaphore(8)
"""Answers that are written at once: who waits for a model holds a thread that could answer questions."""
NOTHING_TO_WRITE = "没有条文回答这个问题，没有请模型写。"


def endpoint_of(settings: Settings) -> Endpoint | None:
    """The endpoint that a person named; None without one. Raises TiaowenError for a key file that cannot be read."""
    if not settings.writer_url:
        return None
    key = None
    if settings.writer_key_file:
        try:
            key = Path(settings.writer_key_file).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise TiaowenError(
                f"读不到模型的密钥文件 {settings.writer_key_file}，见 TIAOWEN_WRITER_KEY_FILE。"
            ) from error
    return Endpoint(settings.writer_url, settings.writer_model, key or None, settings.writer_timeout_s)


def written(answer: Any, settings: Settings) -> Iterator[Event]:
    """What the model writes for an answer (`qa.answer.Answer`), checked sentence by sentence; `Stopped` where there
    is no model, nothing to write from, or the model fails.
    """
    try:
        endpoint = endpoint_of(settings)
    except TiaowenError as error:
        yield Stopped(str(error))
        return
    if endpoint is None:
        yield Stopped(NO_ENDPOINT)
    elif answer.status != "answered":
        yield Stopped(NOTHING_TO_WRITE)
    elif not AT_ONCE.acquire(blocking=False):
        yield Stopped(BUSY)
    else:
        try:
            yield from write(answer.understood.resolved or answer.question, answer.citations, endpoint)
        finally:
            AT_ONCE.release()


def name_of(event: Event) -> str:
    """What an event is called on the wire."""
    return {Written: "sentence", Dropped: "dropped", Stopped: "stopped"}[type(event)]
