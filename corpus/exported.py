"""What an exported library holds: a file that somebody else may have made, so nothing in it is believed unseen.

Only plain tables are asked, for a bounded time, and only originals whose hash fits are handed on; clauses are cut from
them anew.
"""

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from corpus.errors import BrokenLibrary
from corpus.metadata import FIELDS

_STEPS = 200_000_000
"""Of SQLite's machine, for one query; an honest one needs a few for each document."""
_COLUMNS = ("document_id", "source_name", "source_sha256", "more", "source", *FIELDS)


def documents_of(path: Path) -> Iterator[tuple[str, str, bytes, dict[str, Any], dict[str, str]]]:
    """Id, file name, bytes, what a person supplied and origins of each document, in order.  Raises BrokenLibrary."""
    for (position,) in _rows(path, "SELECT position FROM documents ORDER BY position"):
        query = f"SELECT {', '.join(_COLUMNS)} FROM documents WHERE position = {int(position)}"
        for row in _rows(path, query):
            found = dict(zip(_COLUMNS, row, strict=True))
            name, data = str(found["document_id"]), found["source"]
            try:
                origins = {str(key): str(value) for key, value in json.loads(found["more"])["origins"].items()}
                if not isinstance(data, bytes) or hashlib.sha256(data).hexdigest() != found["source_sha256"]:
                    raise ValueError("校验值不符")
                if not name.isprintable() or not name.strip(".") or set(name) & set("/\\#"):
                    raise ValueError("编号不能用")
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise BrokenLibrary(f"{path.name} 里的文件 {name!r} 损坏了（{error}）；请重新导出") from error
            yield name, str(found["source_name"]), data, {key: found[key] for key in origins if key in FIELDS}, origins


def aliases_of(path: Path) -> list[tuple[str, str]]:
    """Old addresses and the clauses they lead to.  Raises BrokenLibrary."""
    return [(str(alias), str(clause_id)) for alias, clause_id in _rows(path, "SELECT alias, clause_id FROM aliases")]


def _rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    problem = f"{path.name} 不是导出的文库（{{}}）；请用 tiaowen export 生成"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as other:
            other.execute("PRAGMA trusted_schema = OFF")
            kinds = dict(other.execute("SELECT name, type FROM sqlite_master WHERE name IN ('documents', 'aliases')"))
            if kinds != {"documents": "table", "aliases": "table"}:
                raise BrokenLibrary(problem.format("没有它的表"))
            other.set_progress_handler(lambda: 1, _STEPS)
            return [tuple(row) for row in other.execute(query)]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise BrokenLibrary(problem.format(error)) from error
