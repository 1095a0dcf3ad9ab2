"""Late interaction and the shipped encoder, against direct computation."""

import numpy as np
import pytest
from safetensors.numpy import load_file

from index.encoders import SHIPPED, StaticEncoder
from index.late import CLOSE, LateInteraction, TokenStore, sentences

PASSAGES = [
    ("《某计划》一、总体要求", "推动医疗机构间检查结果互认；减少重复检查。减轻患者负担。"),
    ("", "依法关停不符合要求的企业"),
    ("《某计划》", ""),
    ("", ""),
]


@pytest.fixture(scope="module")
def encoder() -> StaticEncoder:
    return StaticEncoder()


def test_scores_equal_direct_computation(encoder: StaticEncoder) -> None:
    """The gathered arithmetic gives what the definition gives, passage by passage."""
    tables = load_file(SHIPPED / "late.safetensors")
    vectors = tables["vectors"].astype(np.float32) / 127
    store = TokenStore.build(encoder, PASSAGES)
    question = encoder.token_ids(["转院还要重新拍片子吗"])[0]
    found = LateInteraction(encoder).score(question, store, np.arange(len(PASSAGES)))
    weights = tables["weights"][question].astype(np.float32)
    weights /= weights.sum()
    asked = encoder.pool([question])[0]
    for row, (context, text) in enumerate(PASSAGES):
        pieces = [ids for ids in encoder.token_ids([context, *sentences(text)]) if len(ids)]
        tokens = np.concatenate(pieces) if pieces else np.zeros(1, np.uint16)
        best = (vectors[question] @ vectors[tokens].T).max(axis=1)
        assert found.late[row] == pytest.approx(float(best @ weights), abs=1e-5)
        assert found.covered[row] == pytest.approx(float((best > CLOSE) @ weights), abs=1e-5)
        assert found.missing[row] == pytest.approx(float(((1 - best) * weights).max()), abs=1e-5)
        if context and text:
            within = [
                (vectors[question] @ vectors[np.concatenate([pieces[0], piece])].T).max(axis=1) @ weights
                for piece in pieces
            ]
            assert found.late_sentence[row] == pytest.approx(float(max(within)), abs=1e-5)
        cosines = encoder.pool(pieces) @ asked if pieces else np.zeros(1)
        whole = encoder.pool([tokens])[0] @ asked
        assert found.clause[row] == pytest.approx(float(whole), abs=1e-5)
        if pieces and context and text:  # an empty sentence has cosine 0, which a negative one would not beat
            assert found.sentence[row] == pytest.approx(float(cosines.max()), abs=1e-5)


def test_a_subset_of_rows_scores_as_in_the_whole(encoder: StaticEncoder) -> None:
    """A passage's score does not depend on which others are scored with it."""
    store = TokenStore.build(encoder, PASSAGES)
    question = encoder.token_ids(["小厂会不会被关掉"])[0]
    late = LateInteraction(encoder)
    whole = late.score(question, store, np.arange(len(PASSAGES)))
    part = late.score(question, store, np.asarray([1, 3]))
    np.testing.assert_allclose(part.late, whole.late[[1, 3]], atol=1e-6)
    np.testing.assert_allclose(part.sentence, whole.sentence[[1, 3]], atol=1e-6)
    np.testing.assert_allclose(part.late_sentence, whole.late_sentence[[1, 3]], atol=1e-6)


def test_sentences_join_to_the_text() -> None:
    """Cutting loses nothing but leading stops."""
    text = "一是加强监管；二是减少检查。\n三是互认！"
    assert "".join(sentences(text)).replace("\n", "") == text.replace("\n", "")
