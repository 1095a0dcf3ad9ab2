"""Runs and judgements on disk, in the form every retrieval tool reads (TREC), and a run that can be
interrupted.

A run file has lines `question Q0 passage rank score tag`, a qrels file `question 0 passage judgement`. Tools
such as trec_eval sort a run by its scores as 32-bit floats and break ties by id, whatever the rank column
says. What we show is ordered by score and row, so `save_run` parts equal scores by the least step a 32-bit
float allows: every tool then sees our order, and its numbers are our numbers.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.errors import TiaowenError

Ranking = Sequence[tuple[str, float]]
Run = Mapping[str, Ranking]
Qrels = Mapping[str, Mapping[str, int]]


def save_run(path: Path, run: Run, tag: str) -> None:
    """Write `run` (question id -> ranked (passage id, score), best first) as a TREC run, whole or not at
    all.
    """
    name = _word(tag, "the tag")
    lines = []
    for question, ranking in run.items():
        floor = np.float32(np.inf)
        for rank, (passage, score) in enumerate(ranking, start=1):
            floor = min(np.float32(score), np.nextafter(floor, np.float32(-np.inf)))
            ids = f"{_word(question, 'a question id')} Q0 {_word(passage, 'a passage id')}"
            lines.append(f"{ids} {rank} {float(floor)!r} {name}\n")
    write_whole(path, "".join(lines))


def load_run(path: Path) -> dict[str, list[tuple[str, float]]]:
    """The rankings of a TREC run file, each ordered by score (then by its rank column)."""
    rows: dict[str, list[tuple[float, int, str]]] = {}
    for number, fields in _rows(path, 6, "question Q0 passage rank score tag"):
        question, _, passage, rank, score, _ = fields
        try:
            rows.setdefault(question, []).append((-float(score), int(rank), passage))
        except ValueError:
            raise TiaowenError(
                f"{path}:{number} has the rank {rank!r} and the score {score!r}; expected two numbers."
            ) from None
    return {
        question: [(passage, -negative) for negative, _, passage in sorted(ranking)]
        for question, ranking in rows.items()
    }


def save_qrels(path: Path, qrels: Qrels) -> None:
    """Write judgements (question id -> passage id -> judgement) as a TREC qrels file, whole or not at all."""
    lines = [
        f"{_word(question, 'a question id')} 0 {_word(passage, 'a passage id')} {judgement}\n"
        for question, judged in qrels.items()
        for passage, judgement in judged.items()
    ]
    write_whole(path, "".join(lines))


def load_qrels(path: Path) -> dict[str, dict[str, int]]:
    """The judgements of a TREC qrels file."""
    qrels: dict[str, dict[str, int]] = {}
    for number, (question, _, passage, judgement) in _rows(path, 4, "question 0 passage judgement"):
        try:
            qrels.setdefault(question, {})[passage] = int(judgement)
        except ValueError:
            raise TiaowenError(f"{path}:{number} has the judgement {judgement!r}; expected a whole number.") from None
    return qrels


def _rows(path: Path, width: int, form: str) -> Iterable[tuple[int, list[str]]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise TiaowenError(f"{path} cannot be read as a TREC file: {error}.") from error
    for number, line in enumerate(lines, start=1):
        fields = line.split()
        if fields and len(fields) != width:
            raise TiaowenError(f"{path}:{number} has {len(fields)} fields; expected {width}: {form}.")
        if fields:
            yield number, fields


def _word(text: str, what: str) -> str:
    if text and not any(char.isspace() for char in text):
        return text
    raise TiaowenError(f"{what.capitalize()} is {text!r}; a TREC file needs ids without white space.")


def write_whole(path: Path, text: str) -> None:
    """Write a text file under a temporary name and rename it, so that nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    temporary.replace(path)


@dataclass(frozen=True, slots=True)
class Searched:
    """One question's ranking and how long the search took, in milliseconds."""

    ranking: tuple[tuple[str, float], ...]
    took_ms: float


class Journal:
    """The questions of a run answered so far: one JSON line each, so a run that was stopped goes on where it
    was.

    A line cut short by a crash is dropped, and its question searched again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.done: dict[str, Searched] = {}
        whole: list[str] = []
        for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
            try:
                question, ranking, took_ms = json.loads(line)
            except ValueError:
                continue
            self.done[question] = Searched(tuple((passage, score) for passage, score in ranking), took_ms)
            whole.append(line)
        write_whole(path, "".join(f"{line}\n" for line in whole))

    def add(self, question: str, searched: Searched) -> None:
        """Record one question; on disk when this returns."""
        self.done[question] = searched
        line = json.dumps([question, searched.ranking, searched.took_ms], ensure_ascii=False)
        with self._path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{line}\n")
