"""Other retrievers run on the same clauses and questions, and one that is not installed is skipped with a
reason.
"""

import json
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from eval.datasets import Row
from eval.evaluate import Search, Setting
from eval.optional import MissingPackage, need
from eval.peers import PEERS, measure_peers
from eval.provenance import provenance
from eval.questions import EvalQuestion, Gold
from eval.tables import peers_table

ROWS = [
    Row("a/1", "方案", "推动检查结果互认，减少重复检查"),
    Row("a/2", "", "实现主营业务收入430亿元，年均增长12%"),
    Row("a/3", "", "保障患者的购药选择权"),
]
QUESTIONS = [
    EvalQuestion("q1", "fact", "主营业务收入", (Gold("a", "x", "a/2"),)),
    EvalQuestion("q2", "fact", "检查结果互认", (Gold("a", "x", "a/1"),)),
    EvalQuestion("q3", "fact", "购药选择权", (Gold("a", "x", "a/3"),)),
]
SETTING = Setting("s", "s", "peers", None, None, None, None, provenance(["tiaowen", "bench", "peers"]))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Sentence Transformers folder whose vector of a text is the sum of a random vector a character."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    characters = sorted({char for row in ROWS for char in row.title + row.text})
    vocabulary = {char: number for number, char in enumerate(["[UNK]", *characters])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    weights = np.random.default_rng(0).normal(size=(len(vocabulary), 64)).astype("float32")
    folder = tmp_path_factory.mktemp("encoder")
    SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_weights=weights)]).save(str(folder))
    return folder


NEEDS = {
    "txtai hybrid": ("txtai",),
    "Haystack hybrid": ("haystack",),
    "LangChain hybrid": ("langchain_classic", "langchain_community", "rank_bm25"),
    "LangChain hybrid, bigrams": ("langchain_classic", "langchain_community", "rank_bm25"),
}


@pytest.mark.filterwarnings("ignore")  # what these packages warn of is not ours
@pytest.mark.parametrize("name", PEERS)
def test_each_peer_finds_a_clause_by_its_own_words(name: str, encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clause's own words bring it first; the default tokenizer of bm25s needs a whole phrase between
    marks.
    """
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in NEEDS.get(name, ()):
            pytest.importorskip(module, reason="the extra peers is not installed")
        search = PEERS[name](ROWS, encoder)
        hits = search("减少重复检查", 2)
    assert "a/1" in [clause for clause, _ in hits]
    assert len(hits) <= 2
    assert [score for _, score in hits] == sorted((score for _, score in hits), reverse=True)


def test_peers_are_measured_against_ours(encoder: Path) -> None:
    """Ratios are theirs over ours; a missing package is a row that says so, and the table shows both."""

    def ours(rows: Sequence[Row], _: Path) -> Search:
        gold = {question.question: question.gold_clauses[0] for question in QUESTIONS}
        return lambda text, k: [(gold[text], 0.9)]

    def missing(rows: Sequence[Row], _: Path) -> Search:
        need("no_such_package", "peers")
        raise AssertionError

    told: list[tuple[int, int]] = []
    makers = {"Tiaowen": ours, "bm25s": PEERS["bm25s, default tokenizer"], "none": missing}
    report = measure_peers(QUESTIONS, ROWS, makers, encoder, SETTING, progress=lambda *at: told.append(at))
    first, second, third = report.rows
    assert (first.ratios, report.clauses) == ({}, 3)
    assert second.ratios["hit@1"] == 0  # no question is a whole phrase between marks
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert third.skipped is not None
    assert "pip install tiaowen[peers]" in third.skipped
    json.dumps(report.as_json(), allow_nan=False)
    console = Console(width=200, record=True, quiet=False)
    with console.capture() as shown:
        console.print(peers_table(report))
    assert "no_such_package" in shown.get()


def test_missing_package_is_an_error_a_person_can_act_on() -> None:
    """The sentence names the extra."""
    with pytest.raises(MissingPackage, match=r"tiaowen\[peers\]"):
        need("no_such_package", "peers")
