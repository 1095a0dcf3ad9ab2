"""Citations to take along: the line an official would write, a GB/T 7714 reference, Markdown, JSON.

Nothing is filled in that the document does not say: an unknown number or date is left out or said to be
unknown.
"""

import dataclasses
import json
from collections.abc import Sequence
from typing import Any, Protocol

from qa.citation import Citation


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


def to_markdown(answer: Answered) -> str:
    """Question, answer and citations as Markdown; the quoted words of each clause are bold."""
    lines = [f"**问：** {escaped(answer.question)}", ""]
    if answer.status == "answered" and answer.answer is not None:
        lines += [f"**答：** {escaped(answer.answer.text)}", ""]
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


def to_json(answer: Any) -> str:
    """The answer as the API gives it, indented."""
    return json.dumps(dataclasses.asdict(answer), ensure_ascii=False, indent=2)
