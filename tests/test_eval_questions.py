"""Evaluation sets are read whole or refused whole, with every problem named by its line."""

import json
from pathlib import Path

import pytest
from eval_fakes import Piece, Plan
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import TiaowenError
from eval.folding import FoldedText, fold
from eval.questions import BadSet, load_questions, select

HEADING, FIRST, SECOND = (
    "一、总体要求\n",
    "1.到2020年，收入达到４30 亿元。\n",
    "2.推进检查结果互认，检查结果当日出具。\n",
)
PLAN = Plan(
    HEADING + FIRST + SECOND,
    (
        Piece("plan/1/1", len(HEADING), len(HEADING + FIRST)),
        Piece("plan/1/2", len(HEADING + FIRST), len(HEADING + FIRST + SECOND)),
    ),
)


def load(folder: Path, *rows: object) -> tuple:
    file = folder / "set.jsonl"
    file.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return load_questions(file, {"plan": PLAN}.get)


def row(identity: str = "q1", anchor: str = "收入达到430亿元", document: str = "plan", **more: object) -> dict:
    gold = [{"document": document, "anchor": anchor}]
    return {"id": identity, "kind": "fact", "question": "收入多少", "need": "any", "gold": gold} | more


def test_anchor_finds_its_clause_whatever_the_width_and_spacing(tmp_path: Path) -> None:
    """The text has a full-width 4 and a space; the anchor has neither, and the clause is still found."""
    (question,) = load(tmp_path, row(answer="430亿元", topic="目标", split="dev"))
    assert question.gold_clauses == ("plan/1/1",)
    assert (question.answer, question.topic, question.split) == ("430亿元", "目标", "dev")


def test_colloquial_is_everyday_and_counts_under_each_kind_once(tmp_path: Path) -> None:
    """`colloquial` is folded to `everyday`, in `kind` and in `also`."""
    first, second = load(tmp_path, row("a", kind="colloquial"), row("b", also=["colloquial", "fact", "region"]))
    assert first.kinds == ("everyday",)
    assert second.kinds == ("fact", "everyday", "region")


BAD = [
    ("not json", "is not JSON"),
    ([1], "is a list; expected an object"),
    (row(document="else"), "the document 'else' is not in the library"),
    (row(anchor="不存在的话"), "「不存在的话」 does not occur in the text of plan"),
    (row(anchor="检查结果"), "「检查结果」 occurs 2 times in the text of plan"),
    (row(anchor="亿元。2.推进"), "touches 2 clauses (plan/1/1, plan/1/2)"),
    (row(anchor="总体要求"), "stands in no clause"),
    (row(anchor="要求1.到2020"), "reaches beyond its clause"),
    (row(anchor=" "), "anchor is ' '; expected a text that is not empty"),
    (row(kind="else"), "the kind 'else' is unknown; expected one of fact,"),
    (row(also=["else"]), "the kind 'else' is unknown"),
    (row(also="fact"), "also is 'fact'; expected a list of texts"),
    (row(gold=[]), "gold is empty"),
    (row(gold="x"), "gold is 'x'; expected a list"),
    (row(gold=["x"]), "a gold entry is 'x'"),
    (row(kind="unanswerable"), "an unanswerable question has gold"),
    (row(need="some"), "need is 'some'; expected 'any' or 'all'"),
    (row(question="  "), "question is '  '"),
    (row(answer="500亿元"), "the answer 「500亿元」 occurs in no gold clause"),
    ({"kind": "fact"}, "id is missing"),
]


@pytest.mark.parametrize(("bad", "message"), BAD)
def test_each_problem_is_named(tmp_path: Path, bad: object, message: str) -> None:
    """One bad line is one BadSet that names the line and what is wrong with it."""
    with pytest.raises(BadSet) as caught:
        load(tmp_path, row("good"), bad)
    assert all(problem.line == 2 for problem in caught.value.problems)
    assert message in str(caught.value)


def test_all_problems_come_in_one_list(tmp_path: Path) -> None:
    """Three bad lines of four give three problems in order, the repeated id with the place of the first."""
    with pytest.raises(BadSet) as caught:
        load(tmp_path, row(), row(), row("q2", kind="else"), row("q3", anchor="没有"))
    assert [problem.line for problem in caught.value.problems] == [2, 3, 4]
    assert str(caught.value).splitlines()[:2] == [
        "The evaluation set has 3 problems:",
        "  set.jsonl:2: the id 'q1' was already used at set.jsonl:1",
    ]


def test_empty_and_missing_sets_are_errors(tmp_path: Path) -> None:
    """A set without a question cannot pass for one in which all went well."""
    with pytest.raises(BadSet, match="holds no question"):
        load(tmp_path, "", "  ")
    with pytest.raises(TiaowenError, match="There is no evaluation set"):
        load_questions(tmp_path / "none.jsonl", {}.get)
    (tmp_path / "folder").mkdir()
    with pytest.raises(TiaowenError, match="holds no evaluation set"):
        load_questions(tmp_path / "folder", {}.get)


def test_a_folder_is_one_set(tmp_path: Path) -> None:
    """The files of a folder are read together, and an id may not occur in two of them."""
    (tmp_path / "a.jsonl").write_text(json.dumps(row("q1")), encoding="utf-8")
    (tmp_path / "b.jsonl").write_text("\ufeff" + json.dumps(row("q2")), encoding="utf-8")
    assert [each.id for each in load_questions(tmp_path, {"plan": PLAN}.get)] == ["q1", "q2"]
    (tmp_path / "c.jsonl").write_text(json.dumps(row("q1")), encoding="utf-8")
    with pytest.raises(BadSet, match=r"c\.jsonl:1: the id 'q1' was already used at a\.jsonl:1"):
        load_questions(tmp_path, {"plan": PLAN}.get)


def test_questions_write_the_lines_they_were_read_from(tmp_path: Path) -> None:
    """as_json is the inverse of reading."""
    questions = load(tmp_path, row(answer="430亿元", topic="目标"), row("u", kind="unanswerable", gold=[]))
    assert load(tmp_path, *(each.as_json() for each in questions)) == questions


def test_select_by_split_and_kind(tmp_path: Path) -> None:
    """A split and a kind choose questions; choosing none is an error that says what was wanted."""
    questions = load(tmp_path, row("a", split="dev"), row("b", split="test", also=["noisy"]))
    assert [each.id for each in select(questions, split="dev")] == ["a"]
    assert [each.id for each in select(questions, kind="noisy")] == ["b"]
    with pytest.raises(TiaowenError, match="no question of split 'train'"):
        select(questions, split="train")


@given(st.text(alphabet="ａ１ 　\ue000é\u0301文①\n㈠", max_size=12), st.data())
def test_what_is_found_folds_to_what_was_sought(text: str, data: st.DataObject) -> None:
    """Any piece of a folded text is found, and each span found covers at least the piece."""
    folded = FoldedText(text)
    assert folded.text == fold(text)
    if folded.text:
        start = data.draw(st.integers(0, len(folded.text) - 1))
        piece = folded.text[start : data.draw(st.integers(start + 1, len(folded.text)))]
        spans = folded.find_all(piece)
        assert spans
        assert all(piece in fold(text[begin:end]) for begin, end in spans)
