"""Ask the questions of the ranker's fold in collections like those that people ask in.

Large ones: STARD's articles, a sample of the law articles, paragraphs of many reports. Small ones, as a
library of a user's own: one report and one or two others, some sixty invented clauses, or an invented plan beside
others. Some of the small libraries lack the passage that answers, some questions were written to be near a plan
that does not answer them, and some come from elsewhere altogether: those have no answer and teach the calibration
when to refuse.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.metadata import REGIONS
from index.build import build_index
from index.clause_index import ClauseIndex
from index.passages import Passage
from index.training.fusion import Example, make_example
from index.training.sources import (
    Pair,
    invented_plans,
    is_ranker_fold,
    lay_pairs,
    other_pairs,
    own_pairs,
    read_rows,
    stard_pairs,
)

ARTICLES_SHARE = 0.4
ARTICLE_QUESTIONS, REPORT_QUESTIONS, REPORT_LIBRARIES = 900, 600, 260
REPORT_PARAGRAPHS = 15_000
LIBRARY_PARAGRAPHS = 60  # of one report in a small library
FOREIGN_LIBRARIES, FOREIGN_QUESTIONS = 30, 15

_BLANK = re.compile(r"\s")


def ranker_examples(data: Path, model: Path, *, seed: int) -> list[Example]:
    """The candidates of every question of the fold, found with the encoder in `model`."""
    rng = random.Random(seed)
    pairs = stard_pairs(data, held_out=False) + lay_pairs(data) + own_pairs(data)
    fold = [pair for pair in pairs if is_ranker_fold(pair, data)]
    reports = {row["id"]: row for row in read_rows(data / "govdocs/docs.jsonl.gz")}
    on_reports = [pair for pair in fold if pair.kind in ("lay-gov", "own-gov")]
    rng.shuffle(on_reports)
    return [
        *_stard(data, model, fold),
        *_articles(data, model, fold, rng),
        *_many_reports(reports, model, on_reports, rng),
        *_few_reports(reports, model, on_reports, rng),
        *_invented_clauses(model, fold, pairs, rng),
        *_invented_plans(model, fold, rng),
        *_foreign(data, reports, model, fold, rng),
    ]


@contextmanager
def _collection(passages: Iterable[Passage], model: Path) -> Iterator[ClauseIndex]:
    with tempfile.TemporaryDirectory() as folder:
        yield ClauseIndex.open(build_index(passages, Path(folder), model=model), model)


def _passage(number: object, text: str, title: str, document: str = "d", region: str | None = None) -> Passage:
    return Passage(str(number), text, title, (), document, region, ())


def _region(title: str) -> str | None:
    """The province that a report's title begins with; a city's report names its city."""
    return next((region for region in REGIONS if title.startswith(region)), None)


def _bare(text: str) -> str:
    return _BLANK.sub("", text)


def _examples(index: ClauseIndex, asked: Iterable[tuple[str, set[str], tuple[str, ...]]]) -> list[Example]:
    found = (make_example(index, question, gold, regions) for question, gold, regions in asked)
    return [example for example in found if example is not None]


def _stard(data: Path, model: Path, fold: list[Pair]) -> list[Example]:
    gold: dict[str, set[str]] = {}
    for pair in fold:
        if pair.kind == "stard":
            gold.setdefault(pair.question, set()).add(pair.group)
    rows = read_rows(data / "stard/corpus.jsonl.gz")
    with _collection((_passage(row["_id"], row["text"], row["title"]) for row in rows), model) as index:
        return _examples(index, ((question, answers, ()) for question, answers in gold.items()))


def _articles(data: Path, model: Path, fold: list[Pair], rng: random.Random) -> list[Example]:
    asked = [pair for pair in fold if pair.kind in ("lay-articles", "own-law")]
    rng.shuffle(asked)
    wanted = {_bare(pair.passage) for pair in asked}
    kept, gold = [], dict[str, set[str]]()
    for number, row in enumerate(read_rows(data / "laws/articles.jsonl.gz")):
        text = _bare(row["text"])
        if text in wanted:
            gold.setdefault(text, set()).add(str(number))
        elif rng.random() >= ARTICLES_SHARE:
            continue
        kept.append(_passage(number, row["text"], row["law"] + row["article"]))
    with _collection(kept, model) as index:
        chosen = [pair for pair in asked if _bare(pair.passage) in gold][:ARTICLE_QUESTIONS]
        return _examples(index, ((pair.question, gold[_bare(pair.passage)], ()) for pair in chosen))


def _many_reports(
    reports: dict[str, dict[str, str]], model: Path, asked: list[Pair], rng: random.Random
) -> list[Example]:
    wanted = {_bare(pair.passage): pair for pair in asked}
    lines = [(row["title"], line) for row in reports.values() for line in _lines(row, 60)]
    others = [each for each in rng.sample(lines, REPORT_PARAGRAPHS) if _bare(each[1]) not in wanted]
    passages = [_passage(number, text, title) for number, (title, text) in enumerate(others)]
    passages += [_passage(key, pair.passage, pair.title) for key, pair in wanted.items()]
    with _collection(passages, model) as index:
        chosen = asked[:REPORT_QUESTIONS]
        return _examples(index, ((pair.question, {_bare(pair.passage)}, ()) for pair in chosen))


def _few_reports(
    reports: dict[str, dict[str, str]], model: Path, asked: list[Pair], rng: random.Random
) -> list[Example]:
    home = {_bare(line): report for report, row in reports.items() for line in _lines(row, 60)}
    by_passage: dict[str, list[Pair]] = {}
    for pair in asked:
        if _bare(pair.passage) in home:
            by_passage.setdefault(_bare(pair.passage), []).append(pair)
    examples: list[Example] = []
    for number, (text, pairs) in enumerate(list(by_passage.items())[:REPORT_LIBRARIES]):
        lacking = number % 3 == 0
        own = home[text]
        passages: list[Passage] = []
        gold: set[str] = set()
        for report in (own, *rng.sample(sorted(reports), rng.choice((1, 1, 2)))):
            title = reports[report]["title"]
            lines = _excerpt(reports[report], text if report == own else "", rng)
            if lacking:
                lines = [line for line in lines if _bare(line) != text]
            for clause in _clauses_of(lines, size=1 + number % 3):
                if text in map(_bare, clause):
                    gold.add(str(len(passages)))
                passages.append(_passage(len(passages), "".join(clause), title, report, _region(title)))
        region = _region(reports[own]["title"])
        with _collection(passages, model) as index:
            for pair in pairs:
                named = region and not lacking and (region in pair.question or rng.random() < 0.4)
                examples += _examples(index, [(pair.question, gold, (region,) if region and named else ())])
    return examples


def _clauses_of(lines: list[str], *, size: int) -> list[list[str]]:
    """Neighbouring paragraphs joined by `size`: clauses of plans are longer than paragraphs of reports."""
    return [lines[start : start + size] for start in range(0, len(lines), size)]


def _excerpt(report: dict[str, str], wanted: str, rng: random.Random) -> list[str]:
    """Up to LIBRARY_PARAGRAPHS neighbouring paragraphs, the wanted one among them."""
    lines = _lines(report, 50)
    if len(lines) <= LIBRARY_PARAGRAPHS:
        return lines
    start = rng.randrange(len(lines) - LIBRARY_PARAGRAPHS)
    part = lines[start : start + LIBRARY_PARAGRAPHS]
    if wanted and not any(_bare(line) == wanted for line in part):
        part = part[1:] + [line for line in lines if _bare(line) == wanted][:1]
    return part


def _lines(report: dict[str, str], shortest: int) -> list[str]:
    return [line.strip() for line in report["text"].split("\n") if len(line) >= shortest]


def _invented_clauses(model: Path, fold: list[Pair], pairs: list[Pair], rng: random.Random) -> list[Example]:
    texts = {pair.group: pair.passage for pair in pairs if "policy" in pair.kind}
    asked: dict[str, list[str]] = {}
    for pair in fold:
        if "policy" in pair.kind:
            asked.setdefault(pair.group, []).append(pair.question)
    examples: list[Example] = []
    for group, questions in asked.items():
        others = [other for other in texts if other != group]
        for present in (True, False):
            library = rng.sample(others, min(LIBRARY_PARAGRAPHS, len(others))) + [group] * present
            rng.shuffle(library)
            with _collection((_passage(each, texts[each], "") for each in library), model) as index:
                examples += _examples(index, ((text, {group} if present else set(), ()) for text in questions))
    return examples


def _invented_plans(model: Path, fold: list[Pair], rng: random.Random) -> list[Example]:
    """Each plan beside one or two others: its questions (of plans in the fold), those it does not answer, and the
    questions of clauses that were taken out.
    """
    asked: dict[str, list[str]] = {}
    for pair in fold:
        if pair.kind == "own-plan":
            asked.setdefault(pair.group, []).append(pair.question)
    plans = invented_plans()
    examples: list[Example] = []
    for plan in plans:
        others = rng.sample([other for other in plans if other is not plan], rng.choice((1, 1, 2)))
        removed = {clause for number, clause in enumerate(plan.clauses) if number % 3 == 0}
        for lacking in (set[str](), removed):
            passages = [
                _passage(clause, text, each.title, each.title)
                for each in (plan, *others)
                for clause, text in each.clauses.items()
                if clause not in lacking
            ]
            with _collection(passages, model) as index:
                wanted = [clause for clause in plan.clauses if not lacking or clause in lacking]
                for clause in wanted:
                    gold = set() if lacking else {clause}
                    examples += _examples(index, ((question, gold, ()) for question in asked.get(clause, ())))
                if not lacking:
                    examples += _examples(index, ((question, set(), ()) for question in plan.unanswered))
    return examples


def _foreign(
    data: Path, reports: dict[str, dict[str, str]], model: Path, fold: list[Pair], rng: random.Random
) -> list[Example]:
    """Questions to encyclopedias, doctors and lawyers, asked of reports: half of them lay questions on law."""
    kinds = ("cmrc2018", "drcd", "medical_dialogue_sample")
    questions = [pair.question for pair in other_pairs(data) if pair.kind in kinds]
    legal = [pair.question for pair in fold if pair.kind in ("stard", "lay-articles", "own-law")]
    examples: list[Example] = []
    for _ in range(FOREIGN_LIBRARIES):
        chosen = rng.sample(sorted(reports), 2)
        lines = [line for report in chosen for line in _lines(reports[report], 50)[:LIBRARY_PARAGRAPHS]]
        passages = [_passage(number, line, "") for number, line in enumerate(lines)]
        with _collection(passages, model) as index:
            asked = rng.sample(questions, FOREIGN_QUESTIONS) + rng.sample(legal, FOREIGN_QUESTIONS)
            examples += _examples(index, ((question, set(), ()) for question in asked))
    return examples
