"""Runs and judgements survive the disk, read the same by other tools, and go on after an interruption."""

from pathlib import Path

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import TiaowenError
from eval.metrics import completing_rank, mean, reciprocal
from eval.runs import Journal, Searched, load_qrels, load_run, save_qrels, save_run


def test_run_file_is_trec_form(tmp_path: Path) -> None:
    """Six columns; equal scores are parted by the least step of a 32-bit float, so the order is kept."""
    save_run(tmp_path / "a.run", {"q1": [("z", 1.0), ("a", 1.0), ("b", 0.5)]}, "tiaowen")
    assert (tmp_path / "a.run").read_text() == (
        "q1 Q0 z 1 1.0 tiaowen\nq1 Q0 a 2 0.9999999403953552 tiaowen\nq1 Q0 b 3 0.5 tiaowen\n"
    )


@given(st.lists(st.sampled_from([0.0, 1e-9, 0.3, 0.30000001, 1.0]), min_size=1, max_size=8))
def test_other_tools_see_our_order(tmp_path_factory: pytest.TempPathFactory, scores: list[float]) -> None:
    """With many ties, ir_measures ranks the saved run as we do: the reciprocal rank of each passage
    agrees.
    """
    folder = tmp_path_factory.mktemp("run")
    ranking = [(f"p{row}", score) for row, score in enumerate(sorted(scores, reverse=True))]
    save_run(folder / "run", {"q": ranking}, "t")
    assert [passage for passage, _ in load_run(folder / "run")["q"]] == [passage for passage, _ in ranking]
    for passage, _ in ranking:
        save_qrels(folder / "qrels", {"q": {passage: 1}})
        rr = ir_measures.parse_measure("RR")
        theirs = ir_measures.calc_aggregate(
            [rr],
            ir_measures.read_trec_qrels(str(folder / "qrels")),
            ir_measures.read_trec_run(str(folder / "run")),
        )
        ours = mean([reciprocal(completing_rank([each for each, _ in ranking], {passage}))])
        assert theirs[rr] == pytest.approx(ours)


def test_qrels_survive_the_disk(tmp_path: Path) -> None:
    """What was written is read back, and no temporary file stays."""
    save_qrels(tmp_path / "qrels", {"q1": {"a": 1, "b": 0}, "q2": {"a": -1}})
    assert load_qrels(tmp_path / "qrels") == {"q1": {"a": 1, "b": 0}, "q2": {"a": -1}}
    assert [path.name for path in tmp_path.iterdir()] == ["qrels"]


def test_bad_files_are_named_by_line(tmp_path: Path) -> None:
    """A line of another form is an error with its number; so is an id that TREC cannot hold."""
    (tmp_path / "bad").write_text("q1 Q0 a 1 0.5 t\nq1 Q0 a\n")
    with pytest.raises(TiaowenError, match="bad:2 has 3 fields; expected 6"):
        load_run(tmp_path / "bad")
    (tmp_path / "bad").write_text("q1 Q0 a first 0.5 t\n")
    with pytest.raises(TiaowenError, match="expected two numbers"):
        load_run(tmp_path / "bad")
    (tmp_path / "bad").write_text("q1 0 a yes\n")
    with pytest.raises(TiaowenError, match="expected a whole number"):
        load_qrels(tmp_path / "bad")
    with pytest.raises(TiaowenError, match="cannot be read"):
        load_run(tmp_path / "none")
    with pytest.raises(TiaowenError, match="without white space"):
        save_run(tmp_path / "run", {"q 1": [("a", 1.0)]}, "t")


def test_journal_goes_on_after_a_cut_line(tmp_path: Path) -> None:
    """A line cut short is dropped; the whole ones before it count as done, and new ones follow them."""
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.add("q1", Searched((("a", 0.5),), 1.5))
    journal.add("q2", Searched((), 2.5))
    with path.open("a") as file:
        file.write('["q3", [["a", 0.')
    again = Journal(path)
    assert again.done == {"q1": Searched((("a", 0.5),), 1.5), "q2": Searched((), 2.5)}
    again.add("q3", Searched((("b", 1.0),), 3.5))
    assert list(Journal(path).done) == ["q1", "q2", "q3"]
