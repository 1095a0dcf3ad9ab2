"""The retriever of this project as a `System` to bench: rows of a data set through the same code as
documents.

Each passage is one clause of a document of its own, with the row's title as the document's title.
"""

from collections.abc import Iterable
from pathlib import Path

from eval.bench import System
from eval.datasets import Row
from eval.evaluate import Progress, Search
from eval.local import check_mode, code_state
from index.build import build_index
from index.clause_index import ClauseIndex
from index.encoders import StaticEncoder
from index.passages import Passage

_GENERATION = "generation"


def tiaowen_system(mode: str = "full", encoder: str | None = None) -> System:
    """The system that searches in `mode`; `encoder` names another model than the one that ships.

    TiaowenError for an unknown mode.
    """
    check_mode(mode)

    def build(rows: Iterable[Row], folder: Path, progress: Progress | None) -> None:
        generation = build_index(map(_passage, rows), folder, encoder=encoder, progress=progress)
        (folder / _GENERATION).write_text(generation.name, encoding="utf-8")

    def opened(folder: Path) -> Search:
        index = ClauseIndex.open(folder / (folder / _GENERATION).read_text(encoding="utf-8"))
        return lambda text, k: [(hit.passage_id, hit.score) for hit in index.search(text, k, mode=mode)]

    return System(mode, encoder or StaticEncoder().name, code_state(), build, opened)


def _passage(row: Row) -> Passage:
    return Passage(
        passage_id=row.passage_id,
        text=row.text,
        title=row.title,
        headings=(),
        document_id=row.passage_id,
        region=None,
        departments=(),
    )
