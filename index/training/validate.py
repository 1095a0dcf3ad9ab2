"""Measure the shipped model on what was held out: `python -m index.training.validate --data DIR`.

- STARD: the questions whose number is a multiple of 5, over all articles of its corpus;
- lay questions on articles, the tenth held out by passage, among all law articles;
- lay questions on reports, likewise, among 20,000 other paragraphs.

Each through the same index as documents, in every mode. A passage that reads exactly like the gold one counts
as it: laws repeat each other word for word.
"""

from __future__ import annotations

import argparse
import math
import random
import re
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from index.build import build_index
from index.clause_index import ClauseIndex
from index.passages import Passage
from index.training.sources import is_held_out, lay_pairs, read_rows, stard_pairs

MODES = ("lexical", "dense", "hybrid", "full")
OTHERS = 20_000
DEPTH = 100
SEED = 1

_BLANK = re.compile(r"\s")
Asked = dict[str, set[str]]  # question -> ids of the passages that answer


def main() -> None:
    """Print one line for each set and mode."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True, help="data folder, laid out as the model card says")
    data: Path = arguments.parse_args().data
    print("set, mode, questions, hit@1, hit@10, Recall@100, nDCG@10")
    for name, (passages, asked) in (
        ("STARD", _stard(data)),
        ("articles", _articles(data)),
        ("reports", _reports(data)),
    ):
        with tempfile.TemporaryDirectory() as folder:
            index = ClauseIndex.open(build_index(passages, Path(folder)))
            for mode in MODES:
                found = [
                    ([hit.passage_id in gold for hit in index.search(question, DEPTH, mode=mode)], len(gold))
                    for question, gold in asked.items()
                ]
                print(name, mode, len(asked), *(f"{value:.3f}" for value in _measures(found)), sep=", ", flush=True)


def _measures(found: Sequence[tuple[list[bool], int]]) -> tuple[float, float, float, float]:
    """hit@1, hit@10, Recall@100 and nDCG@10, each a mean over the questions (see `eval.metrics`)."""
    count = len(found)
    return (
        sum(any(hits[:1]) for hits, _ in found) / count,
        sum(any(hits[:10]) for hits, _ in found) / count,
        sum(sum(hits) / gold for hits, gold in found) / count,
        sum(_gain(hits[:10]) / _gain([True] * min(gold, 10)) for hits, gold in found) / count,
    )


def _gain(hits: Iterable[bool]) -> float:
    return sum(hit / math.log2(rank + 2) for rank, hit in enumerate(hits))


def _passage(number: object, text: str, title: str) -> Passage:
    return Passage(str(number), text, title, (), str(number), None, ())


def _bare(text: str) -> str:
    return _BLANK.sub("", text)


def _stard(data: Path) -> tuple[list[Passage], Asked]:
    asked: Asked = {}
    for pair in stard_pairs(data, held_out=True):
        asked.setdefault(pair.question, set()).add(pair.group)
    rows = read_rows(data / "stard/corpus.jsonl.gz")
    return [_passage(row["_id"], row["text"], row["title"]) for row in rows], asked


def _articles(data: Path) -> tuple[list[Passage], Asked]:
    rows = list(read_rows(data / "laws/articles.jsonl.gz"))
    same: dict[str, set[str]] = {}
    for number, row in enumerate(rows):
        same.setdefault(_bare(row["text"]), set()).add(str(number))
    pairs = [pair for pair in lay_pairs(data) if pair.kind == "lay-articles" and is_held_out(pair.group)]
    asked = {pair.question: same[_bare(pair.passage)] for pair in pairs if _bare(pair.passage) in same}
    return [_passage(number, row["text"], row["law"] + row["article"]) for number, row in enumerate(rows)], asked


def _reports(data: Path) -> tuple[list[Passage], Asked]:
    pairs = [pair for pair in lay_pairs(data) if pair.kind == "lay-gov" and is_held_out(pair.group)]
    gold = {_bare(pair.passage): pair for pair in pairs}
    lines = [
        (row["title"], line.strip())
        for row in read_rows(data / "govdocs/docs.jsonl.gz")
        for line in row["text"].split("\n")
        if len(line) >= 60 and _bare(line) not in gold
    ]
    passages = [_passage(text, pair.passage, pair.title) for text, pair in gold.items()]
    others = random.Random(SEED).sample(lines, OTHERS)
    passages += [_passage(number, line, title) for number, (title, line) in enumerate(others)]
    return passages, {pair.question: {_bare(pair.passage)} for pair in pairs}


if __name__ == "__main__":
    main()
