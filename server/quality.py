"""The latest evaluation of this library, as `tiaowen eval` left it, for the page that tells readers how good it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE_NAME = "quality.json"
KINDS = ("fact", "responsible", "measure", "everyday", "cross", "region", "noisy", "unanswerable")


def read_quality(home: Path) -> dict[str, Any] | None:
    """The report's numbers without its single questions; None if nothing was measured, or it cannot be read."""
    try:
        report: dict[str, Any] = json.loads((home / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return {name: value for name, value in report.items() if name != "questions"}


def by_kind(report: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The kinds of question that were asked, in the order of the contract, then any others."""
    found: dict[str, dict[str, Any]] = report.get("by_kind") or {}
    names = [name for name in KINDS if name in found] + [name for name in found if name not in KINDS]
    return [(name, found[name]) for name in names]
