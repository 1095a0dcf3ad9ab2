"""Which pieces of a clause answer a question: a probability for each, and the shortest run that is sure enough.

A clause is cut at its commas; its title and each side of its list of departments are pieces too.  A piece is
seen through what it shares with the question, how near its meaning is compared with the other pieces, and
whether it has the form asked for.  The weights in `data/focus.json` are fitted by `eval.fit_focus`; meanings enter
only relative to the other pieces of the clause, so that another encoder needs no other weights.
"""

import json
import math
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.marks import find_mark
from corpus.models import Clause
from index.tokens import normalize
from qa.amounts import Amount, find_amounts, fit, states_limit
from qa.overlap import Scores, SentenceScores, overlaps
from qa.pieces import Span, body_span, duty_tail, segments, sentences, trim
from qa.question import Question
from qa.regions import find_regions
from qa.roles import asked_roles, is_lead

WEIGHTS = Path(__file__).parent / "data" / "focus.json"
COST = 0.0017  # of a character quoted, against the probability that the answer is among them
FREE = 15  # characters that cost nothing: what is shorter is not read faster
DEPARTMENTS = -2  # the owner of pieces of the list of departments
LONGEST = 200  # characters of a run of several pieces

RULES = re.compile("可以|可|不得|不予|应当|允许|必须|须|禁止|严禁|支持|鼓励|予以|给予|同等|推动|实行")
REFUSES = re.compile("不得|不予|禁止|严禁|不再|无需|免")
ACTS = re.compile(
    "^(?:推[进动行广]|完善|加[强快大]|建[立设]|支持|鼓励|引导|落实|健全|开展|实施|优化|提[高升供]|培[育养]|发展|给予|设立|制定|强化|促进|"
    "允许|对|按|由|可|应|不得|严[格禁]|禁止)"
)
PLACES = re.compile("在.{1,12}(?:设|建|打造|开展|公[示布开]|挂牌)|以.{1,10}为(?:中心|载体|依托)|网站|位于|设在|平台")
LISTS = re.compile("包括|分为|等|：|:")
BODIES = re.compile("由.{2,20}(?:负责|承担|牵头|组织|办理|实施|审批|支付|先行|出具|统一)|部门|单位|机构|委员会|责任")
MONEY = re.compile("补助|补贴|奖励|资助|奖补|贴息|减免|免[费征除]|[元万亿]")
ASKS_MONEY = re.compile("钱|补|奖|贴|给|掏|花销|费|报销|好处|优惠")
ASKS = re.compile("多少|几|哪|谁|什么|啥|怎|如何|多久|多长|多大|吗")
PARTS = re.compile("[，,；;。?？!！]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A span of a clause's text. owner: the row of its sentence, -1 for the title, DEPARTMENTS for those.

    side: "title", "body", or the side of a list of departments, "lead" and "support".
    """

    start: int
    end: int
    owner: int
    side: str


@dataclass(frozen=True, slots=True)
class Meanings:
    """How near the pieces are to the question, each standardized over the clause: alone, with the piece
    before, their sentences, and to the part of the question that asks.
    """

    alone: Scores
    joined: Scores
    sentence: Scores
    asking: Scores


def pieces_of(clause: Clause) -> list[Piece]:
    """The pieces of a clause in order: title, comma segments of its sentences, sides of its list of departments."""
    text = clause.text
    start, end = body_span(clause)
    mark = find_mark(text)
    title = trim(text, mark.end if mark else 0, start) if start else None
    found = [Piece(*title, -1, "title")] if title else []
    for row, (begin, stop) in enumerate(sentences(text, start, end)):
        found += [Piece(*span, row, "body") for span in segments(text, begin, stop)]
    tail = duty_tail(clause)
    if tail and tail[0] >= end - 1:
        found += _sides(clause, tail)
    return found or [Piece(0, len(text), 0, "body")]


def _sides(clause: Clause, tail: Span) -> list[Piece]:
    """One piece for each run of departments of one role."""
    runs: list[tuple[str, int, int]] = []
    for duty in clause.duties:
        if tail[0] <= duty.start < tail[1]:
            if runs and runs[-1][0] == duty.role:
                runs[-1] = (duty.role, runs[-1][1], duty.end)
            else:
                runs.append((duty.role, duty.start, duty.end))
    return [Piece(start, end, DEPARTMENTS, "lead" if is_lead(role) else "support") for role, start, end in runs]


def focus(
    question: Question,
    clause: Clause,
    *,
    sentence_scores: SentenceScores,
    added: Sequence[str] = (),
    picked: Sequence[int] = (),
) -> Span:
    """The span that answers with the best balance of certainty and length. picked: where the amounts asked
    for stand, if that is known.
    """
    pieces = pieces_of(clause)
    rows = features(question, clause, pieces, sentence_scores=sentence_scores, added=added, picked=picked)
    start, end = best_run(pieces, probabilities(rows, weights()))
    tail = duty_tail(clause)
    if tail and start < tail[0] < end:
        end = tail[1]  # a bracket that a quote opens it closes
    return start, end


@cache
def weights() -> Mapping[str, float]:
    """The fitted weights, by the name of the feature."""
    found: dict[str, float] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return found


def probabilities(rows: Sequence[Mapping[str, float]], weighed: Mapping[str, float]) -> Scores:
    """For each piece the probability that the answer is in it; they add up to 1."""
    sums = [math.fsum(weighed.get(name, 0.0) * value for name, value in row.items()) for row in rows]
    highest = max(sums)
    shares = [math.exp(value - highest) for value in sums]
    total = math.fsum(shares)
    return [share / total for share in shares]


def best_run(pieces: Sequence[Piece], chances: Scores, cost: float = COST, longest: int = LONGEST) -> Span:
    """The run of pieces with the highest chance less what its length costs; the first of equal ones."""
    best: tuple[float, Span] | None = None
    for first, start in enumerate(pieces):
        chance = 0.0
        for last in range(first, len(pieces)):
            chance += chances[last]
            length = pieces[last].end - start.start
            if last > first and length > longest:
                break
            value = chance - cost * max(length, FREE)
            if best is None or value > best[0] + 1e-9:
                best = (value, (start.start, pieces[last].end))
    return best[1] if best else (0, 0)


def features(
    question: Question,
    clause: Clause,
    pieces: Sequence[Piece],
    *,
    sentence_scores: SentenceScores,
    added: Sequence[str] = (),
    picked: Sequence[int] = (),
) -> list[dict[str, float]]:
    """What is seen of each piece; a name that is absent is 0."""
    words = [clause.text[piece.start : piece.end] for piece in pieces]
    asked = question.content or question.normalized
    asking = asking_part(question.normalized)
    longer = _sentences(pieces, clause.text)
    shared, shared_asking = overlaps(asked, words, added), overlaps(asking, words, added)
    of_sentence = dict(zip(longer, overlaps(asked, list(longer.values()), added), strict=True))
    meant = _meanings(asked, asking, pieces, words, longer, sentence_scores)
    given = conditions(question)
    rows: list[dict[str, float]] = []
    for at, piece in enumerate(pieces):
        before = at > 0 and pieces[at - 1].owner == piece.owner
        after = at + 1 < len(pieces) and pieces[at + 1].owner == piece.owner
        row = {
            "shared": shared[at],
            "shared asking": shared_asking[at],
            "shared sentence": of_sentence[piece.owner],
            "shared before": shared[at - 1] if before else 0.0,
            "shared after": shared[at + 1] if after else 0.0,
            "meaning": meant.alone[at],
            "meaning joined": meant.joined[at],
            "meaning sentence": meant.sentence[at],
            "meaning asking": meant.asking[at],
            "meaning before": meant.alone[at - 1] if before else 0.0,
            "meaning after": meant.alone[at + 1] if after else 0.0,
            "nearest": float(meant.alone[at] == max(meant.alone)),
            "length": math.log(len(words[at])),
            "title": float(piece.side == "title"),
            "opening": float(piece.owner == 0),
            "first": float(not before),
            "last": float(not after),
            "case": float(_is_case(words[at])),
            "after case": float(before and _is_case(words[at - 1])),
            "repeats": float(_holds(words[at], given)),
            "after repeated": float(before and _holds(words[at - 1], given)),
        }
        row["picked"] = float(any(piece.start <= place < piece.end for place in picked))
        rows.append(row | _form(question, asking, clause.text, piece) | _side(question, piece))
    return rows


def asking_part(text: str) -> str:
    """The part of a question that asks: the last one with a word that asks, else the last one."""
    parts = [part for part in PARTS.split(text) if part.strip()] or [text]
    return (asking_parts(text) or parts)[-1]


def asking_parts(text: str) -> list[str]:
    """The parts of a question that have a word that asks.

    >>> asking_parts("我租了车,补多少,怎么办理")
    ['补多少', '怎么办理']
    """
    return [part for part in PARTS.split(text) if ASKS.search(part)]


def _sentences(pieces: Sequence[Piece], text: str) -> dict[int, str]:
    """The words of the sentence of each owner."""
    ends: dict[int, Span] = {}
    for piece in pieces:
        ends[piece.owner] = (ends.get(piece.owner, (piece.start, 0))[0], piece.end)
    return {owner: text[start:end] for owner, (start, end) in ends.items()}


def _meanings(
    asked: str,
    asking: str,
    pieces: Sequence[Piece],
    words: list[str],
    longer: Mapping[int, str],
    sentence_scores: SentenceScores,
) -> Meanings:
    count = len(words)
    joined = [
        words[at - 1] + "，" + words[at] if at and pieces[at - 1].owner == piece.owner else words[at]
        for at, piece in enumerate(pieces)
    ]
    scores = list(sentence_scores(asked, [*words, *joined, *longer.values()]))
    of_owner = dict(zip(longer, scores[2 * count :], strict=True))
    alone = standard(scores[:count])
    return Meanings(
        alone,
        standard(scores[count : 2 * count]),
        standard([of_owner[piece.owner] for piece in pieces]),
        alone if asking == asked else standard(list(sentence_scores(asking, words))),
    )


def standard(scores: Sequence[float]) -> Scores:
    """Scores less their mean, in standard deviations; all zero where they do not differ.

    >>> standard([1.0, 3.0])
    [-1.0, 1.0]
    """
    spread = statistics.pstdev(scores) if len(scores) > 1 else 0.0
    middle = statistics.fmean(scores)
    return [(score - middle) / spread if spread > 1e-9 else 0.0 for score in scores]


def conditions(question: Question) -> list[str]:
    """The amounts that a question states itself, with the word that bounds them: 三年以上, 超10亿元."""
    text = question.normalized
    found: list[str] = []
    for amount in find_amounts(text):
        given = text[amount.start : amount.end]
        before = re.search("(?:超过?|不满|满|高于|低于|不足)$", text[: amount.start])
        after = re.match("以[上下内外]", text[amount.end :])
        if not any(year in given for year in question.years):
            found.append((before.group() if before else "") + given + (after.group() if after else ""))
    return found


def _holds(words: str, given: Sequence[str]) -> bool:
    return any(each in normalize(words) for each in given)


def _is_case(words: str) -> bool:
    """True for a piece that only says in which case: 合同期限一年以上的, 对按期还款的企业."""
    return words.endswith("的") or (words.startswith("对") and not MONEY.search(words))


def _side(question: Question, piece: Piece) -> dict[str, float]:
    """The list of departments, for a question that asks who and for others."""
    if piece.side not in ("lead", "support"):
        return {}
    found = {"departments": 1.0}
    if question.kind == "who":
        wanted = asked_roles(question.normalized)
        found["departments asked"] = 1.0
        found["departments of the role"] = float(wanted in ("all", piece.side))
        found["support not asked"] = float(wanted != "support" and piece.side == "support")
    return found


def _form(question: Question, asking: str, text: str, piece: Piece) -> dict[str, float]:
    """Whether a piece has the form that the kind of question asks for."""
    words = text[piece.start : piece.end]
    kind = question.kind
    found: dict[str, float] = {}
    amounts = find_amounts(text, piece.start, piece.end)
    if kind in ("how_much", "when"):
        fits = max((suits(asking, question, amount, text) for amount in amounts), default=-1.2)
        found["amount fits"] = float(fits >= 0.9)
        found["amount may fit"] = float(-0.7 < fits < 0.9)
        found["no amount"] = float(not amounts)
        found["limit"] = float(states_limit(question.normalized, words))
        found["date"] = float(kind == "when" and any(amount.kind in ("date", "time") for amount in amounts))
    else:
        found["amount"] = float(bool(amounts))
        found["money"] = float(bool(ASKS_MONEY.search(question.normalized) and MONEY.search(words)))
    if kind in ("whether", "other"):
        found["rule"] = float(bool(RULES.search(words)))
        found["refuses"] = float(bool(REFUSES.search(words)))
    if kind in ("whether", "other", "measures", "which"):
        found["acts"] = float(bool(ACTS.search(words)))
    if kind == "which":
        found["list"] = float(words.count("、") >= 2)
        found["list opens"] = float(bool(LISTS.search(words)))
    if kind == "where":
        found["place"] = float(bool(PLACES.search(words) or find_regions(words)))
    if kind == "who" and piece.side == "body":
        found["body"] = float(bool(BODIES.search(words)))
    return found


def suits(part: str, question: Question, amount: Amount, text: str) -> float:
    """How well an amount fits what a part of a question asks for: 1 the very unit, -1 another kind or one that the
    question states itself.
    """
    if question.kind == "when":
        return {"date": 1.0, "time": 0.3}.get(amount.kind, -1.0)
    printed = normalize(text[amount.start : amount.end])
    if printed in question.normalized or (amount.kind == "date" and any(year in printed for year in question.years)):
        return -1.0  # a condition that the question repeats: 三年以上的合同试用期多久
    return fit(part, amount)
