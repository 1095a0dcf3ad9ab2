"""A measurement adds up by hand, counts every question and finds what is wrong with a citation."""

import hashlib
import json
from dataclasses import replace

import pytest

from eval.asked import read_answer
from eval.evaluate import evaluate, summarize
from eval.questions import EvalQuestion, Gold

TEXTS = {"shanxi": "山西收入430亿元。山西另有规定。", "guangxi": "广西收入600亿元。"}
CLAUSES = {"shanxi/1": ("shanxi", 0, 10), "shanxi/2": ("shanxi", 10, 17), "guangxi/1": ("guangxi", 0, 10)}
REGIONS = {"shanxi": "山西", "guangxi": "广西"}

QUESTIONS = [
    EvalQuestion("f", "fact", "山西收入", (Gold("shanxi", "430", "shanxi/1"),), also=("region",), answer="430亿元"),
    EvalQuestion("r", "region", "广西收入", (Gold("guangxi", "600", "guangxi/1"),), answer="600亿元"),
    EvalQuestion(
        "c",
        "cross",
        "两地收入",
        (Gold("shanxi", "430", "shanxi/1"), Gold("guangxi", "600", "guangxi/1")),
        need="all",
    ),
    EvalQuestion("u", "unanswerable", "湖南收入", ()),
    EvalQuestion("v", "unanswerable", "天气", ()),
]
RANKINGS = {
    "山西收入": [("shanxi/1", 0.9), ("guangxi/1", 0.5)],
    "广西收入": [("shanxi/1", 0.8), ("guangxi/1", 0.7)],  # the other province first
    "两地收入": [("guangxi/1", 0.6), ("shanxi/2", 0.5), ("shanxi/1", 0.4)],
    "湖南收入": [("shanxi/1", 0.7)],
    "天气": [],
}


def search(text: str, k: int) -> list[tuple[str, float]]:
    return RANKINGS[text][:k]


def citation(clause_id: str, score: float) -> dict:
    document, start, end = CLAUSES[clause_id]
    text = TEXTS[document][start:end]
    return {
        "clause_id": clause_id,
        "document_id": document,
        "score": score,
        "text": text,
        "source": {"start": start, "end": end},
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "highlights": [[0, 2]],
    }


def ask(text: str) -> dict:
    """Answers with the first hit, all but its first four characters; refuses below 0.65 and shows what is
    nearest.
    """
    hits = [citation(*hit) for hit in RANKINGS[text]]
    if not hits or hits[0]["score"] < 0.65:
        return {"status": "not_found", "answer": None, "citations": [], "nearest": hits[:3]}
    text = hits[0]["text"]
    answer = {"text": text[4:], "clause_id": hits[0]["clause_id"], "start": 4, "end": len(text)}
    return {"status": "answered", "answer": answer, "citations": hits, "nearest": []}


def test_search_alone_adds_up_by_hand() -> None:
    """Completing ranks 1, 2 and 2 (one useless clause before the second wanted one)."""
    outcomes = evaluate(QUESTIONS, search, region_of=REGIONS.get)
    assert [outcome.rank for outcome in outcomes] == [1, 2, 2, None, None]
    summary = summarize(outcomes)
    assert (summary["n"], summary["n_answerable"]) == (5, 3)
    assert summary["hit@1"] == pytest.approx(1 / 3)
    assert summary["mrr"] == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert summary["recall@1"] == pytest.approx((1 + 0 + 0.5) / 3)
    assert summary["by_kind"]["region"] == {"n": 2, "hit@1": 0.5, "hit@3": 1, "hit@5": 1, "mrr": 0.75}
    assert summary["by_kind"]["unanswerable"] == {
        "n": 2,
        "hit@1": None,
        "hit@3": None,
        "hit@5": None,
        "mrr": None,
    }
    assert summary["region"] == {"n": 2, "confusion": 0.5}
    # Answerable 0.9, 0.8, 0.6 against 0.7 and 0 (nothing came): five of six pairs are won.
    assert summary["refusal"]["auroc"] == pytest.approx(5 / 6)
    assert summary["refusal"]["refused_at_95"] == 0.5
    assert summary["refusal"]["refused"] is None
    assert summary["answer"]["n"] == 0
    json.dumps(summary, allow_nan=False)


def test_asking_adds_up_by_hand() -> None:
    """f is answered rightly, r with the other province, c is refused; u is answered, v refused."""
    summary = summarize(evaluate(QUESTIONS, search, ask=ask, text_of=TEXTS.get, region_of=REGIONS.get))
    assert summary["refusal"]["answered"] == pytest.approx(2 / 3)
    assert summary["refusal"]["refused"] == 0.5
    assert summary["answer"]["n"] == 2
    assert summary["answer"]["exact"] == 0.5  # 430亿元。 is 430亿元, and stands first for 600亿元 too
    assert summary["answer"]["right_clause"] == pytest.approx(1 / 3)
    assert summary["answer"]["median_length"] == 6
    assert summary["answer"]["where_right"] == {"n": 1, "exact": 1, "contains": 1, "median_length": 6}
    assert summary["citations"]["valid"] == 1
    assert summary["citations"]["cited@1"] == pytest.approx(1 / 3)
    assert summary["citations"]["n"] == 5
    # By confidence: f right (0.9), r wrong (0.8), u wrong (0.7), c wrong (0.6), v wrong (0).
    assert summary["refusal"]["aurc"] == pytest.approx((0 + 1 / 2 + 2 / 3 + 3 / 4 + 4 / 5) / 5)


def test_progress_and_warming() -> None:
    """One call goes before the measured ones, and progress is told after each question."""
    asked: list[str] = []
    told: list[tuple[int, int]] = []

    def counted(text: str, k: int) -> list[tuple[str, float]]:
        asked.append(text)
        return search(text, k)

    evaluate(QUESTIONS[:2], counted, progress=lambda done, total: told.append((done, total)))
    assert asked == ["山西收入", "山西收入", "广西收入"]
    assert told == [(1, 2), (2, 2)]


GOOD = ask("山西收入")
FAULTS = [
    (GOOD, None),
    (ask("天气"), None),
    (GOOD | {"status": "not_found"}, "yet it cites"),
    (GOOD | {"status": "maybe"}, "'maybe' is unknown"),
    (GOOD | {"citations": [], "answer": None}, "without a citation"),
    (GOOD | {"citations": GOOD["citations"] * 2}, "cited twice"),
    (GOOD | {"citations": GOOD["citations"][1:]}, "clause is not cited"),
    (GOOD | {"answer": GOOD["answer"] | {"start": 3}}, "not the slice"),
    (GOOD | {"answer": GOOD["answer"] | {"text": "", "start": 0, "end": 0}}, "not the slice"),
    (GOOD | {"citations": [GOOD["citations"][0] | {"sha256": "0"}]}, "another text's hash"),
    (GOOD | {"citations": [GOOD["citations"][0] | {"document_id": "x"}]}, "unknown document"),
    (
        GOOD | {"citations": [GOOD["citations"][0] | {"source": {"start": 1, "end": 11}}]},
        "does not stand at 1:11",
    ),
    (GOOD | {"citations": [GOOD["citations"][0] | {"highlights": [[4, 40]]}]}, "outside its text"),
    (GOOD | {"citations": [{"clause_id": "shanxi/1"}]}, "not of the contract (KeyError('text'))"),
]


@pytest.mark.parametrize(("body", "fault"), FAULTS)
def test_faults_of_citations(body: dict, fault: str | None) -> None:
    """A sound answer has no fault; each way of breaking one is found."""
    faults = read_answer(body, TEXTS.get).faults
    assert (faults == ()) if fault is None else any(fault in each for each in faults)


def test_two_anchors_in_one_clause_are_one_gold_clause() -> None:
    """Recall and "all" count clauses, not anchors."""
    gold = (Gold("shanxi", "430", "shanxi/1"), Gold("shanxi", "山西收入", "shanxi/1"))
    (outcome,) = evaluate([replace(QUESTIONS[0], gold=gold, need="all")], search)
    assert (outcome.rank, outcome.measures["recall@1"]) == (1, 1)
