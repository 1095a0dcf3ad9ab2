"""What a template shows, worked out beforehand: cards of an answer, and the blocks and outline of a document.

Texts become runs (see `server.marks`); templates only lay out and escape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote

from corpus.errors import NotFound
from corpus.models import Target
from server import schemas
from server.cite_formats import Source, bare_title, gbt7714, markdown, official
from server.marks import Run, Span, excerpt, runs, surrounding
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
    cites: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that answer, in their sentence, with where they stand."""

    runs: list[Run]
    label: str
    meta: str
    href: str
    cites: list[tuple[str, str]]


def marked_href(link: Link, url: str, start: int, end: int) -> str:
    """The address of a clause in its document with words of it to be marked:
    `/documents/x?mark=1.3-1:96-108#1.3-1`.

    Not a text fragment: a browser that follows one no longer treats the clause itself as the target.
    """
    path, _, anchor = url.partition("#")
    return f"{link(path, mark=f'{unquote(anchor)}:{start}-{end}')}#{anchor}"


def place_of(label: str, document_title: str) -> str:
    """The place in its document alone; a title may have brackets of its own: 《关于实施〈…〉的意见》第三条."""
    title = f"《{bare_title(document_title)}》"
    return label.removeprefix(title).strip() if label.startswith(title) else short_label(label)


def cites_of(citation: schemas.CitationBody, words: str, href: str, base: str) -> list[tuple[str, str]]:
    """The forms in which a citation can be copied, by the name of the form.

    `base` makes addresses absolute; `href` is the one that marks the words, which a list of references has no
    room for.
    """
    source = Source(
        title=citation.document_title,
        place=place_of(citation.label, citation.document_title),
        words=words,
        url=base.rstrip("/") + href,
        issuer=citation.issuer,
        doc_number=citation.doc_number,
        date=citation.date,
    )
    today = datetime.now().astimezone().date().isoformat()
    listed = replace(source, url=base.rstrip("/") + citation.url)
    return [("official", official(source)), ("gbt7714", gbt7714(listed, today)), ("markdown", markdown(source))]


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


def card_of(
    citation: schemas.CitationBody, snapshot: Snapshot, link: Link, answer: schemas.AnswerSpan | None, base: str
) -> Card:
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
    href = marked_href(link, citation.url, *marked[0]) if marked else f"{link(path)}#{anchor}"
    return Card(
        citation=citation,
        percent=round(citation.score * 100),
        place=citation.region or citation.document_title,
        href=href,
        document_href=link(path),
        excerpt=runs(citation.text, spans, start=start, end=end),
        whole=runs(citation.text, spans) if cut else None,
        cut_before=start > 0,
        cut_after=end < len(citation.text),
        duties=grouped_duties(citation.duties),
        targets=[target_text(target) for target in targets][:6],
        cites=cites_of(citation, words, href, base),
    )


def quotes_of(
    answer: schemas.AskResponse, columns: Sequence[tuple[str, list[Card]]] | None, link: Link, base: str
) -> list[Quote]:
    """The answer set in its sentence; where regions are compared, one quote for each. Empty where nothing
    is quoted.
    """
    span = answer.answer
    if span is None:
        return []
    sources = {citation.clause_id: citation for citation in answer.citations}
    if span.clause_id not in sources:
        return []
    quotes = [_quote(sources[span.clause_id], span.start, span.end, link, base)]
    for _, group in columns or ():
        first = group[0].citation
        if first.region != sources[span.clause_id].region and first.highlights:
            quotes.append(_quote(first, *first.highlights[0], link, base))
    return quotes


def _quote(source: schemas.CitationBody, begin: int, stop: int, link: Link, base: str) -> Quote:
    start, end = surrounding(source.text, begin, stop)
    href = marked_href(link, source.url, begin, stop)
    return Quote(
        runs=runs(source.text, [Span(begin, stop, "answer")], start=start, end=end),
        label=source.label,
        meta=" · ".join(part for part in (source.region, source.doc_number, source.date) if part),
        href=href,
        cites=cites_of(source, source.text[start:end], href, base),
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
