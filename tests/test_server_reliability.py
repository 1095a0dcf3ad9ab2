"""Killed, out of room, many at once, nonsense coming in: small samples of the batteries of `make torture`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from battery_concurrency import together
from battery_crashes import ACTS, add, failing_writes, kill, run
from battery_inputs import mutated_files, requests

from corpus.library import Library
from server.indexing import refresh_index

needs_fork = pytest.mark.skipif(sys.platform != "linux", reason="kills processes that it forks")


@needs_fork
def test_a_killed_change_loses_nothing(tmp_path: Path) -> None:
    """Two kills of each kind of change: what was reported is there, whole, and answered; the next run goes on."""
    battery = kill(tmp_path / "kill", kills=2 * len(ACTS), seed=20)
    assert battery.wrong == []
    assert battery.tried == 2 * len(ACTS)


@needs_fork
def test_a_write_that_fails_loses_nothing(tmp_path: Path) -> None:
    """Every 60th write of each change, with all behind it, fails as on a full disk: one sentence, nothing lost."""
    battery = failing_writes(tmp_path, step=60)
    if battery is None:
        pytest.skip("needs a C compiler")
    assert battery.wrong == []
    assert set(battery.by_act) == set(ACTS)


@needs_fork
def test_a_disk_that_fills_up_loses_nothing(tmp_path: Path) -> None:
    """On a file system of three megabytes documents are added until there is no room, and read afterwards."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = (
        os.getuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], stderr=subprocess.DEVNULL, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("only root may mount a small disk")
    try:
        from battery_crashes import Place

        place = Place(disk / "place")
        for number in range(0, 400, 10):
            ended, _ = run(add, place, number)
            if ended:
                break
        assert ended.startswith("told ")
        assert "磁盘" in ended
        assert place.look() == []
        assert len(place.held) > 4
    finally:
        subprocess.run(["umount", disk], check=True)


def test_many_write_and_read_at_once(tmp_path: Path) -> None:
    """Two writers and eight readers see whole documents only, and nothing is lost."""
    done = together(tmp_path / "home", writers=2, readers=8, changes=8)
    assert done.wrong == []
    assert (done.changes, done.refused) == (16, 0)
    assert done.reads
    assert done.answers


def test_generated_requests_get_no_server_error(tmp_path: Path) -> None:
    """300 requests of nonsense: an answer or a problem that the caller can act on."""
    library = Library.open(tmp_path)
    library.add_samples()
    refresh_index(tmp_path, library)
    library.close()
    found = requests(tmp_path, count=300, seed=1)
    assert found.wrong == []


def test_mutated_files_are_read_or_refused() -> None:
    """150 files changed at random: a document with its invariants or one sentence."""
    found = mutated_files(count=150, seed=2)
    assert found.wrong == []
    assert found.outcomes["read"]
