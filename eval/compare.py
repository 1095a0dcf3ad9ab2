"""Compare two saved runs question by question: is B better than A, by how much, on which questions?

A saved run is the JSON of `tiaowen eval --json`, the folder of `tiaowen bench retrieval`, or a bare TREC run
with the qrels it was judged by. All become a `Measured`: per measure, a value a question.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from corpus.errors import TiaowenError
from eval.metrics import completing_rank, ndcg, recall, reciprocal
from eval.runs import Qrels, Run, load_qrels, load_run
from eval.significance import Difference, holm, paired_difference

RUN_FILE, QRELS_FILE, QUERIES_FILE, RESULT_FILE = "run.trec", "qrels.trec", "queries.tsv", "result.json"
RETRIEVAL_MEASURES = ("ndcg@10", "recall@1", "recall@5", "recall@10", "recall@100", "mrr@10")
# A few measures that say different things: each further one costs power, because all are corrected together.
_COMPARED = ("hit@1", "hit@3", "mrr", "ndcg@10", "mrr@10", "recall@10", "recall@100", "decided")
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """A run ready to compare: `values` maps a measure to question id -> value, `first` a question to its
    first hit. `origin` says which commit, encoder, machine and command it comes from, None where no file says it.
    """

    name: str
    values: Mapping[str, Mapping[str, float]]
    questions: Mapping[str, str]
    first: Mapping[str, str]
    judged_by: str | None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One measure of a comparison; `corrected_p` accounts for all measures of it."""

    measure: str
    difference: Difference
    corrected_p: float


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose measure changed: its values and first hits in A and in B."""

    id: str
    question: str
    a: float
    b: float
    first_a: str | None
    first_b: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """B against A over their `n` common questions; `changes` are by the first measure, largest first.

    `origin_a` and `origin_b` say where the runs come from, `command` what compared them.
    """

    a: str
    b: str
    n: int
    lines: tuple[Line, ...]
    changes: tuple[Change, ...]
    remarks: tuple[str, ...]
    origin_a: str | None = None
    origin_b: str | None = None
    command: str | None = None

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def compare(a: Measured, b: Measured, command: str | None = None) -> Comparison:
    """Compare on the questions and measures that both have; TiaowenError where there are none.

    `command` is what a person would type to compare again.
    """
    names = [name for name in _COMPARED if a.values.get(name) and b.values.get(name)]
    if not names:
        raise TiaowenError(f"{a.name} and {b.name} have no measure in common: both must come from the same command.")
    shared = {name: [each for each in a.values[name] if each in b.values[name]] for name in names}
    common = shared[names[0]]
    if not common:
        raise TiaowenError(f"{a.name} and {b.name} have no question in common; compare runs on the same questions.")
    differences = [
        paired_difference(
            [a.values[name][each] for each in shared[name]], [b.values[name][each] for each in shared[name]]
        )
        for name in names
    ]
    corrected = holm([difference.p for difference in differences])
    return Comparison(
        a=a.name,
        b=b.name,
        n=len(common),
        lines=tuple(Line(*line) for line in zip(names, differences, corrected, strict=True)),
        changes=tuple(_changes(a, b, "mrr" if "mrr" in names else names[0])),
        remarks=tuple(_remarks(a, b, names[0], len(common))),
        origin_a=a.origin,
        origin_b=b.origin,
        command=command,
    )


def _changes(a: Measured, b: Measured, name: str) -> list[Change]:
    before, after = a.values[name], b.values[name]
    moved = [each for each in before if each in after and before[each] != after[each]]
    moved.sort(key=lambda each: (-abs(after[each] - before[each]), each))
    return [
        Change(each, a.questions.get(each, ""), before[each], after[each], a.first.get(each), b.first.get(each))
        for each in moved[:SHOWN]
    ]


def _remarks(a: Measured, b: Measured, name: str, common: int) -> list[str]:
    remarks = []
    for run in (a, b):
        alone = len(run.values[name]) - common
        if alone:
            remarks.append(f"{alone} questions stand only in {run.name} and were left out.")
    if a.judged_by != b.judged_by:
        remarks.append("The two runs were judged by different sets: a gold clause may have changed.")
    return remarks


def load_measured(path: Path, qrels: Path | None = None) -> Measured:
    """Read a saved run; `qrels` is needed for a bare TREC run and used for no other form."""
    if path.is_dir():
        if not (path / RUN_FILE).exists():
            raise TiaowenError(f"{path} holds no {RUN_FILE}; name a folder that `bench retrieval` has finished.")
        judged = load_qrels(path / QRELS_FILE)
        measured = measure_run(path.name, load_run(path / RUN_FILE), judged, _read_queries(path / QUERIES_FILE))
        return replace(measured, origin=_origin_of_run(path / RESULT_FILE))
    if path.suffix == ".json":
        return _from_report(path)
    if not path.exists():
        raise TiaowenError(f"There is no run {path}; name a JSON report, a folder of a bench run, or a TREC run.")
    if qrels is None:
        raise TiaowenError(f"{path} is a bare TREC run; name the qrels it is judged by as well.")
    return measure_run(path.name, load_run(path), load_qrels(qrels), {})


def measure_run(name: str, run: Run, qrels: Qrels, questions: Mapping[str, str]) -> Measured:
    """The retrieval measures of each judged question, those without any hit included."""
    values: dict[str, dict[str, float]] = {measure: {} for measure in RETRIEVAL_MEASURES}
    for question, judged in qrels.items():
        passages = [passage for passage, _ in run.get(question, ())]
        for measure, value in _retrieval_measures(passages, judged).items():
            values[measure][question] = value
    first = {question: ranking[0][0] for question, ranking in run.items() if ranking}
    return Measured(name, values, questions, first, None)


def _retrieval_measures(passages: Sequence[str], judged: Mapping[str, int]) -> dict[str, float]:
    gold = {passage for passage, judgement in judged.items() if judgement > 0}
    found = {f"recall@{k}": recall(passages, gold, k) for k in (1, 5, 10, 100)}
    return found | {
        "ndcg@10": ndcg(passages, judged, 10),
        "mrr@10": reciprocal(completing_rank(passages, gold), 10),
    }


def _read_queries(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    rows = (line.partition("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {identity: text for identity, _, text in rows}


def _origin_of_run(path: Path) -> str | None:
    try:
        result = json.loads(path.read_text(encoding="utf-8"))["result"]
        return _origin(result["provenance"], result["encoder"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # what a stopped run left behind can be compared as well


def _origin(provenance: Mapping[str, Any], encoder: str | None) -> str:
    parts = (
        f"commit {provenance['commit'] or 'not known'}",
        f"encoder {encoder or 'not known'}",
        provenance["machine"],
        provenance["created"],
        provenance["command"],
    )
    return ", ".join(parts)


def _from_report(path: Path) -> Measured:
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        questions, setting = report["questions"], report["setting"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TiaowenError(f"{path} is not a report that `tiaowen eval --json` wrote: {error!r}.") from error
    values: dict[str, dict[str, float]] = {}
    for each in questions:
        for name, value in each["measures"].items():
            values.setdefault(name, {})[each["id"]] = value
        if each["asked"] is not None:
            values.setdefault("decided", {})[each["id"]] = _decided(each)
    return Measured(
        name=path.stem,
        values=values,
        questions={each["id"]: each["question"] for each in questions},
        first={each["id"]: each["ranking"][0][0] for each in questions if each["ranking"]},
        judged_by=setting["set_sha256"],
        origin=_origin(setting["provenance"], setting["encoder"]),
    )


def _decided(each: Mapping[str, Any]) -> float:
    """1 where the whole answer was right: the right clauses cited first, or rightly nothing."""
    if not each["gold"]:
        return float(each["asked"]["status"] == "not_found")
    return float(completing_rank(each["asked"]["cited"], each["gold"], each["need"]) == 1)
