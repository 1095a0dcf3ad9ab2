"""The rankings of sixty questions are those kept in golden_rankings.txt: a change in ranking shows in a diff.

`REWRITE_RANKINGS=1 pytest tests/test_eval_golden.py` writes the file anew; the diff is what a reviewer reads.
"""

import os
from pathlib import Path

import pytest
from eval_plans import indexed_plans

from eval.golden import choose, golden_text
from eval.local import LocalSource
from eval.measure import SETS
from eval.questions import EvalQuestion, Gold, load_questions

KEPT = Path(__file__).parent / "golden_rankings.txt"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> LocalSource:
    """The two plans that ship, indexed with the encoder that ships."""
    return indexed_plans(tmp_path_factory.mktemp("home"))


def test_rankings_are_those_that_are_kept(source: LocalSource) -> None:
    """The first five clauses of sixty questions over both plans, as a reader sees them."""
    plans = [
        question
        for name in ("plans-a.jsonl", "plans-b.jsonl")
        for question in load_questions(SETS / name, source.document)
    ]
    chosen = choose(plans, 60)
    assert len(chosen) == 60
    text = golden_text(chosen, source.search("full"), lambda clause: (source.clause_of(clause) or ("", ""))[1])
    if os.environ.get("REWRITE_RANKINGS"):
        KEPT.write_text(text, encoding="utf-8", newline="\n")
    kept = KEPT.read_text(encoding="utf-8")
    assert text.splitlines() == kept.splitlines(), "read the diff; REWRITE_RANKINGS=1 writes the file anew"


def test_the_text_marks_what_was_wanted() -> None:
    """A wanted clause has a star, one that did not come is listed last with a dash, and the measures
    close the text.
    """
    question = EvalQuestion("q", "fact", "收入", (Gold("d", "x", "d/2"), Gold("d", "y", "d/9")))
    text = golden_text([question], lambda asked, k: [("d/1", 0.9), ("d/2", 0.8)], lambda clause: f"文\n{clause}")
    assert text == (
        "# q [fact] 收入\n"
        "1   d/1  文 d/1\n"
        "2 * d/2  文 d/2\n"
        "- * d/9  文 d/9\n"
        "\n"
        "= 1 questions: hit@1 0.000, hit@3 1.000, hit@5 1.000, mrr 0.500, recall@5 0.500\n"
    )


def test_questions_are_chosen_evenly() -> None:
    """Every third of nine answerable ones, however many unanswerable stand between; never more than there
    are.
    """
    questions = [EvalQuestion(str(row), "fact", "问", (Gold("d", "x", "d/1"),)) for row in range(9)]
    questions.insert(4, EvalQuestion("u", "unanswerable", "问", ()))
    assert [question.id for question in choose(questions, 3)] == ["0", "3", "6"]
    assert len(choose(questions, 60)) == 9
