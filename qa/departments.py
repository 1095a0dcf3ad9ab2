"""Departments as people name them: 发改委, 药监局, 省经信委, 卫健委 (today's name of 卫生计生委).

Two names mean the same department when they have the same key; a key is the name without the level that
governs (省, 自治区, 国家 …), folded over nicknames and over former and later names.  The names are in
`data/departments.toml`; a department that is not listed there is its own key, so any library can be
asked about its own departments.
"""

import re
import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

from qa.names import Finder
from qa.regions import find_regions

SUFFIXES = ("厅", "局", "委", "办", "部", "部门", "主管部门", "行政部门", "委员会")
LEVEL = re.compile("^(?:国家|全国|自治区|自治州|省|市|州|县|区|本市|本省|本级|我省|我区)+(?=.{2})")


@lru_cache(maxsize=1)
def _table() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Every listed name -> its key, and every key -> the keys whose work it took over."""
    listed: dict[str, str] = {}
    followed: dict[str, tuple[str, ...]] = {}
    for key, entry in tomllib.loads(files("qa").joinpath("data/departments.toml").read_text("utf-8")).items():
        listed[key] = key
        for name in entry["names"].split():
            listed[name] = key
        for stem in entry["stems"].split():
            listed.update({stem + suffix: key for suffix in SUFFIXES if stem + suffix not in listed})
        followed[key] = tuple(entry.get("followed", "").split())
    return listed, followed


def department_key(name: str) -> str:
    """The key of a department's printed name.

    >>> department_key("自治区工业和信息化委"), department_key("省经信委"), department_key("南宁海关")
    ('工业和信息化委', '工业和信息化委', '海关')
    """
    listed, _ = _table()
    if name in listed:
        return listed[name]
    mentions = find_regions(name)
    if mentions and mentions[0].start == 0 and name[mentions[0].end :] in listed:
        return listed[name[mentions[0].end :]]
    core = LEVEL.sub("", name)
    if core in listed:
        return listed[core]
    if core.startswith(("人民银行", "中国人民银行")):
        return "人民银行"
    return core


def find_departments(text: str, held: Iterable[str] = ()) -> list[tuple[str, int, int]]:
    """Departments named in `text` in order: (key, start, end); the span takes in a level (省发改委).

    held: names of departments that the library holds, found too where the table does not list them.

    >>> find_departments("省发改委和工信委一起管什么")
    [('发展改革委', 0, 4), ('工业和信息化委', 5, 8)]
    """
    listed, _ = _table()
    names = {**{name: department_key(name) for name in held}, **listed}
    found: list[tuple[str, int, int]] = []
    for name, start in _finder(frozenset(names)).find(text):
        level = re.search("(?:国家|自治区|省|市|县)$", text[:start])
        found.append((names[name], level.start() if level else start, start + len(name)))
    return found


@lru_cache(maxsize=8)
def _finder(names: frozenset[str]) -> Finder:
    return Finder(names)


def predecessors(key: str) -> tuple[str, ...]:
    """The departments whose work this one took over: 医保局 -> 人力资源社会保障厅; empty for most."""
    return _table()[1].get(key, ())
