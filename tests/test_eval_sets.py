"""The sets that ship are sound: every anchor stands in one clause, and no clause is in both splits."""

import json
from collections import Counter

import pytest

from corpus.errors import NotFound
from corpus.library import Library
from corpus.models import Document
from corpus.readers import read_file
from eval.local import DOCUMENTS
from eval.measure import SETS
from eval.questions import EvalQuestion, load_questions

PLANS = {"shanxi-2016", "guangxi-2016"}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The two plans that ship, and the documents that ship for measuring."""
    library = Library.open(tmp_path_factory.mktemp("home"))
    library.add_samples()
    for path in sorted(DOCUMENTS.glob("*.txt")):
        library.add_source(read_file(path), document_id=path.stem)
    return library


@pytest.fixture(scope="module")
def sets(library: Library) -> dict[str, tuple[EvalQuestion, ...]]:
    """The questions of each set, every anchor found in its clause."""

    def find(document_id: str) -> Document | None:
        try:
            return library.document(document_id)
        except NotFound:
            return None

    return {file.stem: load_questions(file, find) for file in sorted(SETS.glob("*.jsonl"))}


def test_there_are_enough_questions_of_each_kind(sets: dict[str, tuple[EvalQuestion, ...]]) -> None:
    """Over the plans 400, over other documents 200; 150 in everyday words, 80 without an answer, some of each
    kind.
    """
    plans, others = (*sets["plans-a"], *sets["plans-b"]), sets["others"]
    kinds = Counter(kind for question in plans for kind in question.kinds)
    assert len(plans) >= 400
    assert len(others) >= 200
    assert kinds["everyday"] >= 150
    assert kinds["unanswerable"] >= 80
    assert min(kinds.values()) >= 20
    assert set(Counter(question.kind for question in others)) == set(kinds)


def test_each_set_keeps_to_its_documents(sets: dict[str, tuple[EvalQuestion, ...]]) -> None:
    """The gold of the plans' sets is in the plans, that of the other set in the other documents, each of them
    asked.
    """
    documents = {
        name: {gold.document for question in questions for gold in question.gold} for name, questions in sets.items()
    }
    assert documents["plans-a"] == documents["plans-b"] == PLANS
    assert documents["others"] == {path.stem for path in DOCUMENTS.glob("*.txt")}


def test_every_clause_of_the_plans_is_asked_for(library: Library, sets: dict[str, tuple[EvalQuestion, ...]]) -> None:
    """No clause is left out, so a change anywhere in the plans' handling can show."""
    asked = {clause for questions in sets.values() for question in questions for clause in question.gold_clauses}
    assert {clause.clause_id for clause in library.clauses() if clause.document_id in PLANS} <= asked


def test_no_clause_is_in_both_splits(sets: dict[str, tuple[EvalQuestion, ...]]) -> None:
    """Dev and test share no gold clause, are about as large, and few questions are in neither."""
    questions = [question for each in sets.values() for question in each]
    dev, test = (
        {clause for question in questions if question.split == split for clause in question.gold_clauses}
        for split in ("dev", "test")
    )
    assert not dev & test
    sizes = Counter(question.split for question in questions)
    assert set(sizes) <= {"dev", "test", None}
    assert abs(sizes["dev"] - sizes["test"]) <= 0.1 * len(questions)
    assert sizes[None] <= 0.05 * len(questions)


def test_no_id_and_no_question_is_used_twice() -> None:
    """Over all sets that ship, ids and questions are unique."""
    rows = [
        json.loads(line)
        for file in sorted(SETS.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    for name in ("id", "question"):
        twice = [value for value, count in Counter(row[name] for row in rows).items() if count > 1]
        assert twice == []
