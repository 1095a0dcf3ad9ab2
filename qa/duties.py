"""Which tasks a department has: answered completely from the parsed duties, not from a ranking.

A question counts as one about duties when it names departments and nothing else is left to look for:
省商务厅负责哪些任务, 发改委和工信委一起管什么.  人社厅怎么推动医保改革 names a subject and goes to
retrieval.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from corpus.models import Clause, Duty
from qa.catalogue import Catalogue
from qa.departments import department_key, find_departments, predecessors
from qa.question import EMPTY_WORDS, Question
from qa.roles import ASKS_LEAD, ASKS_SUPPORT, asked_roles, is_lead
from qa.seams import Reader

DUTY_WORDS = re.compile(
    "负责|承担|牵头|配合|协助|分管|主管|主抓|管理|管|做|干|任务|职责|责任|工作|分工|事项|事情|事儿?|活儿?|内容|具体|条款|涉及|一起|共同|联合|参与|"
    "主要|方面|分别|列出|列举|列一下|全部|所有|完成|落实|单位|部门|省里|省|自治区|全区|哪|什么|清单|一共|总共|需要|应该|应当|要求|多少|几|项|条|同时|两家|各自|说|看"
)
TOGETHER = re.compile("一起|共同|联合|同时|合作|协同|都(?:参与|负责|管)")
MAY_NAME_ONE = re.compile("[厅局委办部府院会关联社行]")
Side = Literal["lead", "support"]
_held: dict[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class DutyEntry:
    """One department's role in one clause; (start, end) is the span of its name in the clause's text."""

    department: str
    role: str
    side: Side
    clause_id: str
    document_id: str
    label: str
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DutyTable:
    """The complete list: entries where the department leads, then where it supports, in the order of the
    clauses.

    departments: display names found. remark: said where today's department stands for an earlier one.
    """

    departments: tuple[str, ...]
    lead: tuple[DutyEntry, ...]
    support: tuple[DutyEntry, ...]
    remark: str | None = None


def asks_duties(question: Question, *, named: bool) -> bool:
    """True where the question wants the tasks of the departments it names. named: it names at least one."""
    if not named or question.locators:
        return False
    rest = EMPTY_WORDS.sub("", DUTY_WORDS.sub(" ", question.content))
    rest = re.sub(r"\d{4}年?", "", rest).strip()
    return len(rest) <= 1 and DUTY_WORDS.search(question.content + question.normalized) is not None


def held_departments(library: Reader) -> tuple[str, ...]:
    """The display names of all departments with duties, in order of first appearance; kept per library
    state.
    """
    digest = library.digest()
    if digest not in _held:
        if len(_held) >= 4:
            _held.clear()
        _held[digest] = tuple(dict.fromkeys(duty.department for clause in library.clauses() for duty in clause.duties))
    return _held[digest]


def duty_table(
    question: Question,
    library: Reader,
    catalogue: Catalogue,
    *,
    document: str | None = None,
    region: str | None = None,
) -> DutyTable:
    """All duties of the departments that the question names, within its document or regions."""
    documents = _scope(question, catalogue, document, region)
    clauses = [clause for clause in library.clauses() if clause.document_id in documents and clause.duties]
    held = dict.fromkeys(duty.department for clause in clauses for duty in clause.duties)
    named = find_departments(question.normalized, held)
    keys = tuple(dict.fromkeys(key for key, _, _ in named))
    remarks: list[str] = []
    wanted: list[frozenset[str]] = []
    for key in keys:
        own = frozenset(name for name in held if department_key(name) == key)
        if not own and (before := _before(key, held)):
            own = before
            remarks.append(f"文件里没有{key}，当时由{'、'.join(sorted(before))}承担")
        if own:
            wanted.append(own)
    together = len(wanted) > 1 and bool(TOGETHER.search(question.normalized))
    entries = [
        entry
        for clause in clauses
        if not together or all(any(duty.department in names for duty in clause.duties) for names in wanted)
        for entry in _entries(clause, wanted)
    ]
    side = _side(question.normalized)
    lead = tuple(entry for entry in entries if entry.side == "lead" and side != "support")
    support = tuple(entry for entry in entries if entry.side == "support" and side != "lead")
    found = tuple(dict.fromkeys(entry.department for entry in (*lead, *support)))
    return DutyTable(found, lead, support, "；".join(remarks) or None)


def _scope(question: Question, catalogue: Catalogue, document: str | None, region: str | None) -> Sequence[str]:
    if document or question.document:
        return [document or question.document or ""]
    regions = (region,) if region else tuple(each for each in question.regions if each in catalogue.regions)
    return catalogue.of_regions(regions) if regions else tuple(catalogue.infos)


def _before(key: str, held: Iterable[str]) -> frozenset[str]:
    """The held departments whose work this one took over."""
    earlier = predecessors(key)
    return frozenset(name for name in held if department_key(name) in earlier)


def _side(question: str) -> Literal["lead", "support", "all"]:
    """牵头 asks for the lead only, 配合 for support only; 负责, 管 and 共同参与 mean both."""
    if TOGETHER.search(question) and not ASKS_LEAD.search(question):
        return "all"
    if ASKS_LEAD.search(question) or ASKS_SUPPORT.search(question):
        return asked_roles(question)
    return "all"


def _entries(clause: Clause, wanted: Sequence[frozenset[str]]) -> list[DutyEntry]:
    """The entries of one clause; a department that both leads and supports in it has two."""
    names = frozenset().union(*wanted) if wanted else frozenset()
    seen: dict[tuple[str, Side], Duty] = {}
    for duty in clause.duties:
        if duty.department in names:
            seen.setdefault((duty.department, "lead" if is_lead(duty.role) else "support"), duty)
    return [
        DutyEntry(
            duty.department,
            duty.role,
            side,
            clause.clause_id,
            clause.document_id,
            clause.label,
            clause.path[-1] if clause.path else "",
            duty.start,
            duty.end,
        )
        for (_, side), duty in seen.items()
    ]
