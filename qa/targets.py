"""The quantities that documents promise, as a table: subject, comparison, value, unit, year and the clause
that says so.

Complete from what `corpus` parsed; only a question for the targets as such gets it (有哪些量化目标), a
question for one number goes to retrieval.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from corpus.models import Clause
from qa.catalogue import Catalogue
from qa.question import EMPTY_WORDS, Question
from qa.seams import Reader

ASKS_TABLE = re.compile(
    "(?:量化|数字|数量|数据|硬性|具体|主要|发展|预期|约束性?|工作|总体)*(?:目标|指标)(?:任务|值|数)?(?:都|各|分别)?"
    "(?:有哪些|有什么|是多少|是什么|是哪些|都有|一览|清单|列表|汇总|表)|"
    "(?:哪些|什么|全部|所有|列出|列一下)(?:的)?(?:量化|数字|数量|具体|硬性|主要|约束性?|预期性?)*(?:的)?(?:目标|指标)|"
    "(?:量化|数字)(?:的)?(?:目标|指标)"
)
TABLE_WORDS = re.compile(
    "分别|各自?|量化|数字|数量|数据|硬性|具体|主要|发展|预期性?|约束性?|工作|总体|目标|指标|任务|清单|列表|一览|汇总|表|全部|所有|列出|列|定下|提出|设定|制定|"
    "实现|达到|完成|两省区?|两个?|省|自治区|全区|医药|产业|年|底|末|前|\\d{4}"
)


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One promised quantity; (start, end) is its span in the clause's text, phrase the printed words."""

    subject: str
    comparison: str
    value: str
    unit: str
    year: str | None
    phrase: str
    clause_id: str
    document_id: str
    label: str
    start: int
    end: int


def asks_targets(question: Question) -> bool:
    """True where the question wants the table of targets and names no subject of its own."""
    if question.locators or not ASKS_TABLE.search(question.normalized):
        return False
    return len(EMPTY_WORDS.sub("", TABLE_WORDS.sub("", question.content)).strip()) <= 1


def target_table(
    question: Question,
    library: Reader,
    catalogue: Catalogue,
    *,
    document: str | None = None,
    region: str | None = None,
) -> list[TargetRow]:
    """Every target within the question's document or regions, and of its years where it names any."""
    documents = _scope(question, catalogue, document, region)
    return [
        row
        for clause in library.clauses()
        if clause.document_id in documents
        for row in rows_of(clause)
        if not question.years or row.year is None or row.year in question.years
    ]


def other_years(
    question: Question,
    library: Reader,
    catalogue: Catalogue,
    *,
    document: str | None = None,
    region: str | None = None,
) -> str | None:
    """The reason where there are targets, but none of the years that the question names."""
    rows = target_table(replace(question, years=()), library, catalogue, document=document, region=region)
    years = sorted({row.year for row in rows if row.year})
    if not question.years or not years:
        return None
    asked = "、".join(f"{year}年" for year in question.years)
    return f"文件里的量化目标是{'、'.join(f'{year}年' for year in years[:3])}的，没有{asked}的"


def rows_of(clause: Clause) -> list[TargetRow]:
    """The targets of one clause."""
    return [
        TargetRow(
            target.subject,
            target.comparison,
            target.value,
            target.unit,
            target.year,
            clause.text[target.start : target.end],
            clause.clause_id,
            clause.document_id,
            clause.label,
            target.start,
            target.end,
        )
        for target in clause.targets
    ]


def _scope(question: Question, catalogue: Catalogue, document: str | None, region: str | None) -> Collection[str]:
    if document or question.document:
        return {document or question.document or ""}
    regions = (region,) if region else tuple(each for each in question.regions if each in catalogue.regions)
    return set(catalogue.of_regions(regions) if regions else catalogue.infos)


def richest_first(rows: Sequence[TargetRow]) -> list[str]:
    """The clause ids of a table, those with the most targets first, equal ones in order."""
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.clause_id] = counts.get(row.clause_id, 0) + 1
    order = {clause_id: at for at, clause_id in enumerate(counts)}
    return sorted(counts, key=lambda clause_id: (-counts[clause_id], order[clause_id]))
