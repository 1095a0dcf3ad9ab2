"""Cutting texts into runs and sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.marks import Span, excerpt, runs, sentences, surrounding

TEXT = st.text(alphabet="药医院，。；、3“”a\n", max_size=80)


@given(TEXT, st.lists(st.tuples(st.integers(0, 90), st.integers(0, 90), st.sampled_from("ab")), max_size=6))
def test_runs_joined_are_the_text(text: str, spans: list[tuple[int, int, str]]) -> None:
    """Whatever is marked, overlapping or outside the text, nothing is lost, doubled or reordered."""
    cut = runs(text, [Span(start, end, kind) for start, end, kind in spans])
    assert "".join(run.text for run in cut) == text


@given(TEXT, st.integers(0, 80), st.integers(0, 80))
def test_every_character_carries_the_kinds_that_cover_it(text: str, start: int, end: int) -> None:
    """A character is marked if and only if a span covers it."""
    at = 0
    for run in runs(text, [Span(start, end, "x")]):
        for _ in run.text:
            assert (run.kinds == ("x",)) == (start <= at < end)
            at += 1


@given(TEXT)
def test_sentences_cover_the_text(text: str) -> None:
    """The spans of the sentences follow each other from the beginning to the end."""
    assert "".join(text[start:end] for start, end in sentences(text)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一。二；三", ["一。", "二；", "三"]),
        ("他说“好。”然后走了。", ["他说“好。”", "然后走了。"]),  # the quote closes after the full stop
        ("无标点", ["无标点"]),
        ("", []),
    ],
)
def test_sentences_end_after_their_closing_quotes(text: str, expected: list[str]) -> None:
    """A closing quote or bracket belongs to the sentence that it closes."""
    assert [text[start:end] for start, end in sentences(text)] == expected


@given(TEXT, st.data())
def test_surroundings_and_excerpts_hold_what_they_are_about(text: str, data: st.DataObject) -> None:
    """The window around a span contains the span, and lies in the text; so does an excerpt with its first
    mark.
    """
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    low, high = surrounding(text, start, end, longest=20)
    assert 0 <= low <= start <= end <= high <= len(text)
    low, high = excerpt(text, [(start, end)], longest=30)
    assert 0 <= low <= start <= high <= len(text)


def test_an_answer_is_shown_in_its_sentence() -> None:
    """The sentence around the words is shown, not its neighbours."""
    text = "第一句。实现主营业务收入430亿元，年均增长超过20%。第三句。"
    start = text.index("430")
    low, high = surrounding(text, start, start + 5)
    assert text[low:high] == "实现主营业务收入430亿元，年均增长超过20%。"
