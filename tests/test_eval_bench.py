"""A bench run over a data set in BEIR layout: its numbers, its files, and going on after an interruption."""

import gzip
import json
import random
from collections.abc import Iterable
from pathlib import Path

import ir_measures
import pytest

from corpus.errors import TiaowenError
from eval.bench import System, bench_retrieval, read_result
from eval.compare import compare, load_measured
from eval.datasets import Row, load_dataset
from eval.evaluate import Progress
from eval.provenance import provenance

PLACE = provenance(["tiaowen", "bench", "retrieval", "data"])


def write_dataset(folder: Path, *, zipped: bool = False, passages: int = 60, queries: int = 25) -> Path:
    """Random passages of five characters; each question is a shuffled passage, judged 1, and another
    judged 2.
    """
    draw = random.Random(7)
    rows = [
        {"_id": f"p{row}", "title": "", "text": "".join(draw.sample("甲乙丙丁戊己庚辛", 5))} for row in range(passages)
    ]
    asked, judged = [], ["query-id\tcorpus-id\tscore"]
    for number in range(queries):
        gold = draw.randrange(passages)
        asked.append({"_id": f"q{number}", "text": "".join(draw.sample(rows[gold]["text"], 4))})
        judged.append(f"q{number}\tp{gold}\t1")
        judged.append(f"q{number}\tp{(gold + 1) % passages}\t2")
    judged.append("q0\tgone\t1")  # a judged passage that the corpus lacks
    asked.append({"_id": "unjudged", "text": "甲"})
    files = {
        "corpus.jsonl": "".join(json.dumps(row) + "\n" for row in rows),
        "queries.jsonl": "".join(json.dumps(row) + "\n" for row in asked),
        "qrels/test.tsv": "\n".join(judged) + "\n",
    }
    (folder / "qrels").mkdir(parents=True)
    for name, text in files.items():
        if zipped:
            (folder / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
        else:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


class Toy:
    """Ranks by shared characters, equal scores in file order: many ties, and some questions with no hit."""

    def __init__(self, *, fail_after: int | None = None, minus: float = 0) -> None:
        self.built = 0
        self.searches = 0
        self._fail_after = fail_after
        self._minus = minus

    def system(self, state: str = "one", name: str = "toy") -> System:
        return System(name, "toy encoder", state, self.build, self.open)

    def build(self, rows: Iterable[Row], folder: Path, progress: Progress | None) -> None:
        self.built += 1
        if progress is not None:
            progress(60, 60)
        (folder / "passages.json").write_text(json.dumps([[row.passage_id, row.text] for row in rows]))

    def open(self, folder: Path):
        passages = json.loads((folder / "passages.json").read_text())

        def search(text: str, k: int) -> list[tuple[str, float]]:
            self.searches += 1
            if self._fail_after is not None and self.searches > self._fail_after:
                raise KeyboardInterrupt
            if text.startswith("甲"):
                return []
            scored = [(name, len(set(text) & set(passage)) / 5 - self._minus) for name, passage in passages]
            return sorted(scored, key=lambda hit: -hit[1])[:k]

        return search


@pytest.mark.parametrize("zipped", [False, True])
def test_numbers_equal_ir_measures_on_the_saved_files(tmp_path: Path, zipped: bool) -> None:
    """Read back from disk by ir_measures, run and qrels give every number that was reported."""
    dataset = load_dataset(write_dataset(tmp_path / "data", zipped=zipped), "test")
    result = bench_retrieval(dataset, Toy().system(), tmp_path / "out", PLACE).as_json()
    names = {"ndcg@10": "nDCG@10", "mrr@10": "RR@10"} | {f"recall@{k}": f"R@{k}" for k in (1, 5, 10, 100)}
    folder = Path(result["folder"])
    theirs = ir_measures.calc_aggregate(
        [ir_measures.parse_measure(name) for name in names.values()],
        ir_measures.read_trec_qrels(str(folder / "qrels.trec")),
        ir_measures.read_trec_run(str(folder / "run.trec")),
    )
    by_name = {str(measure): value for measure, value in theirs.items()}
    for ours, name in names.items():
        assert result[ours] == pytest.approx(by_name[name], abs=1e-6), ours
    assert 0 < result["ndcg@10"] < 1
    assert (result["n"], result["passages"], result["encoder"]) == (25, 60, "toy encoder")
    assert set(result["latency_ms"]) == {"p50", "p95"}
    assert result["build_s"] >= 0


def test_a_stopped_run_goes_on(tmp_path: Path) -> None:
    """Stopped after ten questions, the next call builds nothing, asks the other fifteen, and the result
    is the same.
    """
    dataset = load_dataset(write_dataset(tmp_path / "data"), "test")
    stopped = Toy(fail_after=11)  # the first search warms up
    with pytest.raises(KeyboardInterrupt):
        bench_retrieval(dataset, stopped.system(), tmp_path / "out", PLACE)
    on = Toy()
    told: list[tuple[int, int]] = []
    result = bench_retrieval(dataset, on.system(), tmp_path / "out", PLACE, progress=lambda *at: told.append(at))
    assert (stopped.built, on.built, on.searches) == (1, 0, 16)
    assert told[0] == (11, 25)
    whole = bench_retrieval(dataset, Toy().system(), tmp_path / "other", PLACE)
    assert result.measures == whole.measures
    assert not (tmp_path / "out/toy/journal.jsonl").exists()


def test_half_a_run_of_other_code_is_not_used(tmp_path: Path) -> None:
    """After a change of state the index is built anew and every question is asked again."""
    dataset = load_dataset(write_dataset(tmp_path / "data"), "test")
    with pytest.raises(KeyboardInterrupt):
        bench_retrieval(dataset, Toy(fail_after=5).system("one"), tmp_path / "out", PLACE)
    changed = Toy()
    bench_retrieval(dataset, changed.system("two"), tmp_path / "out", PLACE)
    assert (changed.built, changed.searches) == (1, 26)


def test_a_finished_run_is_read_back_and_never_overwritten(tmp_path: Path) -> None:
    """The same state returns the saved result without a search; another state is refused in one sentence."""
    dataset = load_dataset(write_dataset(tmp_path / "data"), "test")
    first = bench_retrieval(dataset, Toy().system(), tmp_path / "out", PLACE)
    again = Toy()
    assert bench_retrieval(dataset, again.system(), tmp_path / "out", PLACE) == first
    assert (again.built, again.searches) == (0, 0)
    assert read_result(tmp_path / "out/toy") == first
    with pytest.raises(TiaowenError, match="holds a finished run of other data or code"):
        bench_retrieval(dataset, Toy().system("two"), tmp_path / "out", PLACE)


def test_two_runs_share_one_index(tmp_path: Path) -> None:
    """A second system of the same encoder and state over the same data does not build again, and compares."""
    dataset = load_dataset(write_dataset(tmp_path / "data"), "test")
    toy = Toy()
    bench_retrieval(dataset, toy.system(name="first"), tmp_path / "out", PLACE)
    bench_retrieval(dataset, toy.system(name="second"), tmp_path / "out", PLACE)
    assert toy.built == 1
    same = compare(load_measured(tmp_path / "out/first"), load_measured(tmp_path / "out/second"))
    assert same.n == 25
    assert all(line.difference.p == 1 == line.corrected_p for line in same.lines)
    assert same.changes == ()


def test_a_data_set_is_the_same_zipped_or_not(tmp_path: Path) -> None:
    """Questions, judgements and digest agree; only judged questions are asked; the missing passage stays
    judged.
    """
    plain = load_dataset(write_dataset(tmp_path / "plain"), "test")
    zipped = load_dataset(write_dataset(tmp_path / "zipped", zipped=True), "test")
    assert plain.sha256() == zipped.sha256()
    assert (plain.queries, plain.qrels) == (zipped.queries, zipped.qrels)
    assert "unjudged" not in plain.queries
    assert plain.qrels["q0"]["gone"] == 1


def test_a_header_is_optional(tmp_path: Path) -> None:
    """A qrels file that begins with a judgement loses none."""
    folder = write_dataset(tmp_path / "data")
    (folder / "qrels/dev.tsv").write_text("q1\tp2\t1\nq1\tp3\t0\n")
    assert load_dataset(folder, "dev").qrels == {"q1": {"p2": 1, "p3": 0}}


BROKEN = [
    ("corpus.jsonl", None, "has no corpus.jsonl or corpus.jsonl.gz"),
    ("queries.jsonl", None, "has no queries.jsonl"),
    ("qrels/test.tsv", None, "has no split 'test'; its splits are: none"),
    ("qrels/test.tsv", "query-id\tcorpus-id\tscore\n", "judges nothing"),
    ("qrels/test.tsv", "q1\tp1\t1\nq2 p1 1\n", "test.tsv:2 is 'q2 p1 1'; expected query-id"),
    ("qrels/test.tsv", "nobody\tp1\t1\n", "judges 1 questions that queries.jsonl lacks: nobody"),
    ("queries.jsonl", "{}\n", "queries.jsonl:1 has _id None; expected a text"),
    ("queries.jsonl", "x\n", "queries.jsonl:1 is not JSON"),
    ("queries.jsonl", "[]\n", "queries.jsonl:1 is not a JSON object"),
    (
        "corpus.jsonl",
        '{"_id": "a", "text": ""}\n{"_id": "a", "text": ""}\n',
        "corpus.jsonl:2 repeats the id 'a'",
    ),
]


@pytest.mark.parametrize(("name", "text", "message"), BROKEN)
def test_broken_data_sets_are_named(tmp_path: Path, name: str, text: str | None, message: str) -> None:
    """A missing or malformed file is one sentence with its name and line."""
    folder = write_dataset(tmp_path / "data")
    (folder / name).unlink()
    if text is not None:
        (folder / name).write_text(text)
    with pytest.raises(TiaowenError) as caught:
        list(load_dataset(folder, "test").rows())
    assert message in str(caught.value)


def test_no_folder() -> None:
    """A folder that is not there is said to be so."""
    with pytest.raises(TiaowenError, match="There is no folder nowhere"):
        load_dataset(Path("nowhere"), "test")
