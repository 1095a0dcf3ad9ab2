"""Retrieval data sets in BEIR layout, gzipped or not.

A folder holds `corpus.jsonl` ({"_id", "title", "text"}), `queries.jsonl` ({"_id", "text"}) and
`qrels/<split>.tsv` (query-id, corpus-id, score, with a header line). Only questions with a judgement in the
split are asked. A judged passage that the corpus lacks stays judged: it cannot be found, and leaving it out
would flatter every system.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from corpus.errors import TiaowenError
from eval.runs import Qrels

_NAMED = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One passage of a data set, as its file gives it."""

    passage_id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Dataset:
    """A split of a data set: `queries` (id -> text) are those judged in `qrels`; the corpus is read when
    asked for.
    """

    folder: Path
    split: str
    queries: dict[str, str]
    qrels: Qrels

    @property
    def name(self) -> str:
        return f"{self.folder.resolve().name}/{self.split}"

    def rows(self) -> Iterator[Row]:
        """The passages in file order. TiaowenError names the line of a bad row or of an id that came
        before.
        """
        seen: set[str] = set()
        path = _find(self.folder, "corpus.jsonl")
        for number, row in _objects(path):
            identity = _field(row, "_id", path, number)
            if identity in seen:
                raise TiaowenError(f"{path}:{number} repeats the id {identity!r}; expected each id once.")
            seen.add(identity)
            yield Row(identity, str(row.get("title") or ""), _field(row, "text", path, number))

    def sha256(self) -> str:
        """The digest of the contents, the same whether the files are gzipped or not."""
        digest = hashlib.sha256()
        for path in (_find(self.folder, "corpus.jsonl"), _find(self.folder, "queries.jsonl")):
            with _open(path) as file:
                while block := file.read(1 << 20):
                    digest.update(block.encode())
        digest.update(json.dumps([self.split, self.qrels], sort_keys=True).encode())
        return digest.hexdigest()


def load_dataset(folder: Path, split: str) -> Dataset:
    """The split of the data set in `folder`; TiaowenError where a file or the split is missing or
    malformed.
    """
    if not folder.is_dir():
        raise TiaowenError(f"There is no folder {folder}; name a data set in BEIR layout.")
    _find(folder, "corpus.jsonl")
    queries_path = _find(folder, "queries.jsonl")
    qrels = _read_qrels(_find_split(folder, split))
    queries = {
        _field(row, "_id", queries_path, number): _field(row, "text", queries_path, number)
        for number, row in _objects(queries_path)
    }
    unknown = [query for query in qrels if query not in queries]
    if unknown:
        some = ", ".join(unknown[:_NAMED]) + (", …" if len(unknown) > _NAMED else "")
        raise TiaowenError(f"The split {split} judges {len(unknown)} questions that {queries_path.name} lacks: {some}.")
    if not qrels:
        raise TiaowenError(f"The split {split} of {folder} judges nothing.")
    return Dataset(folder, split, {query: queries[query] for query in qrels}, qrels)


def _read_qrels(path: Path) -> dict[str, dict[str, int]]:
    qrels: dict[str, dict[str, int]] = {}
    with _open(path) as file:
        for number, line in enumerate(file, start=1):
            fields = line.rstrip("\r\n").split("\t")
            if not line.strip() or (number == 1 and fields[-1] == "score"):
                continue
            try:
                query, passage, judgement = fields
                qrels.setdefault(query, {})[passage] = int(judgement)
            except ValueError:
                form = "query-id, corpus-id and score parted by tabs"
                raise TiaowenError(f"{path}:{number} is {line.strip()!r}; expected {form}.") from None
    return qrels


def _find(folder: Path, name: str) -> Path:
    for path in (folder / name, folder / f"{name}.gz"):
        if path.exists():
            return path
    raise TiaowenError(f"{folder} has no {name} or {name}.gz; expected a data set in BEIR layout.")


def _find_split(folder: Path, split: str) -> Path:
    for path in (folder / "qrels" / f"{split}.tsv", folder / "qrels" / f"{split}.tsv.gz"):
        if path.exists():
            return path
    names = sorted({path.name.removesuffix(".gz").removesuffix(".tsv") for path in folder.glob("qrels/*.tsv*")})
    raise TiaowenError(f"{folder} has no split {split!r}; its splits are: {', '.join(names) or 'none'}.")


def _objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with _open(path) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise TiaowenError(f"{path}:{number} is not JSON: {error.msg}.") from error
            if not isinstance(row, dict):
                raise TiaowenError(f"{path}:{number} is not a JSON object.")
            yield number, row


def _field(row: dict[str, Any], name: str, path: Path, number: int) -> str:
    value = row.get(name)
    if isinstance(value, str):
        return value
    raise TiaowenError(f"{path}:{number} has {name} {value!r}; expected a text.")


def _open(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8")
    return path.open(encoding="utf-8")
