"""Generations of an index: built beside the live one, immutable, described by themselves."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from index.build import build_index, current_generation, open_current
from index.clause_index import ClauseIndex
from index.encoders import SHIPPED, StaticEncoder
from index.errors import IndexDamaged, IndexMissing, ModelUnavailable
from index.passages import Filter, Passage


def passage(number: int, text: str, region: str | None = None, departments: tuple[str, ...] = ()) -> Passage:
    return Passage(f"d{number}/1", text, "某计划", ("一、任务",), f"d{number}", region, departments)


PASSAGES = [
    passage(1, "推动医疗机构间检查结果互认，减少重复检查。", "山西", ("省卫生计生委",)),
    passage(2, "督促医疗机构互认检查结果，减少重复检查。", "广西", ("自治区卫生计生委",)),
    passage(3, "依法关停不符合要求的医药企业。", "山西", ("省环保厅",)),
    passage(4, "鼓励企业上市融资，给予奖励。", None),
]


def test_a_built_index_finds_and_filters(tmp_path: Path) -> None:
    """Everyday words find the clause; filters are exact; a region named is preferred, not a filter."""
    index = ClauseIndex.open(build_index(PASSAGES, tmp_path))
    assert index.search("小厂不合格会被关门吗")[0].passage_id == "d3/1"
    only = index.search("检查结果互认", where=Filter(region="广西"))
    assert [hit.passage_id for hit in only] == ["d2/1"]
    assert index.search("检查结果互认", regions=("山西",))[0].passage_id == "d1/1"
    assert index.search("检查结果互认", regions=("广西",))[0].passage_id == "d2/1"
    assert {hit.passage_id for hit in index.search("检查", where=Filter(department="省环保厅"))} == {"d3/1"}
    assert index.search("检查", where=Filter(document="none")) == []


@pytest.mark.parametrize("mode", ["lexical", "dense", "hybrid", "full"])
def test_hits_are_ordered_and_scores_are_probabilities(tmp_path: Path, mode: str) -> None:
    """In every mode ranks count from 1, scores fall and lie between 0 and 1, and no passage comes twice."""
    index = ClauseIndex.open(build_index(PASSAGES, tmp_path))
    hits = index.search("重复检查", 10, mode=mode)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert len({hit.passage_id for hit in hits}) == len(hits)


def test_the_same_passages_give_the_same_generation(tmp_path: Path) -> None:
    """A generation is named by what went in: built again it is found ready, changed it is another one."""
    first = build_index(PASSAGES, tmp_path)
    stamp = (first / "manifest.json").stat().st_mtime_ns
    assert build_index(PASSAGES, tmp_path) == first
    assert (first / "manifest.json").stat().st_mtime_ns == stamp
    second = build_index(PASSAGES[:3], tmp_path)
    assert second != first
    assert current_generation(tmp_path) == second
    assert first.exists()  # a reader may be opening it
    build_index(PASSAGES[:2], tmp_path)
    assert not first.exists()


def test_unchanged_passages_are_not_encoded_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only new text reaches the encoder, and the vectors are the same as if all were encoded."""
    build_index(PASSAGES[:3], tmp_path)
    encoded: list[str] = []
    original = StaticEncoder.encode_clauses
    monkeypatch.setattr(
        StaticEncoder, "encode_clauses", lambda self, texts: encoded.extend(texts) or original(self, texts)
    )
    index = ClauseIndex.open(build_index(PASSAGES, tmp_path))
    assert len(encoded) == 1
    assert "上市融资" in encoded[0]
    assert index.search("企业上市有奖励吗", mode="dense")[0].passage_id == "d4/1"


def test_a_failed_build_leaves_the_live_generation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error while building changes nothing and leaves no half-written folder."""
    live = build_index(PASSAGES, tmp_path)
    monkeypatch.setattr("index.build.TokenStore.build", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build_index(PASSAGES[:1], tmp_path)
    assert current_generation(tmp_path) == live
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["current", live.name])


def test_problems_are_said_in_one_sentence(tmp_path: Path) -> None:
    """A missing, foreign or damaged index and an unknown encoder each tell what to do."""
    with pytest.raises(IndexMissing, match="tiaowen index"):
        open_current(tmp_path)
    folder = build_index(PASSAGES, tmp_path / "index")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    (folder / "manifest.json").write_text(json.dumps(manifest | {"format": 999}), encoding="utf-8")
    with pytest.raises(IndexDamaged, match="999"):
        open_current(tmp_path)
    with pytest.raises(ModelUnavailable, match="no-such-model"):
        build_index(PASSAGES, tmp_path / "other", encoder="./no-such-model")


def test_sentence_transformers_reads_the_shipped_folder() -> None:
    """The shipped folder is an ordinary Sentence Transformers model, with equal vectors."""
    from sentence_transformers import SentenceTransformer

    texts = ["转院还要重新拍片子吗", "推动医疗机构间检查结果互认，减少重复检查。", "GMP认证"]
    theirs = SentenceTransformer(str(SHIPPED), device="cpu").encode(texts)
    np.testing.assert_allclose(StaticEncoder().encode_clauses(texts), theirs, atol=2e-3)


def test_any_sentence_transformers_folder_works_as_encoder(tmp_path: Path) -> None:
    """An encoder of another kind, made on the spot, goes through the real loading code."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(SHIPPED / "tokenizer.json"))
    static = StaticEmbedding(tokenizer, embedding_dim=16)
    SentenceTransformer(modules=[static, Normalize()], device="cpu").save(str(tmp_path / "toy"))
    index = ClauseIndex.open(build_index(PASSAGES, tmp_path / "index", encoder=str(tmp_path / "toy")))
    assert index.encoder_name == str(tmp_path / "toy")
    assert len(index.search("重复检查", mode="dense")) == len(PASSAGES)


def test_asking_does_not_import_torch(tmp_path: Path) -> None:
    """A question is answered from the shipped parts without torch, which takes seconds to import."""
    folder = build_index(PASSAGES, tmp_path)
    code = (
        "import sys; from pathlib import Path; from index.clause_index import ClauseIndex; "
        f"assert ClauseIndex.open(Path({str(folder)!r})).search('重复检查'); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
