"""Two saved runs are compared question by question, from whichever form they were saved in."""

import json
from pathlib import Path

import pytest

from corpus.errors import TiaowenError
from eval.compare import compare, load_measured
from eval.evaluate import Report, Setting, evaluate, summarize
from eval.provenance import provenance
from eval.questions import EvalQuestion, Gold

QUESTIONS = [EvalQuestion(f"q{row}", "fact", f"问题{row}", (Gold("d", "x", f"d/{row}"),)) for row in range(30)]
QUESTIONS.append(EvalQuestion("u", "unanswerable", "天气", ()))
NUMBERS = {question.question: row for row, question in enumerate(QUESTIONS)}


def answer(ranking: list[tuple[str, float]], status: str) -> dict:
    cited = [{"clause_id": clause, "score": score, "text": "t", "document_id": "d"} for clause, score in ranking]
    for each in cited:
        each |= {"source": {"start": 0, "end": 1}, "sha256": ""}
    return {
        "status": status,
        "answer": None,
        "citations": cited if status == "answered" else [],
        "nearest": [],
    }


def save(path: Path, place: int, *, judge: str = "s", ask: bool = False, rows: int = 31) -> Path:
    """A report of a search that puts the gold clause at `place`, but for q0, which it always finds first."""

    def search(text: str, k: int) -> list[tuple[str, float]]:
        number = NUMBERS[text]
        others = [(f"d/x{row}", 0.5) for row in range(0 if number == 0 else place - 1)]
        return [*others, (f"d/{number}", 0.4)]

    def asking(text: str) -> dict:
        return answer(search(text, 5), "not_found" if text == "天气" and place == 1 else "answered")

    outcomes = evaluate(QUESTIONS[:rows], search, ask=asking if ask else None)
    setting = Setting("set", judge, "full", None, None, None, None, provenance(["tiaowen", "eval"]))
    path.write_text(json.dumps(Report(setting, outcomes, summarize(outcomes)).as_json()), encoding="utf-8")
    return path


def test_a_better_run_wins_on_each_measure(tmp_path: Path) -> None:
    """From rank 4 to rank 1 in 29 of 30 questions: 29 wins, 1 tie, and chance is ruled out after
    correction.
    """
    result = compare(load_measured(save(tmp_path / "a.json", 4)), load_measured(save(tmp_path / "b.json", 1)))
    lines = {line.measure: line for line in result.lines}
    assert list(lines) == ["hit@1", "hit@3", "mrr", "ndcg@10", "recall@10", "recall@100"]
    assert (lines["mrr"].difference.wins, lines["mrr"].difference.ties, lines["mrr"].difference.losses) == (
        29,
        1,
        0,
    )
    assert lines["mrr"].difference.difference == pytest.approx(29 / 30 * 0.75)
    assert result.origin_a is not None
    assert result.origin_a.endswith(", tiaowen eval")
    assert lines["mrr"].corrected_p < 0.001
    assert lines["mrr"].corrected_p > lines["mrr"].difference.p
    assert lines["recall@10"].corrected_p == 1  # found within ten both times
    change = result.changes[0]
    assert (change.id, change.question, change.a, change.b) == ("q1", "问题1", 0.25, 1.0)
    assert (change.first_a, change.first_b) == ("d/x0", "d/1")
    assert result.remarks == ()
    json.dumps(result.as_json(), allow_nan=False)


def test_a_run_against_itself(tmp_path: Path) -> None:
    """p is 1 on every measure and nothing changed."""
    saved = load_measured(save(tmp_path / "a.json", 3))
    result = compare(saved, saved)
    assert {line.difference.p for line in result.lines} == {1.0}
    assert result.changes == ()


def test_whole_decisions_compare_where_both_were_asked(tmp_path: Path) -> None:
    """`decided` counts the unanswerable question as well: refused by B, answered by A."""
    a = load_measured(save(tmp_path / "a.json", 2, ask=True))
    b = load_measured(save(tmp_path / "b.json", 1, ask=True))
    (decided,) = [line for line in compare(a, b).lines if line.measure == "decided"]
    assert (decided.difference.wins, decided.difference.ties) == (30, 1)


def test_questions_of_one_run_only_are_left_out_and_said(tmp_path: Path) -> None:
    """Twenty of thirty questions are common; the ten others and the other set are remarked."""
    a = load_measured(save(tmp_path / "a.json", 2))
    b = load_measured(save(tmp_path / "b.json", 1, rows=20, judge="other"))
    result = compare(a, b)
    assert result.n == 20
    assert result.remarks == (
        "10 questions stand only in a and were left out.",
        "The two runs were judged by different sets: a gold clause may have changed.",
    )


def test_bare_trec_runs_need_qrels(tmp_path: Path) -> None:
    """A TREC run compares with its qrels, and says so without them; a question without hits counts 0."""
    (tmp_path / "run").write_text("q1 Q0 a 1 0.9 t\nq1 Q0 b 2 0.8 t\n")
    (tmp_path / "qrels").write_text("q1 0 b 1\nq2 0 a 1\n")
    measured = load_measured(tmp_path / "run", tmp_path / "qrels")
    assert measured.values["mrr@10"] == {"q1": 0.5, "q2": 0}
    with pytest.raises(TiaowenError, match="name the qrels"):
        load_measured(tmp_path / "run")


def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    """Missing files, foreign JSON, runs of two commands and disjoint questions each have their sentence."""
    report = load_measured(save(tmp_path / "a.json", 1))
    (tmp_path / "run").write_text("x Q0 a 1 0.9 t\n")
    (tmp_path / "qrels").write_text("x 0 a 1\n")
    bare = load_measured(tmp_path / "run", tmp_path / "qrels")
    with pytest.raises(TiaowenError, match="have no question in common"):
        compare(report, bare)
    (tmp_path / "foreign.json").write_text("[]")
    with pytest.raises(TiaowenError, match="is not a report"):
        load_measured(tmp_path / "foreign.json")
    with pytest.raises(TiaowenError, match="There is no run"):
        load_measured(tmp_path / "none")
    with pytest.raises(TiaowenError, match=r"holds no run\.trec"):
        load_measured(tmp_path)
