"""mteb evaluates the retriever as a search model, offline, on a task of three passages."""

import json
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import TiaowenError
from eval.bench import System
from eval.datasets import Row
from eval.mteb_adapter import MtebSearch
from eval.optional import need

PASSAGES = [
    {"id": "p1", "title": "方案", "text": "推动检查结果互认"},
    {"id": "p2", "title": "", "text": "实现主营业务收入430亿元"},
    {"id": "p3", "title": "", "text": "保障患者的购药选择权"},
]
QUERIES = [{"id": "q1", "text": "收入430亿元"}, {"id": "q2", "text": "检查结果互认"}]


def build(rows: Iterable[Row], folder: Path, _: object) -> None:
    (folder / "rows").write_text(json.dumps([[row.passage_id, row.title + row.text] for row in rows]))


def opened(folder: Path) -> Any:
    rows = json.loads((folder / "rows").read_text())

    def search(text: str, k: int) -> list[tuple[str, float]]:
        scored = [(name, len(set(text) & set(passage)) / 20) for name, passage in rows]
        return sorted(scored, key=lambda hit: -hit[1])[:k]

    return search


SYSTEM = System("toy", None, "0123456789abcdef", build, opened)


def test_search_follows_the_protocol_of_mteb() -> None:
    """A corpus is indexed once, questions are ranked to top_k, and reranking keeps to the listed passages."""
    model = MtebSearch(SYSTEM)
    model.index(PASSAGES, task_metadata=None, hf_split="test", hf_subset="default", encode_kwargs={}, num_proc=None)
    assert list(model.search(QUERIES, top_k=1)["q1"]) == ["p2"]
    assert next(iter(model.search(QUERIES, top_k=3)["q2"])) == "p1"
    listed = model.search(QUERIES, top_k=2, top_ranked={"q1": ["p1", "p3"], "q2": []})
    assert set(listed["q1"]) == {"p1", "p3"}
    assert listed["q2"] == {}
    model.index(PASSAGES[:1])
    assert list(model.search(QUERIES, top_k=3)["q1"]) == ["p1"]
    model.close()
    with pytest.raises(ValueError, match="before index"):
        model.search(QUERIES, top_k=1)


def test_a_missing_package_names_its_extra() -> None:
    """One sentence says what to install."""
    with pytest.raises(TiaowenError, match=r"pip install tiaowen\[mteb\]"):
        need("no_such_package.part", "mteb")


@pytest.mark.filterwarnings("ignore")
def test_mteb_runs_a_local_task(monkeypatch: pytest.MonkeyPatch) -> None:
    """mteb's own evaluate gives nDCG 1 where every gold passage comes first, with no network."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what mteb warns of on import is not ours
        mteb = pytest.importorskip("mteb", reason="the extra mteb is not installed")
        from datasets import Dataset
        from mteb.abstasks.retrieval import AbsTaskRetrieval
        from mteb.abstasks.task_metadata import TaskMetadata

        class Local(AbsTaskRetrieval):
            metadata = TaskMetadata(
                name="TiaowenLocal",
                dataset={"path": "local", "revision": "1"},
                description="Three passages.",
                type="Retrieval",
                eval_langs=["zho-Hans"],
                main_score="ndcg_at_10",
            )

            def load_data(self, *_: Any, **__: Any) -> None:
                relevant = {"q1": {"p2": 1}, "q2": {"p1": 1}}
                split = {"corpus": Dataset.from_list(PASSAGES), "queries": Dataset.from_list(QUERIES)}
                self.dataset = {"default": {"test": {**split, "relevant_docs": relevant, "top_ranked": None}}}
                self.data_loaded = True

        model = MtebSearch(SYSTEM)
        result = mteb.evaluate(model, Local(), cache=None, co2_tracker=False, show_progress_bar=False)
        scores = result.task_results[0].scores["test"][0]
        model.close()
    assert scores["ndcg_at_10"] == 1
    assert result.model_name == "tiaowen/toy"
