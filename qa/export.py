"""Answers to take along: the line an official would write, a GB/T 7714 reference, the whole as Markdown.

Nothing is filled in that the document does not say: an unknown number or date is left out or said to be
unknown.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from qa.citation import Citation
from qa.compare import Comparison
from qa.duties import DutyTable
from qa.targets import TargetRow


class Answered(Protocol):
    """What is exported of an answer; `qa.answer.Answer` has it."""

    @property
    def question(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def answer(self) -> Any: ...
    @property
    def citations(self) -> Sequence[Citation]: ...
    @property
    def nearest(self) -> Sequence[Citation]: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def duties(self) -> DutyTable | None: ...
    @property
    def targets(self) -> Sequence[TargetRow]: ...
    @property
    def comparison(self) -> Comparison | None: ...


def official_line(citation: Citation) -> str:
    """As a person cites a clause in a document: 《…方案》（国办发〔2016〕11号）二、（三）."""
    title = citation.document_title.strip("《》")
    number = f"（{citation.doc_number}）" if citation.doc_number else ""
    place = citation.label.removeprefix(f"《{title}》").strip()
    return f"《{title}》{number}{place}"


def gb7714(citation: Citation) -> str:
    """A reference in the form of GB/T 7714—2015 for documents of other kinds ([Z]).

    主要责任者. 题名: 文号[Z]. 日期: 引文位置.  Where the issuer is unknown the reference begins with
    the title, as the standard has it.
    """
    title = citation.document_title.strip("《》")
    number = f": {citation.doc_number}" if citation.doc_number else ""
    issuer = f"{citation.issuer}. " if citation.issuer else ""
    date = citation.date or "[日期不详]"
    place = citation.label.removeprefix(f"《{title}》").strip()
    return f"{issuer}{title}{number}[Z]. {date}{': ' + place if place else ''}."


def listing(answer: Answered) -> list[str]:
    """The complete list behind an answer, one line an entry, in the order in which it is shown; empty without one."""
    lines: list[str] = []
    if table := answer.duties:
        for name, entries in (("牵头或负责", table.lead), ("配合", table.support)):
            lines += [f"{name}（{len(entries)}项）："] if entries else []
            lines += [f"{entry.department}（{entry.role}）：{entry.label}" for entry in entries]
        lines += [table.remark] if table.remark else []
    for row in answer.targets:
        lines.append(f"{row.year + '年' if row.year else ''}{row.subject}：{row.phrase}（{row.label}）")
    for pair in answer.comparison.rows if answer.comparison else ():
        sides = [
            ("，".join([side.label, *(["只有这里有" + "、".join(only)] if only else [])]) if side else "没有相应的条文")
            for side, only in (
                (pair.left, (*pair.numbers.only_left, *pair.departments.only_left) if pair.right else ()),
                (pair.right, (*pair.numbers.only_right, *pair.departments.only_right) if pair.left else ()),
            )
        ]
        lines.append(" —— ".join(sides))
    return lines


def words_of(answer: Answered) -> str:
    """The quoted answer; empty where the complete list is the answer itself."""
    return "" if answer.duties or answer.targets or answer.answer is None else str(answer.answer.text)


def to_markdown(answer: Answered) -> str:
    """Question, answer, complete list and citations as Markdown; the quoted words of each clause are bold."""
    lines = [f"**问：** {escaped(answer.question)}", ""]
    if answer.status == "answered" and answer.answer is not None:
        listed = listing(answer)
        lines += [f"**答：** {escaped(words_of(answer))}".rstrip(), ""]
        lines += [*(f"- {escaped(line)}" for line in listed), ""] if listed else []
        shown = answer.citations
    else:
        lines += [f"**没有找到答案。** {escaped(answer.reason or '')}", ""]
        shown = answer.nearest
    for citation in shown:
        lines += [
            f"{citation.rank}. {escaped(official_line(citation))}",
            "",
            *("   > " + line for line in _marked(citation).split("\n")),
            "",
            f"   {escaped(gb7714(citation))}",
            "",
            f"   `{citation.clause_id}` sha256 `{citation.sha256}`",
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def _marked(citation: Citation) -> str:
    """The clause's text with its highlights bold."""
    parts: list[str] = []
    at = 0
    for start, end in citation.highlights:
        parts += [escaped(citation.text[at:start]), "**", escaped(citation.text[start:end]), "**"]
        at = end
    return "".join([*parts, escaped(citation.text[at:])])


def escaped(text: str) -> str:
    """Text in which Markdown finds no marks of its own.

    >>> escaped("1*2_3")
    '1\\\\*2\\\\_3'
    """
    return "".join("\\" + character if character in "\\`*_[]<>#|" else character for character in text)
