"""Two documents side by side on a topic: the clauses of each, aligned, with what differs in numbers and
departments.

Aligned greedily by likeness (titles and texts); a clause without a partner is shown as what only one
document has.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.models import Clause, DocumentInfo
from index.passages import Filter
from index.tokens import normalize
from qa.amounts import find_amounts
from qa.catalogue import Catalogue, catalogue_of
from qa.citation import Citation, cite
from qa.departments import department_key
from qa.evidence import Candidate
from qa.overlap import grams, overlaps
from qa.pieces import body_span
from qa.question import Question
from qa.seams import Index, Reader

PER_DOCUMENT = 5
"""At most so many clauses of each document on a topic."""
ON_TOPIC = 0.8
"""A clause is on the topic when its probability is at least this share of the best one's in its document."""
SHARED_WORDS = 0.5
"""And when it holds at least this share of the topic's words that the clause with most of them holds: to a few words
without a question the probabilities of one document's clauses are often all high.
"""
ALIKE = 0.18
"""Two clauses are about the same thing from this likeness on."""
# What asks for a difference, wherever it stands, and the small words around a topic.
ASKS_DIFFERENCE = re.compile(
    "各?(?:有|是)?(?:什么|哪些|何|啥|没有?)?(?:不同|不一样|区别|差[别异]|异同)|(?:[对相]比|比较)(?:一下)?|分别|各自|"
    "(?:各|都)?[有是](?:什么|哪些|何|啥)|哪个(?:省|区|地方)?|怎么[样做办]?|如何|多少|两个?(?:省区?|地区?)|请问|帮我"
)
AROUND = re.compile(
    r"^(?:在(?![线建岗职])|对(?![接外口])|[的、,，:：]|关于|谁的?|[两这]?[个份]?(?:方案|文件)[里中]?[和与跟同比]?)+|^(?:和|与|跟|同|比|有|是|都)+$|"
    r"(?:(?<!线)上|[的呢吗、,，。?？]|更[高多大好]|方面|之间)+$"
)


@dataclass(frozen=True, slots=True)
class Difference:
    """What two clauses share and what only one has."""

    both: tuple[str, ...]
    only_left: tuple[str, ...]
    only_right: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """True where one side has something that the other has not."""
        return bool(self.only_left or self.only_right)


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """Two clauses on the same thing, or one that only its document has; likeness is 0..1."""

    left: Citation | None
    right: Citation | None
    likeness: float
    numbers: Difference
    departments: Difference


@dataclass(frozen=True, slots=True)
class Comparison:
    """left and right are document ids; rows with both come first, each kind by the best probability in a row."""

    topic: str
    left: str
    right: str
    left_title: str
    right_title: str
    rows: tuple[ComparedRow, ...]


def compare(topic: str, left: str, right: str, library: Reader, index: Index) -> Comparison:
    """The clauses of two documents on a topic, aligned. Raises NotFound for a document that is not held."""
    catalogue = catalogue_of(library)
    for document_id in (left, right):
        if document_id not in catalogue.infos:
            library.document(document_id)
    sides = [on_topic(topic, each, library, index, catalogue) for each in (left, right)]
    return align(topic, catalogue.infos[left], catalogue.infos[right], sides[0], sides[1])


def topic_of(question: Question) -> str:
    """What a question compares, without what it compares and the words that ask for the difference: 医药物流 for
    山西和广西在医药物流上有什么不同; empty where it names no topic.
    """
    parts = (AROUND.sub("", part) for part in ASKS_DIFFERENCE.sub(" ", question.spoken).split())
    return " ".join(part for part in parts if len(part) > 1)


def on_topic(topic: str, document_id: str, library: Reader, index: Index, catalogue: Catalogue) -> list[Candidate]:
    """The clauses of one document that are about a topic, best first."""
    hits = index.search(normalize(topic), PER_DOCUMENT, where=Filter(document=document_id))
    found = [Candidate(library.clause(hit.passage_id), catalogue.infos[document_id], hit.score) for hit in hits]
    words = overlaps(topic, ["".join(each.clause.path[-1:]) + each.clause.text for each in found], index.expand(topic))
    return [
        each
        for each, share in zip(found, words, strict=True)
        if each.score >= ON_TOPIC * found[0].score and share >= SHARED_WORDS * max(words)
    ]


def align(
    topic: str,
    left: DocumentInfo,
    right: DocumentInfo,
    ours: Sequence[Candidate],
    theirs: Sequence[Candidate],
) -> Comparison:
    """Rows of the most alike clauses, each used once, then of those without a partner."""
    likeness = {(a, b): alike(one.clause, other.clause) for a, one in enumerate(ours) for b, other in enumerate(theirs)}
    pairs: list[tuple[int | None, int | None, float]] = []
    for (a, b), value in sorted(likeness.items(), key=lambda item: (-item[1], item[0])):
        if value >= ALIKE and all(a != x and b != y for x, y, _ in pairs):
            pairs.append((a, b, value))
    if ours and theirs and not any(a == 0 and b == 0 for a, b, _ in pairs):
        pairs = _join_the_best(pairs, likeness)
    pairs += [(a, None, 0.0) for a in range(len(ours)) if all(a != x for x, _, _ in pairs)]
    pairs += [(None, b, 0.0) for b in range(len(theirs)) if all(b != y for _, y, _ in pairs)]

    def rank(pair: tuple[int | None, int | None, float]) -> tuple[int, float]:
        scores = [
            ours[pair[0]].score if pair[0] is not None else 0.0,
            theirs[pair[1]].score if pair[1] is not None else 0.0,
        ]
        return int(None in pair), -max(scores)

    rows = [
        _row(ours[a] if a is not None else None, theirs[b] if b is not None else None, value)
        for a, b, value in sorted(pairs, key=rank)
    ]
    return Comparison(topic, left.document_id, right.document_id, left.title, right.title, tuple(rows))


def _join_the_best(
    pairs: list[tuple[int | None, int | None, float]], likeness: dict[tuple[int, int], float]
) -> list[tuple[int | None, int | None, float]]:
    """The best clauses of both sides answer the same topic: they stand together if neither has a partner."""
    if any(a == 0 or b == 0 for a, b, _ in pairs):
        return pairs
    return [*pairs, (0, 0, likeness[0, 0])]


def alike(one: Clause, other: Clause) -> float:
    """How alike two clauses are, 0..1: shared character pairs of their titles and of their bodies."""
    titles = _shared(_title(one), _title(other))
    bodies = _shared(one.text[slice(*body_span(one))], other.text[slice(*body_span(other))])
    return 0.5 * titles + 0.5 * bodies


def _title(clause: Clause) -> str:
    return "".join(clause.path[-2:])


def _shared(one: str, other: str) -> float:
    left, right = ({gram for gram in grams(text) if len(gram) == 2} for text in (one, other))
    return 2 * len(left & right) / (len(left) + len(right)) if left and right else 0.0


def _row(left: Candidate | None, right: Candidate | None, likeness: float) -> ComparedRow:
    numbers = _difference(_numbers(left), _numbers(right))
    return ComparedRow(
        _cited(left, set(numbers.only_left)),
        _cited(right, set(numbers.only_right)),
        round(likeness, 4),
        numbers,
        _difference(_departments(left), _departments(right)),
    )


def _cited(candidate: Candidate | None, marked: set[str]) -> Citation | None:
    if candidate is None:
        return None
    text = candidate.clause.text
    spans = [
        (amount.start, amount.end)
        for amount in find_amounts(text)
        if normalize(text[amount.start : amount.end]) in marked
    ]
    return cite(candidate.clause, candidate.info, rank=1, score=candidate.score, highlights=spans)


def _numbers(candidate: Candidate | None) -> tuple[str, ...]:
    if candidate is None:
        return ()
    text = candidate.clause.text
    found = (normalize(text[amount.start : amount.end]) for amount in find_amounts(text))
    return tuple(dict.fromkeys(found))


def _departments(candidate: Candidate | None) -> tuple[str, ...]:
    if candidate is None:
        return ()
    return tuple(dict.fromkeys(department_key(duty.department) for duty in candidate.clause.duties))


def _difference(left: Sequence[str], right: Sequence[str]) -> Difference:
    return Difference(
        tuple(each for each in left if each in right),
        tuple(each for each in left if each not in right),
        tuple(each for each in right if each not in left),
    )
