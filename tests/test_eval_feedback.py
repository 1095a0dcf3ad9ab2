"""Judged feedback becomes a set that reads back, and says what it left out."""

import json
from pathlib import Path

import pytest
from eval_fakes import Piece, Plan

from corpus.errors import TiaowenError
from eval.feedback import from_feedback
from eval.questions import load_questions

FIRST = "提升企业创新能力，推动检查结果互认，由卫生部门负责。"
SECOND = "提升企业创新能力，推动检查结果互认，由药监部门负责。\n"
PLAN = Plan(FIRST + SECOND, (Piece("plan/1", 0, len(FIRST)), Piece("plan/2", len(FIRST), len(FIRST + SECOND))))
FIND = {"plan": PLAN}.get


def feedback(folder: Path, *rows: tuple[str, str | None, str]) -> Path:
    path = folder / "feedback.jsonl"
    lines = [
        json.dumps({"at": "2026-01-01", "question": question, "clause_id": clause, "verdict": verdict})
        for question, clause, verdict in rows
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_verdicts_become_a_set_that_reads_back(tmp_path: Path) -> None:
    """Two good against one bad make gold; the anchor is found again, though both clauses begin alike."""
    path = feedback(
        tmp_path,
        ("拍过片子还要重拍吗", "plan/1", "good"),
        ("拍过片子 还要重拍吗", "plan/1", "good"),
        ("拍过片子还要重拍吗", "plan/1", "bad"),
        ("拍过片子还要重拍吗", "plan/2", "bad"),
        ("谁管药", "plan/2", "good"),
    )
    harvest = from_feedback(path, FIND, tmp_path / "set.jsonl")
    assert load_questions(tmp_path / "set.jsonl", FIND) == harvest.questions
    first, second = harvest.questions
    assert (first.kind, first.gold_clauses, first.note) == (
        "everyday",
        ("plan/1",),
        "from feedback: 2 good, 2 bad",
    )
    assert second.gold_clauses == ("plan/2",)
    assert harvest.left_out == ()


def test_what_gives_no_gold_is_listed(tmp_path: Path) -> None:
    """Each way of giving nothing has its reason."""
    path = feedback(
        tmp_path,
        ("好的", "plan/1", "good"),
        ("只坏", "plan/1", "bad"),
        ("不一", "plan/1", "good"),
        ("不一", "plan/1", "bad"),
        ("没说", None, "good"),
        ("没了", "plan/9", "good"),
        ("没了二", "gone/9", "good"),
    )
    harvest = from_feedback(path, FIND, tmp_path / "set.jsonl")
    assert [question.question for question in harvest.questions] == ["好的"]
    assert {left.question: left.why for left in harvest.left_out} == {
        "只坏": "it was only called bad",
        "不一": "readers disagree about its clauses",
        "没说": "it was called good without naming a clause",
        "没了": "the clauses called good are no longer in the library",
        "没了二": "the clauses called good are no longer in the library",
    }


def test_feedback_that_gives_nothing_is_an_error(tmp_path: Path) -> None:
    """No file, a line that is no verdict, and verdicts without any gold."""
    with pytest.raises(TiaowenError, match="There is no feedback"):
        from_feedback(tmp_path / "none.jsonl", FIND, tmp_path / "set.jsonl")
    with pytest.raises(TiaowenError, match="gives no evaluation question: 1 questions"):
        from_feedback(feedback(tmp_path, ("只坏", "plan/1", "bad")), FIND, tmp_path / "set.jsonl")
    with pytest.raises(TiaowenError, match=r"feedback\.jsonl:1 is no verdict"):
        from_feedback(feedback(tmp_path, ("问", "plan/1", "maybe")), FIND, tmp_path / "set.jsonl")
    assert not (tmp_path / "set.jsonl").exists()
