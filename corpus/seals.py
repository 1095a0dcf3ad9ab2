"""Checksums over what the library keeps, so that a flipped bit is noticed before it becomes an answer.

SQLite notices a damaged page only where its structure breaks.  So the rows of each document carry seals, written in
the transaction that writes the rows: one over its metadata, one over its text and outline, and one over each clause
with its duties, targets and mentions.  Whoever reads a row checks its seal.  What a mention resolves to changes with
other documents and carries its own check; old addresses and which version is current are left to `corpus.check`.
"""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from corpus.errors import BrokenLibrary

INFO = (
    "position", "document_id", "title", "title_key", "number_key", "region", "issuer", "doc_number", "date", "more",
    "source_name", "source_sha256", "doubts", "clause_count", "digest",
)  # fmt: skip


def seal(values: Sequence[Any]) -> str:
    """A checksum over values as SQLite gives them; damage may turn a text into bytes."""
    text = json.dumps(list(values), ensure_ascii=False, separators=(",", ":"), default=repr)
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()


def info_seal(row: sqlite3.Row) -> str:
    """The seal over the metadata of a row of `documents`."""
    return seal([row[column] for column in INFO])


def body_seal(row: sqlite3.Row) -> str:
    """The seal over the text and the outline of a row of `documents`."""
    return seal([row["document_id"], row["text"], row["outline"]])


def clause_seal(clause: Sequence[Any], duties: list[Any], targets: list[Any], mentions: list[Any]) -> str:
    """The seal over a row of `clauses` and what hangs on it; the text has its own hash among the row's values."""
    return seal([*clause, duties, targets, mentions])


def check(found: str, sealed: str | None, what: str) -> None:
    """Raise BrokenLibrary where a seal does not fit or is gone."""
    if found != sealed:
        raise BrokenLibrary(f"{what}在文库里损坏了（校验值不符）；请从备份恢复，或移除后重新添加它的文件")


def with_check(name: str | None) -> str | None:
    """What a mention resolves to, as it is kept: `某法-2010/1#5f3a…`; a function of the library's SQL, too."""
    return None if name is None else f"{name}#{hashlib.sha256(name.encode()).hexdigest()[:16]}"


def without_check(kept: str | None) -> str | None:
    """The way back.  Raises BrokenLibrary where the check does not fit."""
    if kept is None:
        return None
    name = kept.rpartition("#")[0]
    check(kept, with_check(name), f"指向 {name} 的引用")
    return name


def check_text(text: object, sha256: str, what: str) -> None:
    """Raise BrokenLibrary where a text is not the one that was hashed."""
    if not isinstance(text, str) or hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != sha256:
        check("", None, what)
