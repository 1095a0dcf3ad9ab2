"""The measurements by name, whole: what the command line calls, each returning what it prints or saves."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.abilities import Ability, measure_abilities, shipped_plans
from eval.ablation import Ablation, ablate
from eval.datasets import Row
from eval.evaluate import DEPTH, Progress, Report, Search, Setting, evaluate, summarize
from eval.live import MOST, LiveServer
from eval.local import MODES, LocalSource, check_mode
from eval.parts import PARTS
from eval.peers import PEERS, PeerReport, measure_peers
from eval.provenance import provenance
from eval.questions import EvalQuestion, load_questions, named_documents, select
from eval.systems import tiaowen_system
from index.encoders import SHIPPED

SETS = Path(__file__).parent / "questions"
"""The folder of the sets that ship."""


def measure_library(
    path: Path,
    source: LocalSource,
    command: list[str],
    *,
    mode: str = "full",
    split: str | None = None,
    kind: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Measure the set at `path` in this process; with mode "full" every question is also asked.

    `command` is the argument vector that goes into the report. Raises BadSet, and TiaowenError for an unknown
    mode.
    """
    check_mode(mode)
    questions = _questions(path, source, split, kind)
    asked = mode == "full"
    outcomes = evaluate(
        questions,
        source.untimed_search() if asked else source.search(mode),  # where every question is asked, that is timed
        ask=source.ask if asked else None,
        text_of=source.text_of,
        region_of=source.region_of,
        progress=progress,
    )
    return Report(_setting(path, questions, source, mode, command), outcomes, summarize(outcomes))


def measure_shipped_cases(encoder: str | None = None) -> tuple[Ability, ...]:
    """What is not a ranking (see `eval.abilities`), over a temporary library of the two plans."""
    with shipped_plans(encoder) as plans:
        return measure_abilities(plans)


def measure_server(
    path: Path,
    server: LiveServer,
    command: list[str],
    *,
    split: str | None = None,
    kind: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """Measure the set at `path` on a live server, over its HTTP contract alone."""
    health = server.health()
    questions = select(load_questions(path, server.document), split=split, kind=kind)
    outcomes = evaluate(
        questions,
        server.search,
        ask=server.ask,
        text_of=server.text_of,
        region_of=server.region_of,
        depth=min(DEPTH, MOST),
        progress=progress,
        clock=server.clock,
    )
    setting = Setting(
        set_name=path.name,
        set_sha256=_digest(questions),
        mode=server.url,
        corpus_digest=None,
        encoder=health.get("encoder"),
        generation=health.get("generation"),
        backend=health.get("backend"),
        provenance=provenance(command),
    )
    return Report(setting, outcomes, summarize(outcomes))


def measure_parts(
    path: Path,
    source: LocalSource,
    command: list[str],
    modes: Sequence[str] = MODES,
    *,
    split: str | None = None,
    progress: Progress | None = None,
) -> Ablation:
    """The ablation matrix: each of `modes`, and "full" with each part of its evidence taken away, against "full"."""
    questions = _questions(path, source, split)
    variants = {mode: source.search(mode) for mode in (*(mode for mode in modes if mode != "full"), "full")}
    variants |= {f"full, no {part}": source.without(part) for part in PARTS}
    setting = _setting(path, questions, source, "ablation", command)
    return ablate(questions, variants, "full", setting, region_of=source.region_of, progress=progress)


def measure_rivals(
    path: Path,
    source: LocalSource,
    command: list[str],
    *,
    split: str | None = None,
    progress: Progress | None = None,
) -> PeerReport:
    """Peers and this project's own index over the clauses of the library and the questions of the set at
    `path`.

    Ours is built anew as well, over the same text, so that build times compare.
    """
    questions = _questions(path, source, split)
    titles = {info.document_id: info.title for info in source.library.documents()}
    rows = [
        Row(clause.clause_id, " ".join((titles[clause.document_id], *clause.path)), clause.text)
        for clause in source.library.clauses()
    ]
    setting = _setting(path, questions, source, "peers", command)
    return measure_peers(questions, rows, {"Tiaowen": _ours, **PEERS}, SHIPPED, setting, progress=progress)


def _ours(rows: Sequence[Row], _: Path) -> Search:
    system = tiaowen_system()
    with TemporaryDirectory(prefix="tiaowen-peers-") as name:
        system.build(rows, Path(name), None)
        return system.open(Path(name))


def _questions(path: Path, source: LocalSource, split: str | None, kind: str | None = None) -> tuple[EvalQuestion, ...]:
    source.cover(named_documents(path))
    return select(load_questions(path, source.document), split=split, kind=kind)


def _setting(
    path: Path, questions: Sequence[EvalQuestion], source: LocalSource, mode: str, command: list[str]
) -> Setting:
    return Setting(
        set_name=path.name,
        set_sha256=_digest(questions),
        mode=mode,
        corpus_digest=source.library.digest(),
        encoder=source.index.encoder_name,
        generation=source.index.generation,
        backend=source.index.backend,
        provenance=provenance(command),
    )


def _digest(questions: Sequence[EvalQuestion]) -> str:
    """The digest of what was asked and what counts as right: the lines of the questions measured."""
    rows = [question.as_json() for question in questions]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
