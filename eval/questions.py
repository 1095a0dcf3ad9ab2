"""Evaluation sets: read them, and find the clause that each gold anchor stands in.

A set is JSON Lines, one question a line. It names its gold passages by a verbatim piece of them (the anchor),
never by a clause address, so a set outlives every change of the parser. Reading one therefore needs the
documents: the gold clause is the clause that contains the anchor. Everything wrong with a set is reported
together, by line, because a person who repairs a set wants one list and not one message a run.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from corpus.errors import TiaowenError
from eval.folding import FoldedText, fold

KINDS = ("fact", "responsible", "measure", "everyday", "cross", "region", "noisy", "unanswerable")
_SAME_KIND = {"colloquial": "everyday"}
_NEEDS = ("any", "all")


class Span(Protocol):
    """What is read of a clause: its id and its span in the document's canonical text."""

    @property
    def clause_id(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Text(Protocol):
    """What is read of a document: its canonical text and its clauses, none overlapping another."""

    @property
    def text(self) -> str: ...
    @property
    def clauses(self) -> Sequence[Span]: ...


FindDocument = Callable[[str], Text | None]


@dataclass(frozen=True, slots=True)
class Gold:
    """A passage that answers: `anchor` is a verbatim piece of the clause `clause_id` of `document`."""

    document: str
    anchor: str
    clause_id: str


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """A judged question. `gold` is empty exactly when `kind` is "unanswerable"."""

    id: str
    kind: str
    question: str
    gold: tuple[Gold, ...]
    also: tuple[str, ...] = ()
    need: str = "any"
    answer: str | None = None
    note: str | None = None
    topic: str | None = None
    split: str | None = None

    @property
    def answerable(self) -> bool:
        return self.kind != "unanswerable"

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind and the further ones it is `also` of: a question counts under each of them."""
        return (self.kind, *(kind for kind in self.also if kind != self.kind))

    @property
    def gold_clauses(self) -> tuple[str, ...]:
        """The distinct clauses that answer, in the order of `gold` (two anchors may share a clause)."""
        return tuple(dict.fromkeys(gold.clause_id for gold in self.gold))

    def as_json(self) -> dict[str, Any]:
        """The line of a set that reads back as this question (fields that are not set left out)."""
        row: dict[str, Any] = {"id": self.id, "kind": self.kind, "also": list(self.also)}
        row |= {"question": self.question, "need": self.need}
        row["gold"] = [{"document": gold.document, "anchor": gold.anchor} for gold in self.gold]
        row |= {"answer": self.answer, "note": self.note}
        row |= {name: value for name in ("topic", "split") if (value := getattr(self, name)) is not None}
        return row


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a set; line 0 stands for the whole file."""

    source: str
    line: int
    message: str

    def __str__(self) -> str:
        place = f"{self.source}:{self.line}" if self.line else self.source
        return f"{place}: {self.message}"


class BadSet(TiaowenError):
    """A set that cannot be measured with; `problems` lists everything wrong with it, in order of line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        things = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"The evaluation set has {things}:", *(f"  {each}" for each in problems)]))


def set_files(path: Path) -> list[Path]:
    """The files of a set: `path` itself, or the *.jsonl files of the folder `path`, by name."""
    if path.is_dir():
        files = sorted(path.glob("*.jsonl"))
        if not files:
            raise TiaowenError(f"The folder {path} holds no evaluation set; expected files named *.jsonl.")
        return files
    if not path.exists():
        raise TiaowenError(f"There is no evaluation set {path}; name a JSON Lines file or a folder of them.")
    return [path]


def named_documents(path: Path) -> set[str]:
    """The ids of the documents that the set at `path` names; a line that says nothing of the kind is passed over.

    Asked before the set is read, to have its documents at hand: what is wrong with it is for `load_questions` to say.
    """
    names: set[str] = set()
    for file in set_files(path):
        for line in file.read_bytes().splitlines():
            with suppress(ValueError, KeyError, TypeError, AttributeError):
                names.update(str(gold["document"]) for gold in json.loads(line).get("gold") or ())
    return names


def load_questions(path: Path, find_document: FindDocument) -> tuple[EvalQuestion, ...]:
    """The questions of the set at `path` (a file, or a folder of *.jsonl), each anchor resolved to its
    clause.

    `find_document` gives the document of an id, or None for one it does not know. Raises BadSet with every
    problem of every line: not JSON, a missing or wrong field, an unknown kind or document, an id seen before,
    an anchor that does not occur, occurs twice or does not lie in one clause, an answer that no gold clause
    contains, no question.
    """
    reader = _Reader(find_document)
    files = set_files(path)
    for file in files:
        before = reader.lines
        try:
            reader.read(file.name, file.read_text(encoding="utf-8-sig").split("\n"))
        except UnicodeDecodeError as error:
            reader.problems.append(Problem(file.name, 0, f"is not UTF-8 ({error.reason} at byte {error.start})"))
            continue
        if reader.lines == before:
            reader.problems.append(Problem(file.name, 0, "holds no question; expected one JSON object a line"))
    if reader.problems:
        raise BadSet(reader.problems)
    return tuple(reader.questions)


def select(
    questions: Iterable[EvalQuestion], *, split: str | None = None, kind: str | None = None
) -> tuple[EvalQuestion, ...]:
    """The questions of a split and of a kind; TiaowenError where none is left."""
    kind = _SAME_KIND.get(kind, kind) if kind else None
    chosen = tuple(
        each for each in questions if (not split or each.split == split) and (not kind or kind in each.kinds)
    )
    if not chosen:
        wanted = " and ".join(f"{name} {value!r}" for name, value in (("split", split), ("kind", kind)) if value)
        raise TiaowenError(f"The evaluation set has no question of {wanted}." if wanted else "The set is empty.")
    return chosen


class _Reader:
    """Collects questions and problems over the lines of one set."""

    def __init__(self, find_document: FindDocument) -> None:
        self.questions: list[EvalQuestion] = []
        self.problems: list[Problem] = []
        self.lines = 0
        self._seen: dict[str, str] = {}
        self._find_document = find_document
        self._located: dict[str, Anchors | None] = {}

    def read(self, source: str, lines: Sequence[str]) -> None:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            self.lines += 1
            found: list[str] = []
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                row, found = None, [f"is not JSON ({error.msg} at column {error.colno})"]
            if row is not None or not found:
                question = self._question(row, f"{source}:{number}", found)
                if question is not None:
                    self.questions.append(question)
            self.problems.extend(Problem(source, number, message) for message in found)

    def _question(self, row: object, place: str, found: list[str]) -> EvalQuestion | None:
        if not isinstance(row, dict):
            found.append(f"is {_json_name(row)}; expected an object")
            return None
        identity = _text(row, "id", found)
        if identity in self._seen:
            found.append(f"the id {identity!r} was already used at {self._seen[identity]}")
        elif identity:
            self._seen[identity] = place
        kind = _kind(_text(row, "kind", found), found)
        also = tuple(_kind(name, found) for name in _texts(row, "also", found))
        question = _text(row, "question", found)
        need = row.get("need") or "any"
        if need not in _NEEDS:
            found.append(f"need is {need!r}; expected 'any' or 'all'")
        gold = self._gold(row, kind, found)
        answer = _optional_text(row, "answer", found)
        if answer and gold and not any(fold(answer) in self._clause_text(each) for each in gold):
            found.append(f"the answer {_short(answer)} occurs in no gold clause")
        note, topic, split = (_optional_text(row, name, found) for name in ("note", "topic", "split"))
        if found:
            return None
        return EvalQuestion(identity, kind, question, gold, also, str(need), answer, note, topic, split)

    def _gold(self, row: dict[str, Any], kind: str, found: list[str]) -> tuple[Gold, ...]:
        entries = row.get("gold")
        entries = [] if entries is None else entries
        if not isinstance(entries, list):
            found.append(f"gold is {_json_name(entries)}; expected a list of {{document, anchor}}")
            return ()
        if kind == "unanswerable" and entries:
            found.append("an unanswerable question has gold; expected an empty list")
            return ()
        if not entries and kind and kind != "unanswerable":
            found.append("gold is empty; expected at least one {document, anchor} (or kind unanswerable)")
        located = []
        for entry in entries:
            if not isinstance(entry, dict):
                found.append(f"a gold entry is {_json_name(entry)}; expected {{document, anchor}}")
                continue
            document, anchor = _text(entry, "document", found), _text(entry, "anchor", found)
            if document and anchor and (clause := self._locate(document, anchor, found)):
                located.append(Gold(document, anchor, clause))
        return tuple(located)

    def _locator(self, document: str) -> "Anchors | None":
        if document not in self._located:
            text = self._find_document(document)
            self._located[document] = None if text is None else Anchors(text)
        return self._located[document]

    def _locate(self, document: str, anchor: str, found: list[str]) -> str | None:
        locator = self._locator(document)
        if locator is None:
            found.append(f"the document {document!r} is not in the library")
            return None
        clause, problem = locator.locate(anchor)
        if problem:
            found.append(f"the anchor {_short(anchor)} {problem} of {document}")
        return clause

    def _clause_text(self, gold: Gold) -> str:
        locator = self._locator(gold.document)
        return locator.clause_text(gold.clause_id) if locator else ""


class Anchors:
    """Finds the clause of one document that an anchor stands in; folding the text is most of the work, so keep it."""

    def __init__(self, document: Text) -> None:
        self._document = document
        self._folded = FoldedText(document.text)
        self._clauses = sorted(document.clauses, key=lambda clause: clause.start)
        self._starts = [clause.start for clause in self._clauses]

    def clause(self, anchor: str) -> str:
        """The id of the clause that holds `anchor`; TiaowenError where that is not exactly one."""
        clause, problem = self.locate(anchor)
        if clause is None:
            raise TiaowenError(f"The anchor {_short(anchor)} {problem}; copy a piece of the clause that occurs once.")
        return clause

    def locate(self, anchor: str) -> tuple[str | None, str | None]:
        """The clause id and None, or None and what is wrong."""
        spans = self._folded.find_all(fold(anchor))
        if not spans:
            return None, "does not occur in the text"
        if len(spans) > 1:
            return None, f"occurs {len(spans)} times in the text"
        start, end = spans[0]
        touched = [self._clauses[row] for row in self._rows(start, end)]
        for clause in touched:
            if clause.start <= start and end <= clause.end:
                return clause.clause_id, None
        if len(touched) > 1:
            return None, f"touches {len(touched)} clauses ({', '.join(each.clause_id for each in touched)})"
        return None, "reaches beyond its clause" if touched else "stands in no clause (a heading, say)"

    def clause_text(self, clause_id: str) -> str:
        clause = next(each for each in self._clauses if each.clause_id == clause_id)
        return fold(self._document.text[clause.start : clause.end])

    def _rows(self, start: int, end: int) -> Iterator[int]:
        row = max(bisect_right(self._starts, start) - 1, 0)
        while row < len(self._clauses) and self._clauses[row].start < end:
            if self._clauses[row].end > start:
                yield row
            row += 1


def _kind(name: str, found: list[str]) -> str:
    kind = _SAME_KIND.get(name, name)
    if kind and kind not in KINDS:
        found.append(f"the kind {name!r} is unknown; expected one of {', '.join(KINDS)}")
    return kind


def _text(row: dict[str, Any], name: str, found: list[str]) -> str:
    value = row.get(name)
    if isinstance(value, str) and value.strip():
        return value.strip() if name != "anchor" else value
    found.append(f"{name} is {_json_name(value)}; expected a text that is not empty")
    return ""


def _optional_text(row: dict[str, Any], name: str, found: list[str]) -> str | None:
    return None if row.get(name) in (None, "") else _text(row, name, found) or None


def _texts(row: dict[str, Any], name: str, found: list[str]) -> list[str]:
    value = row.get(name)
    value = [] if value is None else value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return value
    found.append(f"{name} is {_json_name(value)}; expected a list of texts")
    return []


def _json_name(value: object) -> str:
    match value:
        case None:
            return "missing"
        case "":
            return "empty"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return repr(value)


def _short(text: str) -> str:
    return f"「{text if len(text) <= 30 else text[:29] + '…'}」"
