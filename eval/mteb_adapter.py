"""Tiaowen's retriever as a search model of `mteb`, so that its tasks and its leaderboards can measure it.

`mteb.evaluate(MtebSearch(system), tasks)` is all there is to it; any `System` will do. The package `mteb`
comes with the extra "mteb". The class follows mteb's SearchProtocol without importing it: a task hands over
its corpus once, then its questions, as rows of a `datasets.Dataset`.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from eval.bench import System
from eval.datasets import Row
from eval.evaluate import Search
from eval.optional import need


class MtebSearch:
    """A search model over `system`; each task's corpus is indexed in a temporary folder of its own."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._folder: TemporaryDirectory[str] | None = None
        self._search: Search | None = None
        self._size = 0

    def index(self, corpus: Iterable[Mapping[str, Any]], **_: Any) -> None:
        """Index rows with "id", "text" and perhaps "title", each as one clause."""
        self.close()
        self._folder = TemporaryDirectory(prefix="tiaowen-mteb-")
        folder = Path(self._folder.name)
        self._size = 0
        self._system.build(self._rows(corpus), folder, None)
        self._search = self._system.open(folder)

    def search(
        self,
        queries: Iterable[Mapping[str, Any]],
        *,
        top_k: int,
        top_ranked: Mapping[str, Iterable[str]] | None = None,
        **_: Any,
    ) -> dict[str, dict[str, float]]:
        """Scores of the best `top_k` passages a question; with `top_ranked` (reranking tasks) only of
        those listed.
        """
        if self._search is None:
            raise ValueError("search was called before index")
        results = {}
        for query in queries:
            listed = None if top_ranked is None else set(top_ranked.get(query["id"], ()))
            depth = top_k if listed is None else self._size
            hits = self._search(query["text"], max(depth, 1))
            kept = [(passage, score) for passage, score in hits if listed is None or passage in listed]
            results[query["id"]] = dict(kept[:top_k])
        return results

    @property
    def mteb_model_meta(self) -> Any:
        """What mteb writes beside the scores."""
        try:
            revision = version("tiaowen")
        except PackageNotFoundError:
            revision = "checkout"
        return need("mteb.models.model_meta", "mteb").ModelMeta(
            loader=None,
            name=f"tiaowen/{self._system.name}",
            revision=f"{revision}-{self._system.state[:12]}",
            release_date=None,
            languages=["zho-Hans"],
            n_parameters=None,
            memory_usage_mb=None,
            max_tokens=None,
            embed_dim=None,
            license=None,
            open_weights=True,
            public_training_code=None,
            public_training_data=None,
            framework=[],
            similarity_fn_name=None,
            use_instructions=False,
            training_datasets=None,
        )

    def close(self) -> None:
        """Remove the index of the last task."""
        if self._folder is not None:
            self._search = None
            self._folder.cleanup()
            self._folder = None

    def _rows(self, corpus: Iterable[Mapping[str, Any]]) -> Iterator[Row]:
        for row in corpus:
            self._size += 1
            yield Row(str(row["id"]), str(row.get("title") or ""), str(row["text"]))
