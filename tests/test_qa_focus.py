"""The run of pieces that is quoted: a probability for each piece, and the balance of certainty and length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qa_fakes import clause, pairs

from qa.catalogue import make_catalogue
from qa.focus import Piece, asking_part, best_run, features, focus, pieces_of, probabilities, weights
from qa.question import understand

NOTHING = make_catalogue([])
AID = clause(
    "x/1",
    "发展助餐服务。60周岁以上老年人每餐补助2元，每天不超过2餐。（牵头单位：省民政厅，配合单位：省财政厅、省商务厅）",
    path=("发展助餐服务。",),
    duties=[("牵头单位", "省民政厅"), ("配合单位", "省财政厅"), ("配合单位", "省商务厅")],
)


def test_the_pieces_of_a_clause() -> None:
    """Its title, its comma segments with their sentence, and each side of its departments."""
    assert [(AID.text[each.start : each.end], each.owner, each.side) for each in pieces_of(AID)] == [
        ("发展助餐服务", -1, "title"),
        ("60周岁以上老年人每餐补助2元", 0, "body"),
        ("每天不超过2餐", 0, "body"),
        ("省民政厅", -2, "lead"),
        ("省财政厅、省商务厅", -2, "support"),
    ]


def pieces(*lengths: int) -> list[Piece]:
    """Pieces of these lengths, one behind the other."""
    ends = [sum(lengths[: row + 1]) for row in range(len(lengths))]
    return [Piece(end - length, end, 0, "body") for end, length in zip(ends, lengths, strict=True)]


@pytest.mark.parametrize(
    ("chances", "span"),
    [
        ([0.96, 0.02, 0.02], (0, 20)),  # sure: one piece
        ([0.5, 0.48, 0.02], (0, 40)),  # one of two: both
        ([0.5, 0.02, 0.48], (0, 60)),  # and what stands between
        ([0.0, 0.0, 1.0], (40, 60)),
    ],
)
def test_quote_more_where_unsure(chances: list[float], span: tuple[int, int]) -> None:
    """A character more must be worth its cost."""
    assert best_run(pieces(20, 20, 20), chances) == span


def test_a_run_is_not_longer_than_allowed() -> None:
    """A single piece may be."""
    assert best_run(pieces(30, 30), [0.6, 0.4], cost=0.0, longest=50) == (0, 30)
    assert best_run(pieces(90), [1.0], cost=0.0, longest=50) == (0, 90)


@given(st.lists(st.dictionaries(st.sampled_from(sorted(weights())), st.floats(-3, 3)), min_size=1, max_size=9))
def test_probabilities_add_up(rows: list[dict[str, float]]) -> None:
    """Whatever is seen of the pieces."""
    found = probabilities(rows, weights())
    assert all(0 <= each <= 1 for each in found)
    assert sum(found) == pytest.approx(1)


@given(st.floats(0.1, 10), st.floats(-5, 5))
def test_another_scale_of_meanings_changes_nothing(factor: float, shift: float) -> None:
    """An encoder whose scores lie higher or further apart gives the same answer: only their order within the
    clause counts, and how far they lie apart.
    """
    question = understand("吃一顿补几块钱", NOTHING)

    def scores(asked: str, words: list[str]) -> list[float]:
        return [float(len(pairs(asked) & pairs(each)) + len(each) % 7) for each in words]

    def scaled(asked: str, words: list[str]) -> list[float]:
        return [factor * score + shift for score in scores(asked, words)]

    own = features(question, AID, pieces_of(AID), sentence_scores=lambda asked, words: scores(asked, list(words)))
    other = features(question, AID, pieces_of(AID), sentence_scores=lambda asked, words: scaled(asked, list(words)))
    for left, right in zip(own, other, strict=True):
        assert left == pytest.approx(right, abs=1e-6)


def test_a_bracket_that_is_opened_is_closed() -> None:
    """A quote that runs into the list of departments ends with its bracket."""
    question = understand("谁给老人饭补", NOTHING)
    start, end = focus(question, AID, sentence_scores=lambda asked, words: [0.0 for _ in words])
    words = AID.text[start:end]
    assert words.count("（") == words.count("）")


@pytest.mark.parametrize(
    ("question", "part"),
    [("断交了小半年,接着交马上能用吗", "接着交马上能用吗"), ("补多少,怎么办理?我急用", "怎么办理"), ("饭补", "饭补")],
)
def test_the_part_that_asks(question: str, part: str) -> None:
    """People tell a story first."""
    assert asking_part(question) == part
