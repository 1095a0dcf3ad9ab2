"""The same question on the same generation gives the same answer, byte for byte but for the time taken."""

import json
from dataclasses import asdict, replace
from pathlib import Path

from corpus.library import Library
from eval.measure import SETS
from index.build import build_index, open_current, passages_of
from qa.answer import answer_question

MORE = (
    ("广西商务厅负责哪些任务", None),
    ("到2020年有哪些量化目标", None),
    ("山西和广西在医药物流上有什么不同", None),
    ("国办发〔2016〕11号被哪些文件引用", None),
    ("那广西呢", "山西对医药物流有什么打算"),
)


def questions() -> list[tuple[str, str | None]]:
    """Every question of the sets about the two plans, and those that are no search."""
    texts = [(SETS / f"{name}.jsonl").read_text(encoding="utf-8") for name in ("plans-a", "plans-b")]
    rows = [json.loads(line) for text in texts for line in text.splitlines()]
    return [*((row["question"], None) for row in rows), *MORE]


def test_the_whole_set_twice(tmp_path: Path) -> None:
    """Asked again in the other order, of a library and an index opened anew, nothing is remembered or different."""
    library = Library.open(tmp_path)
    library.add_samples()
    build_index(passages_of(library), tmp_path / "index")

    def asked(order: list[tuple[str, str | None]]) -> dict[tuple[str, str | None], bytes]:
        library, index = Library.open(tmp_path), open_current(tmp_path)
        found = {}
        for text, previous in order:
            answer = replace(answer_question(text, library, index, previous=previous), took_ms=0)
            found[text, previous] = json.dumps(asdict(answer), ensure_ascii=False).encode()
        return found

    every = questions()
    assert asked(every) == asked(every[::-1])
