"""Where a number comes from: commit, machine, Python and the command that made it."""

import os
import platform
import shlex
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Provenance:
    """The circumstances of a measurement; `commit` is None where the code is not a git checkout."""

    command: str
    commit: str | None
    machine: str
    python: str
    created: str


def provenance(command: list[str]) -> Provenance:
    """The present circumstances; `command` is the argument vector that a person would repeat."""
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return Provenance(shlex.join(command), commit(), machine(), platform.python_version(), created)


def commit() -> str | None:
    """The short commit of the checkout this package runs from, with "+" where tracked files differ from
    it.
    """
    folder = Path(__file__).resolve().parent
    # Another project's repository may lie around an installed package: only one that tracks this file counts.
    if _git(folder, "ls-files", "--error-unmatch", Path(__file__).name) is None:
        return None
    name = _git(folder, "rev-parse", "--short=12", "HEAD")
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return f"{name}+" if name and changed else name


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def machine() -> str:
    """Processor, cores and system in one line, such as "AMD EPYC 7763, 2 cores, Linux x86_64"."""
    name = platform.processor() or platform.machine()
    table = Path("/proc/cpuinfo")
    if table.exists():
        models = [line.partition(":")[2].strip() for line in table.read_text().splitlines() if "model name" in line]
        name = models[0] if models else name
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{name}, {cores} cores, {platform.system()} {platform.machine()}"
