"""The whole measurement over the two plans that ship: the numbers of the contract, in every mode and from
each side.
"""

import json
from pathlib import Path

import pytest
from eval_plans import indexed_plans

from corpus.errors import TiaowenError
from eval.compare import compare, load_measured
from eval.local import DOCUMENTS, MODES, LocalSource, code_state
from eval.measure import measure_library, measure_parts
from eval.parts import PARTS
from eval.questions import BadSet
from eval.report import write_html

ROWS = [
    {
        "id": "m1",
        "kind": "fact",
        "question": "山西2020年医药主营业务收入要达到多少",
        "gold": [{"document": "shanxi-2016", "anchor": "实现主营业务收入430亿元"}],
        "answer": "430亿元",
    },
    {
        "id": "m2",
        "kind": "colloquial",
        "also": ["region"],
        "question": "广西的医院之间检查结果能通用吗",
        "gold": [{"document": "guangxi-2016", "anchor": "督促医疗机构互认检查结果"}],
    },
    {"id": "m3", "kind": "unanswerable", "question": "明天天气怎么样", "gold": []},
]
COMMAND = ["tiaowen", "eval", "--set", "set.jsonl"]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> LocalSource:
    """The two plans that ship, indexed with the encoder that ships."""
    return indexed_plans(tmp_path_factory.mktemp("home"))


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """A set of three questions: answered, in everyday words, and without an answer."""
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in ROWS), encoding="utf-8")
    return path


def test_the_json_has_the_fields_of_the_contract(source: LocalSource, questions: Path, tmp_path: Path) -> None:
    """What api.md promises of `tiaowen eval --json`, with setting and questions beside it; every citation
    holds.
    """
    report = measure_library(questions, source, COMMAND)
    body = json.loads(json.dumps(report.as_json(), allow_nan=False))
    assert body["n"] == 3
    assert set(body["by_kind"]) == {"fact", "everyday", "region", "unanswerable"}
    assert set(body["by_kind"]["fact"]) == {"n", "hit@1", "hit@3", "hit@5", "mrr"}
    assert {"auroc", "refused_at_95"} <= set(body["refusal"])
    assert {"contains", "exact", "median_length"} <= set(body["answer"])
    assert set(body["latency_ms"]) == {"p50", "p95"}
    assert body["citations"]["faults"] == []
    assert body["by_kind"]["fact"]["hit@1"] == 1
    assert body["setting"]["corpus_digest"] == source.library.digest()
    assert body["setting"]["encoder"] == source.index.encoder_name
    assert body["setting"]["provenance"]["command"] == "tiaowen eval --set set.jsonl"
    write_html(tmp_path / "report.html", [report], source.clause_of)
    assert "set.jsonl" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_the_ranking_that_is_not_timed_is_the_same(source: LocalSource, questions: Path) -> None:
    """Where every question is asked as well, its ranking is still that of mode "full", whoever reads the clauses."""
    search = source.search("full")
    for outcome in measure_library(questions, source, COMMAND).outcomes:
        assert list(outcome.ranking) == search(outcome.question, 100)[:10]


@pytest.mark.parametrize("mode", ["lexical", "dense", "hybrid"])
def test_the_other_modes_search_alone(source: LocalSource, questions: Path, mode: str) -> None:
    """Nothing is asked, so nothing is answered or refused; ranking and refusal by score are there."""
    report = measure_library(questions, source, COMMAND, mode=mode)
    assert report.summary["hit@5"] > 0
    assert report.summary["refusal"]["answered"] is None
    assert all(outcome.asked is None for outcome in report.outcomes)


def test_the_same_measurement_twice_is_no_difference(source: LocalSource, questions: Path, tmp_path: Path) -> None:
    """Two measurements of one state compare as ties on every measure."""
    for name in ("a", "b"):
        report = measure_library(questions, source, COMMAND)
        (tmp_path / f"{name}.json").write_text(json.dumps(report.as_json()), encoding="utf-8")
    result = compare(load_measured(tmp_path / "a.json"), load_measured(tmp_path / "b.json"))
    assert {line.difference.p for line in result.lines} == {1.0}
    assert (result.changes, result.remarks) == ((), ())


def test_parts_are_compared_with_the_whole(source: LocalSource, questions: Path) -> None:
    """One row a mode and one a part taken away, all against the whole; taking all parts in turn changes something."""
    ablation = measure_parts(questions, source, COMMAND)
    names = [variant.name for variant in ablation.variants]
    assert names == [*MODES, *(f"full, no {part}" for part in PARTS)]
    assert ablation.base == "full"
    whole = source.search("full")("医院开的药太贵", 10)
    assert any(source.without(part)("医院开的药太贵", 10) != whole for part in PARTS)


def test_documents_that_ship_for_measuring_are_at_hand(tmp_path: Path) -> None:
    """A set about one of them is measured over a copy of the library that holds them; the library stays as it was."""
    source = indexed_plans(tmp_path / "home")
    own = source.library
    file = min(DOCUMENTS.glob("*.txt"))
    source.cover({"shanxi-2016", "no-such-document"})
    assert source.library is own
    anchor = file.read_text(encoding="utf-8").splitlines()[3][:24]
    row = ROWS[0] | {"gold": [{"document": file.stem, "anchor": anchor}], "answer": None}
    (tmp_path / "set.jsonl").write_text("\n".join(json.dumps(each) for each in (row, *ROWS[1:])), encoding="utf-8")
    report = measure_library(tmp_path / "set.jsonl", source, COMMAND)
    assert report.summary["n"] == 3
    assert source.text_of(file.stem) is not None
    assert source.clause_of(report.outcomes[0].gold[0]) is not None
    assert {info.document_id for info in own.documents()} == {"shanxi-2016", "guangxi-2016"}


def test_what_cannot_be_measured_is_said(source: LocalSource, tmp_path: Path, questions: Path) -> None:
    """An unknown mode, an unknown document, and a split that has no question."""
    with pytest.raises(TiaowenError, match="mode 'best' is unknown; expected one of lexical"):
        measure_library(questions, source, COMMAND, mode="best")
    with pytest.raises(TiaowenError, match="no question of split 'test'"):
        measure_library(questions, source, COMMAND, split="test")
    row = ROWS[0] | {"gold": [{"document": "hebei-2016", "anchor": "x"}]}
    (tmp_path / "bad.jsonl").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(BadSet, match="the document 'hebei-2016' is not in the library"):
        measure_library(tmp_path / "bad.jsonl", source, COMMAND)


def test_the_state_of_the_code_is_one_digest() -> None:
    """64 hexadecimal digits, the same when asked again."""
    assert len(code_state()) == 64
    assert code_state() == code_state()
