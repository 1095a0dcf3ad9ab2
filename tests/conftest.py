"""Fixtures that several tests share: few, and named for what they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def clean_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees or touches the person's own library: TIAOWEN_HOME is a new folder, other settings are
    unset.
    """
    for name in list(os.environ):
        if name.startswith("TIAOWEN_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TIAOWEN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")
