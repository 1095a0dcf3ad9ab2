"""What a template shows, worked out beforehand: cards of an answer, and the blocks and outline of a document.

Texts become runs (see `server.marks`); templates only lay out and escape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from corpus.errors import NotFound
from corpus.models import Clause, Document, Target
from server import schemas, views
from server.marks import Run, Span, clause_name, excerpt, own_title, runs, surrounding
from server.service import Snapshot

Link = Callable[..., str]
_COMPARISONS = {
    "=": "",
    ">": "超过 ",
    ">=": "不少于 ",
    "<": "低于 ",
    "<=": "不超过 ",
    "range": "",
    "+": "至少 ",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One citation, ready to be laid out."""

    citation: schemas.CitationBody
    percent: int
    place: str
    href: str
    document_href: str
    excerpt: list[Run]
    whole: list[Run] | None
    cut_before: bool
    cut_after: bool
    duties: list[tuple[str, list[str]]]
    targets: list[str]
    citation_text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that answer, in their sentence, with where they stand."""

    runs: list[Run]
    label: str
    meta: str
    href: str
    citation_text: str


def marked_href(link: Link, url: str, start: int, end: int) -> str:
    """The address of a clause in its document with words of it to be marked:
    `/documents/x?mark=1.3-1:96-108#1.3-1`.

    Not a text fragment: a browser that follows one no longer treats the clause itself as the target.
    """
    path, _, anchor = url.partition("#")
    return f"{link(path, mark=f'{unquote(anchor)}:{start}-{end}')}#{anchor}"


def read_mark(mark: str) -> tuple[str, int, int] | None:
    """Anchor, start and end of a `mark` parameter; None where it is not one."""
    found = re.fullmatch(r"(.{1,400}):(\d{1,7})-(\d{1,7})", mark)
    return (found[1], int(found[2]), int(found[3])) if found else None


def citation_text(label: str, document_title: str, words: str) -> str:
    """What the copy button puts on the clipboard: the words, and where they stand."""
    place = label if document_title in label else f"《{document_title.strip('《》')}》{label}"
    return f"“{words.strip()}”（{place}）"


def grouped_duties(duties: Sequence[schemas.DutyBody]) -> list[tuple[str, list[str]]]:
    """Departments by role, both in the order in which the clause names them."""
    groups: dict[str, list[str]] = {}
    for duty in duties:
        names = groups.setdefault(duty.role, [])
        if duty.department not in names:
            names.append(duty.department)
    return list(groups.items())


def target_text(target: Target) -> str:
    """A target in a few words: 主营业务收入 430亿元（2020年）."""
    year = f"（{target.year}年）" if target.year else ""
    return f"{target.subject} {_COMPARISONS.get(target.comparison, '')}{target.value}{target.unit}{year}".strip()


def card_of(citation: schemas.CitationBody, snapshot: Snapshot, link: Link, answer: schemas.AnswerSpan | None) -> Card:
    """A citation as a card; a long clause is cut to the part with the marked words, and the whole kept
    below.
    """
    marked = list(citation.highlights)
    if answer is not None and answer.clause_id == citation.clause_id:
        marked = [
            (answer.start, answer.end),
            *(pair for pair in marked if pair != (answer.start, answer.end)),
        ]
    spans = [Span(start, end, "answer") for start, end in marked]
    start, end = excerpt(citation.text, marked)
    cut = (start, end) != (0, len(citation.text))
    words = citation.text[marked[0][0] : marked[0][1]] if marked else citation.text
    path, _, anchor = citation.url.partition("#")
    try:
        targets = snapshot.library.clause(citation.clause_id).targets
    except NotFound:
        targets = ()
    return Card(
        citation=citation,
        percent=round(citation.score * 100),
        place=citation.region or citation.document_title,
        href=marked_href(link, citation.url, *marked[0]) if marked else f"{link(path)}#{anchor}",
        document_href=link(path),
        excerpt=runs(citation.text, spans, start=start, end=end),
        whole=runs(citation.text, spans) if cut else None,
        cut_before=start > 0,
        cut_after=end < len(citation.text),
        duties=grouped_duties(citation.duties),
        targets=[target_text(target) for target in targets][:6],
        citation_text=citation_text(citation.label, citation.document_title, words),
    )


def quotes_of(answer: schemas.AskResponse, columns: Sequence[tuple[str, list[Card]]] | None, link: Link) -> list[Quote]:
    """The answer set in its sentence; where regions are compared, one quote for each. Empty where nothing
    is quoted.
    """
    span = answer.answer
    if span is None:
        return []
    sources = {citation.clause_id: citation for citation in answer.citations}
    if span.clause_id not in sources:
        return []
    quotes = [_quote(sources[span.clause_id], span.start, span.end, link)]
    for _, group in columns or ():
        first = group[0].citation
        if first.region != sources[span.clause_id].region and first.highlights:
            quotes.append(_quote(first, *first.highlights[0], link))
    return quotes


def _quote(source: schemas.CitationBody, begin: int, stop: int, link: Link) -> Quote:
    start, end = surrounding(source.text, begin, stop)
    return Quote(
        runs=runs(source.text, [Span(begin, stop, "answer")], start=start, end=end),
        label=source.label,
        meta=" · ".join(part for part in (source.region, source.doc_number, source.date) if part),
        href=marked_href(link, source.url, begin, stop),
        citation_text=citation_text(source.label, source.document_title, source.text[start:end]),
    )


def columns_of(cards: Sequence[Card], regions: Sequence[str]) -> list[tuple[str, list[Card]]] | None:
    """Cards by region where the question names several of them and more than one is cited; else None."""
    named: dict[str, list[Card]] = {region: [] for region in regions}
    for card in cards:
        if card.citation.region in named:
            named[card.citation.region].append(card)
    columns = [(region, group) for region, group in named.items() if group]
    return columns if len(columns) > 1 and sum(len(group) for _, group in columns) == len(cards) else None


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One side of a compared row: a clause with the numbers marked that only it has."""

    label: str
    href: str
    excerpt: list[Run]
    cut_before: bool
    cut_after: bool


@dataclass(frozen=True, slots=True)
class ComparedPair:
    """A row of a comparison, with what differs in words."""

    left: ComparedSide | None
    right: ComparedSide | None
    only_left: list[str]
    only_right: list[str]


def _side(
    citation: schemas.CitationBody | None, link: Link, quoted: Mapping[str, Sequence[tuple[int, int]]]
) -> ComparedSide | None:
    if citation is None:
        return None
    marked = quoted.get(citation.clause_id) or citation.highlights
    spans = [Span(start, end, "answer") for start, end in marked]
    start, end = excerpt(citation.text, marked, longest=260)
    path, _, anchor = citation.url.partition("#")
    return ComparedSide(
        label=short_label(citation.label),
        href=f"{link(path)}#{anchor}",
        excerpt=runs(citation.text, spans, start=start, end=end),
        cut_before=start > 0,
        cut_after=end < len(citation.text),
    )


def short_label(label: str) -> str:
    """The place in its document alone: 一、（三）主要目标 of 《…》一、（三）主要目标."""
    return label.partition("》")[2].strip() or label


def compared_pairs(
    comparison: schemas.CompareResponse, link: Link, answer: schemas.AskResponse | None = None
) -> list[ComparedPair]:
    """The rows of a comparison, laid out. Beside an answer: only rows with both sides, its quotes marked."""
    rows = comparison.rows
    quoted: dict[str, Sequence[tuple[int, int]]] = {}
    if answer is not None:
        rows = [row for row in rows if row.left and row.right] or rows[:1]
        quoted = {citation.clause_id: citation.highlights for citation in answer.citations}
    return [
        ComparedPair(
            _side(row.left, link, quoted),
            _side(row.right, link, quoted),
            [*row.numbers.only_left, *row.departments.only_left] if row.right else [],
            [*row.numbers.only_right, *row.departments.only_right] if row.left else [],
        )
        for row in rows
    ]


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
        citation_text=citation_text(clause.label, document.title, clause.text),
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
