"""What is shown of a measurement: tables, plots and the file with every error."""

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from eval import charts
from eval.ablation import ablate
from eval.bench import BenchResult
from eval.compare import Comparison, Line
from eval.errors import (
    ANSWERED_NOTHING,
    FAR,
    MISSING,
    NEAR,
    OTHER_REGION,
    REFUSED,
    failures,
)
from eval.evaluate import Report, Setting, evaluate, summarize
from eval.provenance import provenance
from eval.questions import EvalQuestion, Gold
from eval.report import render, write_html
from eval.significance import paired_difference
from eval.tables import ablation_table, bench_table, comparison_tables, number, report_tables

PLACE = provenance(["tiaowen", "eval", "--set", "a b.jsonl"])


def setting(mode: str = "full") -> Setting:
    return Setting("plans.jsonl", "5" * 64, mode, "digest", "static", "g1", "faiss", PLACE)


QUESTIONS = [
    EvalQuestion("good", "fact", "收入多少", (Gold("a", "x", "a/1"),), answer="430亿元"),
    EvalQuestion("region", "region", "山西检查", (Gold("a", "x", "a/1"),)),
    EvalQuestion("near", "everyday", "<b>看病</b>", (Gold("a", "x", "a/1"),)),
    EvalQuestion("far", "everyday", "抓药", (Gold("a", "x", "a/1"),)),
    EvalQuestion("missing", "everyday", "倒闭", (Gold("a", "x", "a/9"),)),
    EvalQuestion("refused", "cross", "两地", (Gold("a", "x", "a/1"), Gold("b", "x", "b/1")), need="all"),
    EvalQuestion("nothing", "unanswerable", "天气", ()),
    EvalQuestion("quiet", "unanswerable", "湖南", ()),
]
PLACES = {
    "收入多少": 1,
    "山西检查": 2,
    "<b>看病</b>": 3,
    "抓药": 8,
    "倒闭": 20,
    "两地": 2,
    "天气": 4,
    "湖南": 5,
}


def search(text: str, k: int) -> list[tuple[str, float]]:
    order = [f"b/{row}" for row in range(1, 12)]
    order.insert(PLACES[text] - 1, "a/1")
    return [(clause, 1 / (row + 2)) for row, clause in enumerate(order)][:k]


def ask(text: str) -> dict:
    cited = [
        {"clause_id": clause, "score": score, "document_id": clause[0], "text": "收入430亿元", "sha256": ""}
        | {"source": {"start": 0, "end": 7}}
        for clause, score in search(text, 5)
    ]
    if text in ("两地", "湖南"):
        return {"status": "not_found", "answer": None, "citations": [], "nearest": cited[:3]}
    answer = {"text": "430亿元", "clause_id": cited[0]["clause_id"], "start": 2, "end": 7}
    return {"status": "answered", "answer": answer, "citations": cited, "nearest": []}


def clause_of(clause_id: str) -> tuple[str, str] | None:
    return None if clause_id == "a/9" else (f"《方案》{clause_id}", "收入430亿元，<看病>就诊")


def report(mode: str = "full", *, asking: bool = True) -> Report:
    regions = {"a": "山西", "b": "广西"}
    outcomes = evaluate(QUESTIONS, search, ask=ask if asking else None, region_of=regions.get)
    return Report(setting(mode), outcomes, summarize(outcomes))


def text_of(renderable: object) -> str:
    console = Console(width=220, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    with console.file:
        console.print(renderable)
        return console.export_text()


def test_each_error_has_its_category_and_reason() -> None:
    """One question for each way of going wrong; the one that went right and the one rightly refused are
    not there.
    """
    found = {failure.outcome.id: failure for failure in failures(report().outcomes, clause_of)}
    assert {name: failure.category for name, failure in found.items()} == {
        "nothing": ANSWERED_NOTHING,
        "refused": REFUSED,
        "region": OTHER_REGION,
        "near": NEAR,
        "far": FAR,
        "missing": MISSING,
    }
    assert found["near"].why == (
        "search has the right clause at rank 3; 0.25 below the first; "
        "shares 1 pair of characters with the right clause, 1 with the one that came"
    )
    assert found["refused"].why == "confidence 0.50; search has the right clause at rank 1"
    assert found["missing"].wanted == (("a/9", "", ""),)
    assert found["nothing"].wanted == ()
    assert "2 of 2" not in found["near"].why


def test_search_alone_cannot_answer_the_unanswerable() -> None:
    """Without asking nothing is refused, so only answerable questions go wrong."""
    wrong = failures(report(asking=False).outcomes, clause_of)
    assert {failure.outcome.id for failure in wrong} == {"region", "near", "far", "missing"}


def test_the_terminal_shows_every_measure() -> None:
    """Kinds, refusal, answers and speed stand in the tables; what was not measured is left out."""
    shown = text_of(report_tables(report()))
    for word in ("plans.jsonl · full", "everyday", "refusal AUROC", "answer exact", "latency p50 / p95"):
        assert word in shown
    shown = text_of(report_tables(report(asking=False)))
    assert "answer exact" not in shown
    assert "other region first" in shown


BENCH = BenchResult(
    "stard/train", "s", "full", "static", 3, 9, dict.fromkeys(
        ("ndcg@10", "recall@1", "recall@5", "recall@10", "recall@100", "mrr@10"), 0.5
    ), 12.0, {"p50": 3.0, "p95": 12.0}, PLACE, "runs/full",
)  # fmt: skip
COMPARISON = Comparison(
    "old",
    "new",
    3,
    (Line("mrr", paired_difference([0, 0, 0], [1, 1, 0]), 0.5),),
    (),
    ("2 questions were left out.",),
    origin_a="commit 0123abc, encoder static",
    command="tiaowen bench compare out/old out/new",
)
ABLATION = ablate(QUESTIONS, {"full": search, "lexical": lambda text, k: search(text, k)[::-1]}, "full", setting())


def test_ablation_compares_with_its_base() -> None:
    """The base has no difference; the reversed search is worse, with p corrected over both measures."""
    base, reverse = ABLATION.variants
    assert (base.name, base.against, base.corrected_p) == ("full", {}, {})
    assert set(reverse.against) == {"hit@1", "mrr"}
    assert reverse.against["mrr"].difference < 0
    assert reverse.corrected_p["mrr"] >= reverse.against["mrr"].p


def test_ablation_tells_progress_over_all_variants() -> None:
    """Progress runs from 1 to questions times variants without a step back."""
    told: list[tuple[int, int]] = []
    ablate(QUESTIONS, {"a": search, "b": search}, "a", setting(), progress=lambda *at: told.append(at))
    assert told == [(row, 16) for row in range(1, 17)]


def test_other_tables() -> None:
    """Bench, comparison and ablation print their figures."""
    assert "stard/train" in text_of(bench_table([BENCH]))
    shown = text_of(comparison_tables(COMPARISON))
    assert "+0.667" in shown
    assert "2 questions were left out." in shown
    assert "A old: commit 0123abc, encoder static" in shown
    assert "lexical" in text_of(ablation_table(ABLATION))
    assert [number(value) for value in (None, 3.14, 31.4)] == ["–", "3.1", "31"]


class Loads(HTMLParser):
    """Collects what a page would fetch, and whether its tags are balanced."""

    VOID = frozenset({"meta", "link", "input", "br", "circle", "rect", "line", "polyline"})

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.fetched += [value for name in ("src", "href") if (value := values.get(name))]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and tag not in ("p",):
            while self.open and self.open[-1] == "p" != tag:
                self.open.pop()
            assert self.open.pop() == tag
        elif tag == "p" and self.open and self.open[-1] == "p":
            self.open.pop()


def test_the_report_is_one_sound_file(tmp_path: Path) -> None:
    """It fetches nothing, escapes what it shows, balances its tags and names commands, commit, digest and
    machine.
    """
    path = tmp_path / "report.html"
    reports = [report("lexical", asking=False), report()]
    write_html(path, reports, clause_of, benches=[BENCH], comparisons=[COMPARISON], ablations=[ABLATION])
    text = path.read_text(encoding="utf-8")
    page = Loads()
    page.feed(text)
    assert page.fetched == ["data:,"]
    assert page.open == []
    assert "&lt;b&gt;看病&lt;/b&gt;" in text
    assert "<b>看病" not in text
    assert text.count("tiaowen eval --set &#39;a b.jsonl&#39;") >= 5
    for word in (
        "digest",
        "faiss",
        "static",
        PLACE.machine,
        "stard/train",
        "search has the right clause at rank 3",
        "commit 0123abc, encoder static",
        "tiaowen bench compare out/old out/new",
    ):
        assert word in text, word
    assert text.count("<svg") == 4
    assert text.count("<details") == 6


def test_a_report_of_nothing_but_benches() -> None:
    """A report without an evaluation shows what there is."""
    text = render([], clause_of, [BENCH])
    assert "stard/train" in text
    assert "<svg" not in text


def points(svg: str) -> list[tuple[float, float]]:
    line = re.search(r'points="([^"]*)"', svg)
    assert line
    return [tuple(map(float, pair.split(","))) for pair in line.group(1).split()]  # type: ignore[misc]


def test_lines_stand_where_their_axes_say() -> None:
    """The least point is at the lower left corner, the greatest at the upper right; the SVG is
    well-formed.
    """
    x, y = charts.Axis("k & k", 0, 10, [(0, "0"), (10, "10")]), charts.share_axis("<share>")
    svg = charts.line_chart('a "title"', [charts.Series("one & two", [(0, 0), (10, 1)])], x, y)
    ElementTree.fromstring(svg)
    (left, bottom), (right, top) = points(svg)
    assert (left, bottom, right, top) == (48, 256, 538, 34)


def test_bars_are_as_high_as_their_values() -> None:
    """A bar of a half is half as high as one of one."""
    svg = charts.bar_chart("t", ["a", "b"], [charts.Series("s", [(0, 1.0), (1, 0.5)])], charts.share_axis("s"))
    heights = [float(bar.get("height", 0)) for bar in ElementTree.fromstring(svg).iter("rect")]
    assert heights[1:] == [222, 111]  # the first is the legend


def test_logarithmic_times() -> None:
    """Decades around the values; a value stands by its logarithm; cumulative shares end at one."""
    axis = charts.time_axis([3, 40])
    assert (axis.low, axis.high) == (1, 100)
    assert axis.place(10) == pytest.approx(0.5)
    assert charts.cumulative([5, 1, 3]) == [(1, 1 / 3), (3, 2 / 3), (5, 1)]
    assert len(charts.cumulative([float(row) for row in range(1000)])) == 101
    assert charts.cumulative([]) == []
