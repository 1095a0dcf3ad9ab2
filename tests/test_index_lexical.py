"""BM25 over characters and pairs of characters."""

from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.lexical import K1, SINGLE, B, LexicalIndex, term_keys
from index.tokens import is_han

TEXTS = [
    "医疗机构应当按照药品通用名开具处方，并主动向患者提供处方。",
    "推动医疗机构间检查结果互认，减少重复检查。",
    "到2020年末，实现主营业务收入430亿元。",
    "严格执行GMP，依法关停不符合要求的医药企业。",
]


def test_scores_equal_those_of_bm25s() -> None:
    """The weights are those of a trusted library for the same terms, length and constants."""
    index = LexicalIndex.build(TEXTS)
    tokens = [[int(key) for part in term_keys(text) for key in part] for text in TEXTS]
    vocabulary = {key: number for number, key in enumerate(sorted({key for text in tokens for key in text}))}
    theirs = bm25s.BM25(k1=K1, b=B, method="lucene", idf_method="lucene")
    theirs.index(([[vocabulary[key] for key in text] for text in tokens], vocabulary), show_progress=False)
    for question in ("检查结果互认", "处方", "430亿元", "gmp"):
        pairs, _ = term_keys(question)
        known = [int(key) for key in pairs if int(key) in vocabulary]
        expected = theirs.get_scores_from_ids([vocabulary[key] for key in known]) * (K1 + 1)
        ours = index.scores(dict.fromkeys(known, 1.0))
        np.testing.assert_allclose(ours, expected, rtol=1e-5)


@given(st.sampled_from(TEXTS), st.data())
@settings(max_examples=60)
def test_two_characters_find_the_text_that_has_them(text: str, data: st.DataObject) -> None:
    """Any two neighbouring Chinese characters of a text bring a score for it."""
    start = data.draw(st.integers(0, len(text) - 2))
    pair = text[start : start + 2]
    index = LexicalIndex.build(TEXTS)
    if all(map(is_han, pair)):
        assert index.scores(index.question_terms(pair))[TEXTS.index(text)] > 0


def test_single_characters_count_less() -> None:
    """A pair weighs 1, a single character SINGLE, and a repeated word counts once."""
    index = LexicalIndex.build(TEXTS)
    assert sorted(index.question_terms("处方处方").values()) == [SINGLE, SINGLE, 1.0, 1.0]


def test_saved_and_opened_alike(tmp_path: Path) -> None:
    """What is saved answers as before, from memory-mapped files."""
    index = LexicalIndex.build(TEXTS)
    index.save(tmp_path)
    opened = LexicalIndex.load(tmp_path, len(TEXTS))
    assert isinstance(opened.posting_rows.base, np.memmap)
    terms = index.question_terms("重复检查")
    np.testing.assert_array_equal(opened.scores(terms), index.scores(terms))


@pytest.mark.parametrize("question", ["", "🙂", "。，", "qqqq"])
def test_a_question_without_known_terms_scores_nothing(question: str) -> None:
    """Nothing is found, and nothing fails, where no term occurs."""
    index = LexicalIndex.build(TEXTS)
    assert not index.scores(index.question_terms(question)).any()


def test_an_empty_collection() -> None:
    """An index of nothing answers with nothing."""
    index = LexicalIndex.build([])
    assert index.scores(index.question_terms("处方")).shape == (0,)
