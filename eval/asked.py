"""What an answer claims, and whether it can be checked.

An answer arrives in the form of `POST /api/v1/ask`, from this process or from a live server alike. Reading
one checks each citation against the document's text without the help of the code that made it: a measurement
that trusted the measured would find nothing.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TextOf = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is measured of one answer. `confidence` is the score of the best clause, cited or only nearest."""

    status: str
    confidence: float
    cited: tuple[str, ...]
    nearest: tuple[str, ...]
    answer: str | None
    answer_clause: str | None
    faults: tuple[str, ...]

    @property
    def answered(self) -> bool:
        return self.status == "answered"

    @property
    def offered(self) -> tuple[str, ...]:
        """The clauses put forward: cited, or nearest where nothing was cited."""
        return self.cited or self.nearest


def read_answer(body: Mapping[str, Any], text_of: TextOf) -> Asked:
    """The measured part of a response body; `text_of` gives a document's canonical text, None for an
    unknown one.
    """
    citations: Sequence[Mapping[str, Any]] = body.get("citations") or ()
    nearest: Sequence[Mapping[str, Any]] = body.get("nearest") or ()
    answer: Mapping[str, Any] = body.get("answer") or {}
    scores = [float(each.get("score") or 0.0) for each in citations or nearest]
    return Asked(
        status=str(body.get("status")),
        confidence=max(scores, default=0.0),
        cited=tuple(str(each.get("clause_id")) for each in citations),
        nearest=tuple(str(each.get("clause_id")) for each in nearest),
        answer=answer.get("text"),
        answer_clause=answer.get("clause_id"),
        faults=tuple(_all_faults(str(body.get("status")), citations, answer, text_of)),
    )


def _all_faults(
    status: str, citations: Sequence[Mapping[str, Any]], answer: Mapping[str, Any], text_of: TextOf
) -> list[str]:
    try:
        return _faults(status, citations, answer, text_of)
    except (KeyError, TypeError, ValueError) as error:
        return [f"the body is not of the contract ({error!r})"]


def _faults(
    status: str, citations: Sequence[Mapping[str, Any]], answer: Mapping[str, Any], text_of: TextOf
) -> list[str]:
    if status == "not_found":
        return ["not_found, yet it cites or answers"] if citations or answer else []
    if status != "answered":
        return [f"the status {status!r} is unknown"]
    faults = [] if citations else ["answered without a citation"]
    seen: dict[str, str] = {}
    for each in citations:
        clause_id, text = str(each["clause_id"]), str(each["text"])
        if clause_id in seen:
            faults.append(f"{clause_id} is cited twice")
        seen[clause_id] = text
        faults += _citation_faults(each, clause_id, text, text_of)
    if answer:
        cited = seen.get(str(answer.get("clause_id")))
        if cited is None:
            faults.append("the answer's clause is not cited")
        elif cited[answer["start"] : answer["end"]] != answer["text"] or not answer["text"]:
            faults.append("the answer is not the slice of its clause that it claims to be")
    return faults


def _citation_faults(each: Mapping[str, Any], clause_id: str, text: str, text_of: TextOf) -> list[str]:
    faults = []
    document = text_of(str(each["document_id"]))
    start, end = each["source"]["start"], each["source"]["end"]
    if document is None:
        faults.append(f"{clause_id} cites an unknown document")
    elif document[start:end] != text or not text:
        faults.append(f"{clause_id} does not stand at {start}:{end} of its document")
    if hashlib.sha256(text.encode()).hexdigest() != each["sha256"]:
        faults.append(f"{clause_id} carries another text's hash")
    if any(not 0 <= begin < stop <= len(text) for begin, stop in each.get("highlights") or ()):
        faults.append(f"{clause_id} marks words outside its text")
    return faults
