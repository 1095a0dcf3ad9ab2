"""Lists, places and saved citations are right for both plans without exception; what is not right is named."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from corpus.errors import TiaowenError
from eval.abilities import FOLDER, Ability, Plans, measure_abilities, shipped_plans
from eval.tables import abilities_table
from qa.departments import department_key


@pytest.fixture(scope="module")
def plans() -> Iterator[Plans]:
    """The two plans with the shipped encoder."""
    with shipped_plans() as found:
        yield found


@pytest.fixture(scope="module")
def measured(plans: Plans) -> dict[str, Ability]:
    """Every ability on the shipped cases."""
    return {each.name: each for each in measure_abilities(plans)}


@pytest.mark.parametrize("name", ["duties", "targets", "places", "verification"])
def test_what_is_parsed_is_answered_without_a_fault(measured: dict[str, Ability], name: str) -> None:
    """No case wrong, nothing missing from a list and nothing too much in it."""
    found = measured[name]
    assert found.wrong == ()
    assert found.right == found.n
    assert found.precision in (1.0, None)
    assert found.recall in (1.0, None)


@pytest.mark.parametrize("name", ["comparison", "followups", "refusals", "quotes"])
def test_what_is_ranked_is_mostly_right(measured: dict[str, Ability], name: str) -> None:
    """Most cases, whatever the encoder; the others are named, one line a case."""
    found = measured[name]
    assert found.right >= 0.85 * found.n
    assert len(found.wrong) == found.n - found.right


def test_every_department_has_a_case(plans: Plans) -> None:
    """No department that the plans name is left out of the lists."""
    rows = [json.loads(line) for line in (FOLDER / "duties.jsonl").read_text(encoding="utf-8").splitlines()]
    for document in ("shanxi-2016", "guangxi-2016"):
        asked = {department_key(row["department"]) for row in rows if row["document"] == document}
        held = {duty.department for clause in plans.library.document(document).clauses for duty in clause.duties}
        assert {department_key(name) for name in held} <= asked


def cases(folder: Path, **files: list[dict[str, object]]) -> Path:
    """A folder of cases; what is not given has none."""
    names = ("duties", "targets", "comparison", "places", "followups", "refusals", "verification", "spans")
    for name in names:
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in files.get(name, []))
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    return folder


def test_faults_are_counted_and_named(plans: Plans, tmp_path: Path) -> None:
    """A list with something missing and something too much; a place that is another; a refusal that says another
    thing; an answer where none was to be.
    """
    here = "shanxi-2016"
    folder = cases(
        tmp_path,
        duties=[
            {
                "document": here,
                "questions": ["山西林业厅负责哪些任务"],  # 推进中药现代化 alone
                "lead": ["调整产业组织结构。", "引导产业布局优化。"],
                "support": [],
            }
        ],
        places=[{"question": "山西方案一、（三）", "clauses": [{"document": here, "anchor": "调整产业组织结构。"}]}],
        refusals=[
            {"question": "江苏商务厅负责哪些任务", "missing": "region", "words": "库里没有浙江的文件"},
            {"question": "山西商务厅负责哪些任务", "missing": "region", "words": "库里没有"},
        ],
    )
    found = {each.name: each for each in measure_abilities(plans, folder)}
    assert (found["duties"].n, found["duties"].right) == (1, 0)
    assert (found["duties"].precision, found["duties"].recall) == (0.0, 0.0)
    assert "missing ('lead', 'shanxi-2016/2.3/1')" in found["duties"].wrong[0]
    assert "too much ('lead', 'shanxi-2016/2.1/3')" in found["duties"].wrong[0]
    assert "missing shanxi-2016/2.3/1" in found["places"].wrong[0]
    assert "said 库里没有江苏的文件" in found["refusals"].wrong[0]
    assert "answered with" in found["refusals"].wrong[1]
    assert (found["targets"].n, found["targets"].precision, found["targets"].recall) == (0, None, None)


def test_an_anchor_stands_in_one_clause(plans: Plans) -> None:
    """A case that names no clause is an error, not a wrong answer."""
    with pytest.raises(TiaowenError, match="does not occur"):
        plans.clause("shanxi-2016", "没有这句话")


def test_the_table_shows_each_ability_and_each_fault() -> None:
    """Figures in a row, faults below."""
    rows = {"duties": {"n": 2, "right": 1, "precision": 1.0, "recall": 0.5, "wrong": ["甲: missing 乙"]}}
    console = Console(width=100)
    with console.capture() as shown:
        console.print(abilities_table(rows))
    text = shown.get()
    assert "0.500" in text
    assert "duties: 甲: missing 乙" in text
