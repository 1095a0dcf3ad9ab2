"""Running the server: every setting can be given, is documented and is shown; the files for running it are sound."""

from __future__ import annotations

import configparser
import re
from pathlib import Path

import pytest
import typer

from server.cli import app
from server.doctor import examine
from server.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs" / "operation.md"


def written(name: str) -> str:
    """The default of a setting as one would write it into the environment."""
    if name == "home":
        return "the platform's user data folder"
    default = Settings.model_fields[name].get_default()
    if isinstance(default, bool):
        return str(default).lower()
    return (",".join(default) if isinstance(default, tuple) else str(default)) or "–"


def rows() -> list[str]:
    """The table of settings that the guide must hold, worked out from the settings themselves."""
    return [
        f"| `TIAOWEN_{name.upper()}` | `--{name.replace('_', '-')}` | {written(name)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]


def test_the_guide_lists_every_setting() -> None:
    """Variable, flag, default and meaning, in their order and nothing else."""
    found = [line for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("| `TIAOWEN_")]
    assert found == rows()


def test_every_setting_is_a_flag() -> None:
    """`tiaowen serve` takes each by its name."""
    serve = typer.main.get_command(app).commands["serve"]  # type: ignore[attr-defined]
    assert {parameter.name for parameter in serve.params} == set(Settings.model_fields)


def test_doctor_shows_what_is_in_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line a setting, with its value and where it comes from."""
    monkeypatch.setenv("TIAOWEN_PORT", "9001")
    monkeypatch.setenv("TIAOWEN_CORS_ORIGINS", "https://a.example,https://b.example")
    shown = {finding.name: finding.found for finding in examine(tmp_path) if finding.name.startswith("TIAOWEN_")}
    assert set(shown) == {f"TIAOWEN_{name.upper()}" for name in Settings.model_fields}
    assert shown["TIAOWEN_PORT"] == "9001（环境变量）"
    assert shown["TIAOWEN_CORS_ORIGINS"] == "https://a.example,https://b.example（环境变量）"
    assert shown["TIAOWEN_PRIVATE"] == "false（默认）"
    assert shown["TIAOWEN_HOME"] == f"{tmp_path}（--home）"


def test_doctor_names_a_bad_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All bad ones at once, by the name of their variable."""
    monkeypatch.setenv("TIAOWEN_PORT", "many")
    monkeypatch.setenv("TIAOWEN_CORS_ORIGINS", "https://a.example/path")
    told = next(finding for finding in examine(tmp_path) if not finding.good)
    assert "TIAOWEN_PORT" in told.found
    assert "TIAOWEN_CORS_ORIGINS" in told.found


def test_the_service_runs_what_the_guide_says() -> None:
    """The unit starts `tiaowen serve`, keeps the library where the guide looks for it, and is given time to stop."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "deploy" / "tiaowen.service", encoding="utf-8")
    service, guide = unit["Service"], GUIDE.read_text(encoding="utf-8")
    assert service["ExecStart"].endswith("tiaowen serve")
    assert "TIAOWEN_HOME=/var/lib/tiaowen" in service["Environment"]
    assert service["StateDirectory"] == "tiaowen"
    assert int(service["TimeoutStopSec"]) > 10
    for name in ("IPAddressDeny", "ProtectSystem", "TimeoutStopSec", service["EnvironmentFile"].lstrip("-")):
        assert name in guide


def test_the_container_holds_every_package() -> None:
    """Each folder that the distribution consists of is copied into the build, and only a volume is written to."""
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    packages = re.search(r"packages = \[(.*?)\]", (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert packages is not None
    for name in {package.split(".")[0] for package in re.findall(r'"(.*?)"', packages[1])}:
        assert f"COPY {name} {name}\n" in text
    assert "USER tiaowen\nVOLUME /library\n" in text
    variables = set(re.findall(r"TIAOWEN_([A-Z_]+)=", text))
    assert variables <= {name.upper() for name in Settings.model_fields}
