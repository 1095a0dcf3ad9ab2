"""Which package may import which: corpus <- index <- qa <- server, and eval looks on from outside."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "corpus": set(),
    "index": {"corpus"},
    "qa": {"corpus", "index"},
    "server": {"corpus", "index", "qa"},
    "eval": {"corpus", "index", "qa"},
}
# Only the command line measures: these modules of the server may import eval.
COMMAND_LINE = {"cli.py", "cli_evaluate.py"}


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports anywhere in its text."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    """No module imports a package that stands above its own."""
    modules = sorted((ROOT / package).rglob("*.py"))
    assert modules
    for path in modules:
        allowed = MAY_IMPORT[package] | {package}
        if package == "server" and path.name in COMMAND_LINE:
            allowed |= {"eval"}
        assert imported(path) & MAY_IMPORT.keys() <= allowed, path
