"""A document laid out for its page: blocks in order and complete, an outline, and the words that were looked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.models import Clause, Document
from server import views
from server.cite_formats import Source, official
from server.marks import Run, Span, clause_name, own_title, runs
from server.page_models import Link, place_of, short_label
from server.service import Snapshot


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a clause or any other piece of a document's page."""

    kind: str
    runs: list[Run]
    anchor: str = ""
    level: int = 2
    label: str = ""
    address: str = ""
    tail: list[Run] | None = None
    citation_text: str = ""
    previous: str | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One line of the outline beside the text."""

    anchor: str
    text: str
    level: int
    is_clause: bool
    has_title: bool = True


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document laid out, with where the words looked for were found."""

    blocks: list[Block]
    outline: list[OutlineEntry]
    found_count: int
    found_in: list[tuple[str, str]]


def read_mark(mark: str) -> tuple[str, int, int] | None:
    """Anchor, start and end of a `mark` parameter; None where it is not one."""
    found = re.fullmatch(r"(.{1,400}):(\d{1,7})-(\d{1,7})", mark)
    return (found[1], int(found[2]), int(found[3])) if found else None


def occurrences(text: str, words: str) -> list[int]:
    """Where words stand in a text, not overlapping."""
    found, at = [], text.find(words)
    while at >= 0:
        found.append(at)
        at = text.find(words, at + len(words))
    return found


def _reference_href(target: str | None, snapshot: Snapshot, link: Link) -> str | None:
    if target is None:
        return None
    if "/" in target:
        path, _, anchor = views.url_of(target).partition("#")
        return f"{link(path)}#{anchor}"
    return link(views.document_url(target)) if target in snapshot.infos else None


def _tail_start(clause: Clause) -> int:
    """Where the bracket with the duties begins that ends a clause; the text's length if there is none."""
    if not clause.duties:
        return len(clause.text)
    first = min(duty.start for duty in clause.duties)
    opened = max(clause.text.rfind("（", 0, first + 1), clause.text.rfind("(", 0, first + 1))
    closes = clause.text.rstrip().endswith(("）", ")"))
    return opened if closes and opened > 0 else len(clause.text)


def _clause_block(
    clause: Clause,
    document: Document,
    snapshot: Snapshot,
    link: Link,
    find: str,
    neighbours: tuple[str | None, str | None],
    mark: tuple[str, int, int] | None,
) -> Block:
    spans = [Span(target.start, target.end, "target") for target in clause.targets]
    for reference in clause.references:
        href = _reference_href(reference.target, snapshot, link)
        spans.append(Span(reference.start, reference.end, "mention", href))
    spans += [Span(duty.start, duty.end, "duty", link("/duties", department=duty.department)) for duty in clause.duties]
    title = own_title(clause)
    if title:
        begin = clause.text.index(title)
        spans.append(Span(begin, begin + len(title), "own-title"))
    if find:
        spans += [Span(at, at + len(find), "found") for at in occurrences(clause.text, find)]
    if mark is not None and mark[0] == clause.anchor:
        _, start, end = mark  # one whole mark, not pieces of it: what lies in it is not marked again
        spans = [span for span in spans if span.end <= start or span.start >= end or span.kind == "found"]
        spans.append(Span(start, end, "answer"))
    tail = _tail_start(clause)
    return Block(
        kind="clause",
        runs=runs(clause.text, spans, end=tail),
        anchor=clause.anchor,
        label=clause.label,
        address=clause.address,
        tail=runs(clause.text, spans, start=tail) if tail < len(clause.text) else None,
        citation_text=official(
            Source(
                document.title,
                place_of(clause.label, document.title),
                clause.text,
                url="",
                doc_number=document.doc_number,
            )
        ),
        previous=neighbours[0],
        next=neighbours[1],
    )


def document_view(document: Document, snapshot: Snapshot, link: Link, find: str = "", mark: str = "") -> DocumentView:
    """The nodes of a document as blocks, in order and complete, with its outline; `find` and `mark` as in
    the page's address.
    """
    to_mark = read_mark(mark)
    by_address = {clause.address: row for row, clause in enumerate(document.clauses)}
    blocks: list[Block] = []
    outline: list[OutlineEntry] = []
    found_in: list[tuple[str, str]] = []
    found_count = 0
    level = 0
    for node in document.nodes:
        text = document.text[node.start : node.end].strip()
        if not text:
            continue
        row = by_address.get(node.address or "") if node.kind == "clause" else None
        if row is not None:
            clause = document.clauses[row]
            before = document.clauses[row - 1].anchor if row else None
            after = document.clauses[row + 1].anchor if row + 1 < len(document.clauses) else None
            blocks.append(_clause_block(clause, document, snapshot, link, find, (before, after), to_mark))
            named = own_title(clause) is not None
            name = clause_name(clause) if named or clause.path else short_label(clause.label)
            depth = min(level + 1, 5) if clause.path else 1
            outline.append(OutlineEntry(clause.anchor, name, depth, True, named))
            times = len(occurrences(clause.text, find)) if find else 0
            if times:
                found_in.append((clause.anchor, clause_name(clause)))
                found_count += times
        elif node.kind == "heading":
            level = min(node.depth + 1, 4)
            anchor = (node.address or f"at-{node.start}").replace("/", "-")
            blocks.append(Block("heading", runs(text, _found(text, find)), anchor, level + 1))
            outline.append(OutlineEntry(anchor, text.rstrip("。."), level, False))
        elif node.kind == "title" and not any(block.kind in ("heading", "clause") for block in blocks):
            continue  # the page's own heading says it
        else:
            blocks.append(Block(node.kind, runs(text, _found(text, find))))
    return DocumentView(blocks, _without_lone_clauses(outline), found_count, found_in)


def _without_lone_clauses(outline: Sequence[OutlineEntry]) -> list[OutlineEntry]:
    """An untitled clause that is all its heading has would only repeat the heading's line."""
    kept: list[OutlineEntry] = []
    for row, entry in enumerate(outline):
        before = outline[row - 1] if row else None
        after = outline[row + 1] if row + 1 < len(outline) else None
        follows_heading = before is not None and not before.is_clause
        is_alone = after is None or not after.is_clause or after.level != entry.level
        if not (entry.is_clause and not entry.has_title and follows_heading and is_alone):
            kept.append(entry)
    return kept


def _found(text: str, find: str) -> list[Span]:
    return [Span(at, at + len(find), "found") for at in occurrences(text, find)] if find else []
