"""The sets that ship are sound: every anchor stands in one clause, and no clause is in both splits."""

import json
from collections import Counter
from pathlib import Path

import pytest

from corpus.errors import NotFound
from corpus.library import Library
from corpus.models import Document
from eval.measure import SETS
from eval.questions import EvalQuestion, load_questions


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The two plans that ship."""
    library = Library.open(tmp_path_factory.mktemp("home"))
    library.add_samples()
    return library


@pytest.fixture(scope="module")
def plans(library: Library) -> tuple[EvalQuestion, ...]:
    """The questions over the two plans, every anchor found in its clause."""

    def find(document_id: str) -> Document | None:
        try:
            return library.document(document_id)
        except NotFound:
            return None

    files = [SETS / "plans-a.jsonl", SETS / "plans-b.jsonl"]
    return tuple(question for file in files for question in load_questions(file, find))


def test_the_plans_have_enough_questions_of_each_kind(plans: tuple[EvalQuestion, ...]) -> None:
    """At least 400 in all, 150 in everyday words, 80 without an answer, and some of each kind."""
    kinds = Counter(kind for question in plans for kind in question.kinds)
    assert len(plans) >= 400
    assert kinds["everyday"] >= 150
    assert kinds["unanswerable"] >= 80
    assert min(kinds.values()) >= 20


def test_every_clause_of_the_plans_is_asked_for(library: Library, plans: tuple[EvalQuestion, ...]) -> None:
    """No clause is left out, so a change anywhere in the plans' handling can show."""
    asked = {clause for question in plans for clause in question.gold_clauses}
    assert {clause.clause_id for clause in library.clauses()} == asked


def test_no_clause_is_in_both_splits(plans: tuple[EvalQuestion, ...]) -> None:
    """Dev and test share no gold clause, are about as large, and few questions are in neither."""
    clauses = {
        split: {clause for question in plans if question.split == split for clause in question.gold_clauses}
        for split in ("dev", "test")
    }
    assert not clauses["dev"] & clauses["test"]
    sizes = Counter(question.split for question in plans)
    assert set(sizes) <= {"dev", "test", None}
    assert abs(sizes["dev"] - sizes["test"]) <= 0.1 * len(plans)
    assert sizes[None] <= 0.05 * len(plans)


def test_no_id_and_no_question_is_used_twice() -> None:
    """Over all sets that ship, ids and questions are unique."""
    rows = [
        json.loads(line)
        for file in sorted(Path(SETS).glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    for name in ("id", "question"):
        twice = [value for value, count in Counter(row[name] for row in rows).items() if count > 1]
        assert twice == []
