"""Questions that are not a ranking, on hand-written cases: complete lists, tables, comparisons, places, follow-ups,
refusals, saved citations, and quotes.

A ranking is measured by how high the right clause stands; these answers are right or wrong. A list is right when
nothing is missing and nothing is too much, a refusal when its sentence names what is missing. The cases are in
`eval/cases/`, read off the two plans that ship by hand, so what is measured is a library of those two, whatever the
library of the person who measures.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from corpus.errors import TiaowenError
from corpus.library import Library
from corpus.models import Clause
from eval.questions import Anchors
from eval.spans import CASES, SpanCase, covers, quote, read_cases
from index.build import build_index, open_current, passages_of
from qa.answer import Answer, answer_question
from qa.citation import Citation
from qa.compare import ComparedRow, Comparison, Difference, compare
from qa.seams import Index, Reader
from qa.verify import Claim, verify_citations

FOLDER = CASES.parent
MOST_CITED = 50  # what an answer may cite at most: a list is asked for whole

Row = Mapping[str, Any]
Found = Collection[object]


@dataclass(frozen=True, slots=True)
class Ability:
    """One ability on its n cases. right: those without any fault. precision and recall: over everything that the
    cases list, None where they list nothing. wrong: one line a faulty case.
    """

    name: str
    n: int
    right: int
    precision: float | None
    recall: float | None
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """One case: what it asked, the faults, and how much of what was expected was found."""

    asked: str
    faults: tuple[str, ...]
    expected: int = 0
    found: int = 0
    common: int = 0


class Plans:
    """The two plans that ship with their index, as the functions that are measured."""

    def __init__(self, library: Reader, index: Index) -> None:
        self.library = library
        self.index = index
        self._anchors: dict[str, Anchors] = {}

    def ask(self, text: str, previous: str | None = None) -> Answer:
        return answer_question(text, self.library, self.index, k=MOST_CITED, previous=previous)

    def clause(self, document: str, anchor: str) -> Clause:
        """The clause that holds an anchor; TiaowenError where it is not in exactly one."""
        if document not in self._anchors:
            self._anchors[document] = Anchors(self.library.document(document))
        return self.library.clause(self._anchors[document].clause(anchor))

    def ids(self, places: Sequence[Row]) -> list[str]:
        """The clauses of {"document", "anchor"} rows, each once."""
        found = (self.clause(each["document"], each["anchor"]).clause_id for each in places)
        return list(dict.fromkeys(found))


@contextmanager
def shipped_plans(encoder: str | None = None) -> Iterator[Plans]:
    """A temporary library of the two plans, indexed with the encoder of that name (the shipped one without)."""
    with TemporaryDirectory(prefix="tiaowen-eval-") as name:
        library = Library.open(Path(name))
        library.add_samples()
        build_index(passages_of(library), Path(name) / "index", encoder=encoder)
        yield Plans(library, open_current(Path(name)))


def measure_abilities(plans: Plans, folder: Path = FOLDER) -> tuple[Ability, ...]:
    """Every ability on the cases in `folder`."""
    kinds: dict[str, Callable[[Row, Plans], list[Checked]]] = {
        "duties": _duties,
        "targets": _targets,
        "comparison": _comparison,
        "places": _places,
        "followups": _followup,
        "refusals": _refusal,
        "verification": _verification,
    }
    found = []
    for name, check in kinds.items():
        rows = _rows(folder / f"{name}.jsonl")
        found.append(_added(name, [checked for row in rows for checked in check(row, plans)]))
    quoted = [_quoted(case, plans.index) for case in read_cases(folder / CASES.name, "test")]
    return (*found, _added("quotes", quoted))


def _rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _added(name: str, cases: Sequence[Checked]) -> Ability:
    expected, found, common = (sum(getattr(each, of) for each in cases) for of in ("expected", "found", "common"))
    wrong = tuple(f"{each.asked}: {'; '.join(each.faults)}" for each in cases if each.faults)
    precision = common / found if found else None
    return Ability(name, len(cases), len(cases) - len(wrong), precision, common / expected if expected else None, wrong)


def _quoted(case: SpanCase, index: Index) -> Checked:
    """The quote from a clause holds every answer."""
    start, end = quote(case, index)
    missed = "" if covers((start, end), case) else f"quoted {case.clause.text[start:end]}"
    return Checked(case.question, (missed,) if missed else ())


def _listed(asked: str, expected: Found, found: Found, *faults: str | None) -> Checked:
    """A case with a complete list; further faults are given as they were found, None for no fault."""
    missing = sorted(str(each) for each in expected if each not in found)
    extra = sorted(str(each) for each in found if each not in expected)
    said = [f"missing {', '.join(missing)}"] if missing else []
    said += [f"too much {', '.join(extra)}"] if extra else []
    said += [fault for fault in faults if fault]
    return Checked(asked, tuple(said), len(expected), len(found), len(expected) - len(missing))


def _duties(row: Row, plans: Plans) -> list[Checked]:
    """Lead and support, complete, and every clause of the list cited."""
    expected = {
        (side, plans.clause(row["document"], anchor).clause_id) for side in ("lead", "support") for anchor in row[side]
    }
    checked = []
    for text in row["questions"]:
        answer = plans.ask(text)
        table = answer.duties
        found = {(each.side, each.clause_id) for each in (*table.lead, *table.support)} if table else set()
        cited = {each.clause_id for each in answer.citations}
        uncited = {clause_id for _, clause_id in expected} - cited
        checked.append(_listed(text, expected, found, f"not cited {', '.join(sorted(uncited))}" if uncited else None))
    return checked


def _targets(row: Row, plans: Plans) -> list[Checked]:
    """The table, complete. A subject is right if it holds the words of the case: the parser may say more."""
    expected = {
        (plans.clause(each["document"], each["anchor"]).clause_id, each["comparison"], each["value"], each["unit"])
        for each in row["rows"]
    }
    subjects = [(each["value"] + each["unit"], each["subject"], each["year"]) for each in row["rows"]]
    checked = []
    for text in row["questions"]:
        rows = plans.ask(text).targets
        found = {(each.clause_id, each.comparison, each.value, each.unit) for each in rows}
        strange = [
            amount
            for amount, subject, year in subjects
            if not any(
                (each.value + each.unit, each.year) == (amount, year) and subject in each.subject for each in rows
            )
        ]
        wrong = f"subject or year of {', '.join(strange)}" if strange else None
        checked.append(_listed(text, expected, found, wrong))
    return checked


def _comparison(row: Row, plans: Plans) -> list[Checked]:
    """The pairs of the case side by side, the first of them first, its differences marked, each cell cited."""
    left, right = row["documents"]
    pairs = [(plans.clause(left, a).clause_id, plans.clause(right, b).clause_id) for a, b in row["pairs"]]
    asked = row["question"]
    found = [(asked, plans.ask(asked).comparison)]
    found.append((f"compare {row['topic']}", compare(row["topic"], left, right, plans.library, plans.index)))
    return [_compared(text, comparison, pairs, row, plans.library) for text, comparison in found]


def _compared(
    text: str, comparison: Comparison | None, pairs: list[tuple[str, str]], row: Row, library: Reader
) -> Checked:
    if comparison is None:
        return Checked(text, ("no comparison",), len(pairs))
    rows = {
        (each.left.clause_id if each.left else None, each.right.clause_id if each.right else None): each
        for each in comparison.rows
    }
    faults = [f"no row {a} | {b}" for a, b in pairs if (a, b) not in rows]
    if not faults and next(iter(rows)) != pairs[0]:
        faults.append(f"first is {next(iter(rows))}")
    cells = [cell for each in comparison.rows for cell in (each.left, each.right) if cell]
    faults += [f"{cell.clause_id} is not what the library holds" for cell in cells if not _proven(cell, library)]
    if pairs[0] in rows:
        faults += _unmarked(rows[pairs[0]], row)
    return Checked(text, tuple(faults), len(pairs), 0, len(pairs) - sum(pair not in rows for pair in pairs))


def _unmarked(found: ComparedRow, row: Row) -> list[str]:
    """What a row does not say that only one side has."""
    faults = []
    for name in ("numbers", "departments"):
        difference: Difference = getattr(found, name)
        for side in ("only_left", "only_right"):
            missing = set(row.get(name, {}).get(side, ())) - set(getattr(difference, side))
            if missing:
                faults.append(f"{name} {side} lack {', '.join(sorted(missing))}")
    return faults


def _proven(cited: Citation, library: Reader) -> bool:
    return verify_citations([cited], library)[0].status == "valid"


def _places(row: Row, plans: Plans) -> list[Checked]:
    """The clauses at a place, all of them in order and nothing else; or the sentence that there is none."""
    answer = plans.ask(row["question"])
    expected = plans.ids(row["clauses"])
    cited = [each.clause_id for each in answer.citations]
    disordered = "another order" if set(cited) == set(expected) and cited != expected else None
    return [_listed(row["question"], expected, cited, disordered, _unsaid(answer, row))]


def _followup(row: Row, plans: Plans) -> list[Checked]:
    """The best citation is one of the case's, with the complete list where the previous question got one."""
    answer = plans.ask(row["question"], row["previous"])
    expected = plans.ids(row["clauses"])
    first = answer.citations[0].clause_id if answer.citations else None
    faults = (
        [f"first is {first}, meant was {answer.understood.resolved}"] if (first in expected) != bool(expected) else []
    )
    listed = row.get("list")
    if listed and not getattr(answer, listed):
        faults.append(f"no {listed}")
    said = _unsaid(answer, row)
    return [Checked(f"{row['previous']} / {row['question']}", (*faults, *([said] if said else [])))]


def _refusal(row: Row, plans: Plans) -> list[Checked]:
    """Refused, with a sentence that names what is missing and at most three nearest clauses."""
    answer = plans.ask(row["question"])
    faults = [f"answered with {answer.citations[0].clause_id}"] if answer.citations else []
    said = _unsaid(answer, row)
    faults += [said] if said and not faults else []
    faults += ["more than three nearest"] if len(answer.nearest) > 3 else []
    return [Checked(f"{row['missing']}: {row['question']}", tuple(faults))]


def _unsaid(answer: Answer, row: Row) -> str | None:
    """The fault that a refusal does not say the words of the case."""
    words = row.get("words")
    return f"said {answer.reason}" if words and words not in (answer.reason or "") else None


def _verification(row: Row, plans: Plans) -> list[Checked]:
    """A citation saved before the text was changed ("was": words now, words then), or with a quote."""
    if "anchor" in row:
        clause = plans.clause(row["document"], row["anchor"])
        now, then = row.get("was", ("", ""))
        text = clause.text.replace(now, then)
        if row.get("was") and text == clause.text:
            raise TiaowenError(f"{now} is not in {clause.clause_id}; copy it verbatim.")
        saved = text if row.get("was") else None
        claim = Claim(clause.clause_id, hashlib.sha256(text.encode()).hexdigest(), row.get("quote"), saved)
    else:
        claim = Claim(row["clause_id"], "0" * 64)
    verdict = verify_citations([claim], plans.library)[0]
    changes = [[change.before, change.after] for change in verdict.changes]
    faults = [f"is {verdict.status}"] if verdict.status != row["status"] else []
    faults += [f"changes {changes}"] if changes != row.get("changes", []) else []
    return [Checked(f"{claim.clause_id} {row['status']}", tuple(faults))]
