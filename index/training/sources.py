"""Read the training data into question-passage pairs, with the validation part left out.

The folder given to every function is the data folder described in the model card. What the project
holds out for honest measuring never leaves this module as training material:

- STARD questions whose number is a multiple of 5;
- a tenth of the hand-written lay questions, chosen by passage (`is_held_out`).
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from index import lexicon

QUESTIONS = Path(__file__).parent / "questions"


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and the passage that answers it. `group` is equal for pairs of one passage."""

    question: str
    passage: str
    title: str
    kind: str
    group: str


def is_held_out(group: str) -> bool:
    """True for the tenth of the passages on which the shipped encoder is validated."""
    return hashlib.sha256(group.encode()).digest()[0] % 10 == 0


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file, gzipped or not."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def stard_pairs(data: Path, *, held_out: bool) -> list[Pair]:
    """STARD questions with their articles; `held_out` picks the validation fifth instead of the rest."""
    corpus = {row["_id"]: row for row in read_rows(data / "stard/corpus.jsonl.gz")}
    questions = {row["_id"]: row["text"] for row in read_rows(data / "stard/queries.jsonl.gz")}
    pairs = []
    for question_id, passage_id in stard_qrels(data):
        if (int(question_id) % 5 == 0) == held_out:
            row = corpus[passage_id]
            pairs.append(Pair(questions[question_id], row["text"], row["title"], "stard", passage_id))
    return pairs


def stard_qrels(data: Path) -> list[tuple[str, str]]:
    """(question id, passage id) for every judgement of STARD's training split."""
    lines = (data / "stard/qrels/train.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return [(fields[0], fields[1]) for fields in (line.split("\t") for line in lines)]


def _article_title(row: dict[str, Any]) -> str:
    return f"{row['title']}{row.get('article') or ''}"


def lay_pairs(data: Path) -> list[Pair]:
    """All hand-written lay questions: on articles, on paragraphs of reports, on invented clauses."""
    folder = data / "lay_questions"
    passages = {row["id"]: row for row in read_rows(folder / "paragraphs.jsonl.gz")}
    pairs = []
    for path in sorted(folder.glob("*.jsonl")):
        kind = "lay-" + path.stem.split("-")[0]
        for row in read_rows(path):
            if kind == "lay-policy":
                text, title = row["text"], ""
            else:
                text, title = passages[row["id"]]["text"], _article_title(passages[row["id"]])
            pairs += [Pair(question, text, title, kind, row["id"]) for question in row["questions"]]
    return pairs


def own_pairs(data: Path) -> list[Pair]:
    """The questions of `training/questions`, written for this project on further passages."""
    pairs: list[Pair] = []
    wanted = {path: list(read_rows(path)) for path in sorted(QUESTIONS.glob("*.jsonl"))}
    if not wanted:
        return pairs
    articles = {row["id"]: row for row in read_rows(data / "laws/articles.jsonl.gz")}
    reports = {row["id"]: row for row in read_rows(data / "govdocs/docs.jsonl.gz")}
    for path, rows in wanted.items():
        kind = "own-" + path.stem.split("-")[0]
        for row in rows:
            if kind == "own-law":
                text = articles[row["id"]]["text"]
                title = f"{articles[row['id']]['law']}{articles[row['id']]['article']}"
            elif kind == "own-gov":
                document, line = row["id"].split(":")
                text = reports[document]["text"].split("\n")[int(line)].strip()
                title = reports[document]["title"]
            elif "unanswered" in row:
                continue
            else:
                text, title = row["text"], row.get("title", "")
            pairs += [Pair(question, text, title, kind, row["id"]) for question in row["questions"]]
    return pairs


def other_pairs(data: Path) -> list[Pair]:
    """Question-passage pairs of the other sources that may train a shipped model."""
    validation = {pair.question for pair in stard_pairs(data, held_out=True)}
    pairs = []
    for name, kind in (
        ("lecoqa", "answer"),
        ("lawyer_llama", "statute"),
        ("laws_pairs", None),
        ("cmrc2018", None),
        ("drcd", None),
        ("nmpa_device", None),
        ("medical_dialogue_sample", None),
    ):
        for number, row in enumerate(read_rows(data / name / "pairs.jsonl.gz")):
            if row["query"] in validation or (kind and row.get("kind") != kind):
                continue
            pairs.append(
                Pair(row["query"], row["positive"], row.get("title") or "", name, f"{name}-{number}")
            )
    return pairs


def paragraphs(data: Path) -> Iterator[tuple[str, str]]:
    """(title, paragraph) of every law article and every line of the government documents."""
    for row in read_rows(data / "laws/articles.jsonl.gz"):
        if len(row["text"]) >= 30:
            yield row["law"], row["text"]
    for row in read_rows(data / "govdocs/docs.jsonl.gz"):
        for line in row["text"].split("\n"):
            if len(line) >= 40:
                yield row["title"], line.strip()


def lexicon_rows() -> list[tuple[str, list[str], list[str]]]:
    """(official term, everyday words, allied official terms) of the lexicon that ships, both directions merged."""
    rows = [(row["term"], row["lay"], row["near"]) for row in lexicon.rows("part")]
    by_term: dict[str, list[str]] = {}
    for row in lexicon.rows("lay-to-official"):
        for term in row["official"]:
            by_term.setdefault(term, []).append(row["lay"])
    rows += [(term, lay, []) for term, lay in by_term.items() if "……" not in term]
    return rows


def is_ranker_fold(pair: Pair, data: Path) -> bool:
    """True for the pairs on which the ranker is trained, so that it sees vectors of unseen questions.

    A tenth of the hand-written questions by passage, of the invented plans a fifth as a whole, and a fifth of STARD's
    questions wherever they stand.
    """
    numbers = _stard_numbers(data)
    if pair.question in numbers:
        return numbers[pair.question] % 5 == 1
    if pair.kind == "own-plan":
        return is_fold_plan(pair.group)
    written = pair.kind.startswith(("lay-", "own-"))
    return written and hashlib.sha256(pair.group.encode()).digest()[0] % 10 == 1


def is_fold_plan(clause: str) -> bool:
    """True for a clause of an invented plan on which the ranker is trained: of every fifth plan."""
    return int(clause.split("-")[1]) % 5 == 1


@dataclass(frozen=True, slots=True)
class InventedPlan:
    """A plan written for training: its clauses by id, and questions near it that none of them answers."""

    title: str
    clauses: dict[str, str]
    unanswered: list[str]


def invented_plans() -> list[InventedPlan]:
    """The plans of `training/questions/plan-*.jsonl`."""
    plans = []
    for path in sorted(QUESTIONS.glob("plan-*.jsonl")):
        *clauses, last = read_rows(path)
        plans.append(InventedPlan(clauses[0]["title"], {row["id"]: row["text"] for row in clauses}, last["unanswered"]))
    return plans


@cache
def _stard_numbers(data: Path) -> dict[str, int]:
    return {row["text"]: int(row["_id"]) for row in read_rows(data / "stard/queries.jsonl.gz")}
