"""The hand-written cases of quoting: sound, apart from what the weights were fitted on, and answered."""

from pathlib import Path

import numpy as np
import pytest
from eval_plans import indexed_plans

from eval.fit_focus import Example, curve, fitted
from eval.local import LocalSource
from eval.spans import CASES, SpanCase, clause_of, covers, measure_quoting, read_cases
from qa.focus import Piece, probabilities


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> LocalSource:
    """Any index: meanings are those of the encoder that ships."""
    home: Path = tmp_path_factory.mktemp("home")
    return indexed_plans(home)


def test_the_two_splits_share_no_clause() -> None:
    """And there are some hundreds of cases, a fifth or more of them for testing."""
    fit, test = read_cases(CASES, "fit"), read_cases(CASES, "test")
    assert len(fit) + len(test) >= 300
    assert len(test) >= 0.2 * (len(fit) + len(test))
    assert not {case.clause.text for case in fit} & {case.clause.text for case in test}


def test_clauses_never_seen_are_quoted_well(source: LocalSource) -> None:
    """The cases for testing: nine in ten quotes hold the answer, at less than half of the clause's length."""
    cases = read_cases(CASES, "test")
    found = measure_quoting(cases, source.index)
    assert found.contains
    assert found.contains >= 0.9
    assert found.median_length
    assert found.median_length <= 0.5 * float(np.median([len(case.clause.text) for case in cases]))


def test_every_answer_must_be_quoted() -> None:
    """A question that asks two things has two answers."""
    case = SpanCase("", clause_of("a", "每餐补2元，每天2餐。"), ("2元", "2餐"), "a")
    assert covers((0, 10), case)
    assert not covers((0, 5), case)


def test_weights_are_learned() -> None:
    """Of pieces that differ in one thing only, the one with it was always wanted: it gets most of the chance, and
    the quote is that piece.
    """
    case = SpanCase("", clause_of("a", "甲乙丙丁戊，己庚辛壬癸。"), ("己庚",), "a")
    halves = [Piece(0, 5, 0, "body"), Piece(6, 11, 0, "body")]
    examples = [Example(case, halves, [{"list": 0.0}, {"list": 1.0}], [[[1]]], 1.0, None)] * 40
    weights = fitted(examples)
    chances = probabilities(examples[0].rows, weights)
    assert chances[1] > 0.8
    assert all(share == 1.0 for _, share, _ in curve([(examples[0], [0.05, 0.95])]))
