"""`tiaowen doctor`: what is in force, and whether library and index are sound, each in one line with
advice.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.errors import TiaowenError
from server.settings import default_home
from server.versions import package_version, program_version

PACKAGES = ("faiss-cpu", "tokenizers", "pypdfium2", "fastapi")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `advice` says what to do where it is not good."""

    name: str
    found: str
    good: bool = True
    advice: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def examine(home: Path, *, deep: bool = False) -> list[Finding]:
    """Look at the program, the settings, the library and the index; nothing is changed.

    deep: at every byte of them, too.
    """
    return [*_program(), *_settings(home), *_library(home), *(_deep(home) if deep else [])]


def _program() -> list[Finding]:
    packages = "，".join(f"{name} {package_version(name)}" for name in PACKAGES)
    missing = [name for name in PACKAGES if package_version(name) == "-"]
    good = not missing
    return [
        Finding("条问", f"{program_version()}，Python {platform.python_version()}，{sys.platform}"),
        Finding("组件", packages, good, f"缺少 {'、'.join(missing)}，请重新安装"),
    ]


def _settings(home: Path) -> list[Finding]:
    from server.serving import read_settings

    try:
        settings = read_settings({"home": home})
    except TiaowenError as error:
        return [Finding("设置", str(error), False, "请改正环境变量 TIAOWEN_*")]
    return [
        Finding(f"TIAOWEN_{name.upper()}", f"{_shown(value)}（{_origin(name, value)}）")
        for name, value in settings.model_dump(mode="json").items()
    ]


def _shown(value: object) -> str:
    """A value as one would write it into the environment."""
    if isinstance(value, list):
        return ",".join(map(str, value)) or "-"
    return str(value).lower() if isinstance(value, bool) else str(value) or "-"


def _origin(name: str, value: object) -> str:
    """Where a setting comes from; flags of a running server are its own."""
    if name == "home" and value != os.environ.get("TIAOWEN_HOME"):
        return "默认" if value == str(default_home()) else "--home"
    return "环境变量" if f"TIAOWEN_{name.upper()}" in os.environ else "默认"


def _library(home: Path) -> list[Finding]:
    from corpus.library import Library
    from index.build import open_current
    from server.indexing import index_is_current

    if not (home / "library.sqlite").exists():
        return [Finding("文件库", f"{home} 还没有文件库；第一次提问时会建立")]
    try:
        library = Library.open(home)
        infos = library.documents()
        count = sum(1 for _ in library.clauses())
    except TiaowenError as error:
        return [Finding("文件库", str(error), False, "请从备份恢复 library.sqlite")]
    stated = sum(info.clauses for info in infos)
    findings = [
        Finding(
            "文件库",
            f"{home}：{len(infos)} 份文件，{count} 个条款，{sum(info.doubts for info in infos)} 处存疑",
            stated == count,
            f"文件列表记有 {stated} 个条款，实有 {count} 个；请重新添加文件",
        )
    ]
    index = _try(lambda: open_current(home))
    if isinstance(index, Exception):
        return [*findings, Finding("索引", str(index), False, "请运行 tiaowen index --force")]
    current = index_is_current(home, library)
    found = f"{index.generation}：{index.size} 个条款，编码器 {index.encoder_name}，{index.backend}"
    return [*findings, Finding("索引", found, current, "文件库已有变化，请运行 tiaowen index")]


def _deep(home: Path) -> list[Finding]:
    """Every document, original and link, every file of the index, and the small files beside them."""
    from corpus.check import damage as library_damage
    from corpus.library import Library
    from server.changes import LibraryChanges
    from server.indexing import damage as index_damage
    from server.keys import KeyRing

    if not (home / "library.sqlite").exists():
        return []
    library = _try(lambda: Library.open(home))
    if isinstance(library, Exception):  # said above
        return []
    wrong = list(library_damage(library))
    found = f"{len(wrong)} 处损坏：" + " ".join(wrong[:20]) if wrong else "每份文件都与写入时一致"
    findings = [Finding("文件库的内容", found, not wrong, "请从备份恢复，或重新添加损坏的文件")]
    broken = index_damage(home)
    told = f"{broken} 与写入时不符" if broken else "每个文件都与写入时一致"
    findings.append(Finding("索引的内容", told, broken is None, "请运行 tiaowen index"))
    for name, look in (("密钥", KeyRing(home).keys), ("移除的文件", LibraryChanges(home, library).check_removed)):
        said = _try(look)
        good = not isinstance(said, Exception)
        findings.append(Finding(name, f"{len(said)} 个" if good else str(said), good, "请从备份恢复，或删去它"))
    return findings


def _try(action: Callable[[], Any]) -> Any:
    """What an action gives, or the error it raised: a broken index is a finding here, not a crash."""
    try:
        return action()
    except Exception as error:
        return error
