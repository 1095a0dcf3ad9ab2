"""The sweep's own counting, and a sample of the laws and reports where that data is present."""

import os
from pathlib import Path

import pytest

from corpus.cleaning import clean
from corpus.sweep import sweep, table

SAMPLES = Path(__file__).parent.parent / "corpus" / "samples"

PLACES = [
    Path(place)
    for place in (os.environ.get("TIAOWEN_DATA", ""), Path(__file__).parents[2] / "shared" / "data")
    if place
]
DATA = next((place for place in PLACES if (place / "laws").is_dir()), None)


def test_a_folder_of_files(tmp_path: Path) -> None:
    """Good files are counted, refused ones named."""
    (tmp_path / "a.txt").write_text("一、要求\n公开信息。\n三、保障\n加强领导。", encoding="utf-8")
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.4")
    tally = sweep(tmp_path)
    assert (tally.documents, tally.clauses, tally.doubts["gap"], len(tally.refused)) == (1, 2, 1, 1)
    assert tally.broken == []
    assert "broken invariants" in table(tally)


@pytest.mark.skipif(DATA is None, reason="needs the data folder of laws and reports (TIAOWEN_DATA)")
@pytest.mark.parametrize(("folder", "every"), [("laws", 40), ("govdocs", 150)])
def test_a_sample_of_the_data(folder: str, every: int) -> None:
    """The invariants hold on laws and reports, and the articles agree with the independent list."""
    assert DATA is not None
    tally = sweep(DATA / folder, every)
    assert tally.broken == []
    assert tally.explained == len(tally.disagreements)


def test_speed_is_measured_over_readers_and_parser() -> None:
    """The shipped plans, read twice over, count twice; the speed is bytes of UTF-8 text by processor time."""
    tally = sweep(SAMPLES, times=2)
    assert (tally.documents, tally.broken, tally.refused) == (4, [], [])
    assert tally.size == 2 * sum(len(clean(path.read_text("utf-8"))[0].encode()) for path in SAMPLES.glob("*.txt"))
    assert tally.seconds > 0
    assert "MB of UTF-8 text a second" in table(tally)
