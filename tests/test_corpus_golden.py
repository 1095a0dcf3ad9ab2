"""Whole trees, kept as text files that a person can read: the two plans and the layouts of tests/corpus_data.

`REWRITE_GOLDEN=1 pytest tests/test_corpus_golden.py` writes them anew; the diff is what a reviewer reads.
"""

import os
from pathlib import Path

import pytest

from corpus.document import parse_document
from corpus.library import Library
from corpus.models import Document
from corpus.readers import read_file
from corpus.sweep import broken_invariants

DATA = Path(__file__).parent / "corpus_data"
LAYOUTS = sorted((DATA / "layouts").glob("*.txt"))


def tree(document: Document, targets: bool) -> str:
    """The document as indented lines: nodes that are no clauses, and clauses with all that stands in them."""
    facts = [document.title, document.issuer, document.region, document.doc_number, document.date]
    lines = ["# " + " · ".join(fact or "-" for fact in facts)]
    lines += [f"# {kind} {day}" for kind, day in document.dates.items()]
    by_start = {clause.start: clause for clause in document.clauses}
    for node in document.nodes:
        words = document.text[node.start : node.end].strip("\n").replace("\n", "⏎")
        if node.kind != "clause":
            lines.append(f"[{node.kind}] {words}")
            continue
        clause = by_start[node.start]
        short = words if len(words) <= 48 else f"{words[:24]}…{words[-16:]}"
        lines.append(f"{clause.address}  {clause.label.split('》', 1)[1]}  {short}")
        lines.append("    path: " + " > ".join(clause.path))
        lines += [f"    duty: {d.role} {d.department} “{clause.text[d.start : d.end]}”" for d in clause.duties]
        lines += [
            f"    target: {t.subject} {t.comparison} {t.value} {t.unit} {t.year or ''} “{clause.text[t.start : t.end]}”"
            for t in (clause.targets if targets else ())
        ]
        lines += [f"    {r.kind}: {r.text} -> {r.target or '?'}" for r in clause.references]
    lines += [f"? {doubt.kind}: {doubt.message}" for doubt in document.doubts]
    return "\n".join(lines) + "\n"


def check(name: str, document: Document, targets: bool) -> None:
    """Compare a document's tree with the kept one; the targets of the layouts are no matter of layout."""
    path = DATA / "golden" / f"{name}.txt"
    if os.environ.get("REWRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(tree(document, targets), encoding="utf-8")
    assert tree(document, targets) == path.read_text(encoding="utf-8")
    assert broken_invariants(document) == []


@pytest.mark.parametrize("document_id", ["shanxi-2016", "guangxi-2016"])
def test_plans(document_id: str, tmp_path: Path) -> None:
    """Every clause, duty, target and reference of the two plans is as a person read them."""
    library = Library.open(tmp_path)
    library.add_samples()
    check(document_id, library.document(document_id), targets=True)
    library.close()


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_layouts(path: Path) -> None:
    """Each peculiarity of official layouts gives the tree that a person would draw."""
    check(path.stem, parse_document(read_file(path)), targets=False)
