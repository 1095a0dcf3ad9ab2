"""The words of a clause that answer a question: the shortest span that is sure to hold the answer.

By kind of question: an amount with the words that say of what, the departments of the clause's duties,
else the run of comma segments that fits best.  Every span is a slice of the clause's text; nothing is
ever rephrased.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.marks import find_mark
from corpus.models import Clause, Duty
from index.tokens import normalize
from qa.amounts import Amount, find_amounts, fit, states_limit
from qa.locators import Locator
from qa.overlap import Scores, SentenceScores, coverage, grams, overlaps, standardized
from qa.pieces import Span, body_span, duty_tail, segments, sentences, trim
from qa.question import Question
from qa.references import mention
from qa.regions import find_regions
from qa.roles import asked_roles, is_lead

LITERAL = 0.6  # the weight of shared words; the rest is that of meaning
LONGEST_PHRASE = 60  # characters of a phrase with an amount
LONGEST_JOINED = 150  # a question that asks two things gets one span over both, up to this length
LONGEST_OPENING = 120  # where only a place is asked for
UNRELATED = 0.28  # `sentence_scores` below this, and no word shared: an amount of something else
SENTENCE = 0.7  # the weight of a segment's sentence beside its own
UNSURE = 0.7  # a sentence with less of the question's words is quoted with its neighbour
LONGEST_PAIR = 150
CONDITION = 0.5
REPEATED = 0.5
LIMIT = 0.25
SHORTEST_WINDOW = {"whether": 30, "measures": 40, "which": 30}
LONGEST_WINDOW = {"whether": 80, "measures": 110, "which": 100}
FORM = 0.4  # for a piece that has the form asked for: a list for 哪些, a place for 哪里
RULES = re.compile("可以|可|不得|不予|应当|允许|必须|须|禁止|严禁|支持|鼓励|予以|给予|同等|推动|实行")
PLACES = re.compile("在.{1,12}(?:设|建|打造|开展|公[示布开]|挂牌)|以.{1,10}为(?:中心|载体|依托)|网站|位于|设在|平台")
GENERAL = re.compile("目标|指标|任务|工作|总体|要求|主要|措施|保障|组织实施")  # headings that name no subject
ITEM_STYLES = ("（一）", "（1）", "1.", "①")
ASKS = re.compile("多少|几|哪|谁|什么|啥|怎|如何|多久|多长|多大|吗")
PARTS = re.compile("[，,；;。?？]")


@dataclass(frozen=True, slots=True)
class Extract:
    """A span of a clause's text, and whether it has the form that the question asks for (a number for
    多少).
    """

    start: int
    end: int
    fits: bool = True


@dataclass(frozen=True, slots=True)
class Pieces:
    """A clause cut up and scored against one question: comma segments and the sentence each belongs to."""

    segments: Sequence[Span]
    sentence_of: Sequence[int]
    sentences: Sequence[Span]
    scores: Scores  # of segments, 0..1
    sentence_scores: Scores
    meanings: Scores  # of sentences, as the index gives them
    words: Scores  # of sentences: the share of the question's words that they hold


def extract(
    question: Question, clause: Clause, *, sentence_scores: SentenceScores, added: Sequence[str] = ()
) -> Extract:
    """The span of `clause` that answers `question`. added: official words for the everyday ones of the
    question.
    """
    if question.locators and (span := placed_span(question, clause)):
        return Extract(*span)
    if question.kind == "who" and (span := departments_span(question.normalized, clause)):
        return Extract(*span)
    if question.kind in ("how_much", "when"):
        return _amounts(question, clause, sentence_scores, added)
    pieces = cut(question.content or question.normalized, clause, sentence_scores, added)
    return Extract(*_window(pieces, clause.text, question.kind))


def placed_span(question: Question, clause: Clause) -> Span | None:
    """For a place: the mention of its document number, or the opening where nothing else is asked."""
    if number := question.locators[0].document_number:
        return mention(clause.text, number)
    if span := paragraph_span(question.locators[0], clause):
        return span
    if len(question.content) > 3:
        return None
    start, end = body_span(clause)
    opening = [span for span in sentences(clause.text, start, end) if span[1] - start <= LONGEST_OPENING]
    stop = opening[-1][1] if opening else min(end, start + LONGEST_OPENING)
    return trim(clause.text, start, stop)


def paragraph_span(locator: Locator, clause: Clause) -> Span | None:
    """The 款 and 项 that a locator names: a line of the clause's text, counted without the lines of items."""
    if not locator.paragraph and not locator.item:
        return None
    lines = [match.span() for match in re.finditer("[^\n]+", clause.text)]
    marks = [find_mark(clause.text[start:end]) for start, end in lines]
    items = [mark is not None and mark.style in ITEM_STYLES for mark in marks]
    heads = [row for row, is_item in enumerate(items) if not is_item]
    at = (locator.paragraph or 1) - 1
    if at >= len(heads):
        return None
    first, stop = heads[at], (heads[at + 1] if at + 1 < len(heads) else len(lines))
    if not locator.item:
        return lines[first][0], lines[stop - 1][1]
    rows = range(first, stop) if locator.paragraph else range(len(lines))
    for row in rows:
        mark = marks[row]
        if items[row] and mark and mark.value == locator.item:
            return lines[row]
    return None


def departments_span(question: str, clause: Clause) -> Span | None:
    """The departments in the clause's duties that the question asks for, from the first to the last of
    them.
    """
    if not clause.duties:
        return None
    tail = duty_tail(clause)
    stated = [duty for duty in clause.duties if not tail or tail[0] <= duty.start < tail[1]] or list(clause.duties)
    wanted = asked_roles(question)
    chosen: list[Duty] = []
    if wanted == "lead":
        chosen = [duty for duty in stated if is_lead(duty.role)]
    elif wanted == "support":
        chosen = [duty for duty in stated if not is_lead(duty.role)]
    chosen = chosen or stated
    return min(duty.start for duty in chosen), max(duty.end for duty in chosen)


def cut(asked: str, clause: Clause, sentence_scores: SentenceScores, added: Sequence[str]) -> Pieces:
    """The pieces of a clause with their scores for the words asked."""
    text = clause.text
    whole = sentences(text, *body_span(clause))
    parts: list[Span] = []
    owner: list[int] = []
    for row, (start, end) in enumerate(whole):
        for part in segments(text, start, end):
            parts.append(part)
            owner.append(row)
    if not parts:
        return Pieces([(0, len(text))], [0], [(0, len(text))], [0.0], [0.0], [0.0], [0.0])
    words = [text[start:end] for start, end in parts]
    longer = [text[start:end] for start, end in whole]
    literal, literal_long = overlaps(asked, words, added), overlaps(asked, longer, added)
    both = list(sentence_scores(asked, [*words, *longer]))
    meant, meant_long = standardized(both[: len(words)]), standardized(both[len(words) :])
    return Pieces(
        parts,
        owner,
        whole,
        [LITERAL * a + (1 - LITERAL) * b for a, b in zip(literal, meant, strict=True)],
        [LITERAL * a + (1 - LITERAL) * b for a, b in zip(literal_long, meant_long, strict=True)],
        both[len(words) :],
        [coverage(asked, piece) for piece in longer],
    )


def _amounts(question: Question, clause: Clause, sentence_scores: SentenceScores, added: Sequence[str]) -> Extract:
    """The phrase with the amount asked for; where the question asks for two, one span over both."""
    asking = [part for part in PARTS.split(question.normalized) if ASKS.search(part)]
    found = [
        phrase
        for part in (asking if len(asking) > 1 else [question.normalized])
        if (phrase := _amount_phrase(part, question, clause, sentence_scores, added))
    ]
    if not found:
        pieces = cut(question.content or question.normalized, clause, sentence_scores, added)
        return Extract(*_window(pieces, clause.text, question.kind), fits=False)
    start, end = min(span[0] for span in found), max(span[1] for span in found)
    return Extract(start, end) if end - start <= LONGEST_JOINED else Extract(*found[0])


def _amount_phrase(
    part: str, question: Question, clause: Clause, sentence_scores: SentenceScores, added: Sequence[str]
) -> Span | None:
    text = clause.text
    pieces = cut(part, clause, sentence_scores, added)
    conditions = _conditions(question)
    best: tuple[float, int, Amount] | None = None
    for row, (start, end) in enumerate(pieces.segments):
        around = pieces.sentence_scores[pieces.sentence_of[row]]
        for amount in find_amounts(text, start, end):
            suits = _suits(part, question, amount, text)
            score = pieces.scores[row] + 0.5 * around + 0.5 * _before(pieces, row) + 0.8 * suits
            if any(given in normalize(text[start:end]) for given in conditions):
                score += REPEATED
            elif _joined(pieces, row):
                before = text[slice(*pieces.segments[row - 1])]
                score += 0.6 * REPEATED * any(given in normalize(before) for given in conditions)
            score += LIMIT * states_limit(part, text[start:end])
            if text[end - 1] == "的" and row + 1 < len(pieces.segments):
                score -= CONDITION  # laws put the condition first: 合同期限一年以上不满三年的，试用期…
            if suits > -0.7 and (best is None or score > best[0] + 1e-9):
                best = (score, row, amount)
    if best is None:
        return None
    # A date at the head of a clause holds for all of it; an amount holds for its sentence.
    if question.kind == "how_much" and not _on_subject(part, clause, pieces, best[1]):
        return None
    return _phrase(text, pieces, best[1], best[2])


def _on_subject(part: str, clause: Clause, pieces: Pieces, row: int) -> bool:
    """False where the sentence of an amount shares no pair of characters with the question, nor any
    meaning.
    """
    owner = pieces.sentence_of[row]
    held = grams(clause.text[slice(*pieces.sentences[owner])]) | grams(GENERAL.sub("", "".join(clause.path)))
    shared = {gram for gram in grams(part) if len(gram) == 2} & held
    return bool(shared) or pieces.meanings[owner] >= UNRELATED


def _conditions(question: Question) -> list[str]:
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


def _joined(pieces: Pieces, row: int) -> bool:
    """True where the segment before belongs to the same sentence."""
    return row > 0 and pieces.sentence_of[row - 1] == pieces.sentence_of[row]


def _suits(part: str, question: Question, amount: Amount, text: str) -> float:
    if question.kind == "when":
        return {"date": 1.0, "time": 0.3}.get(amount.kind, -1.0)
    printed = normalize(text[amount.start : amount.end])
    if printed in question.normalized or (amount.kind == "date" and any(year in printed for year in question.years)):
        return -1.0  # a condition that the question repeats: 三年以上的合同试用期多久
    return fit(part, amount)


def _before(pieces: Pieces, row: int) -> float:
    """The subject of a segment often stands in the one before it, or two before, of the same sentence."""
    same = [at for at in (row - 1, row - 2) if at >= 0 and pieces.sentence_of[at] == pieces.sentence_of[row]]
    return max((pieces.scores[at] * (0.8 if at == row - 1 else 0.5) for at in same), default=0.0)


def _phrase(text: str, pieces: Pieces, row: int, amount: Amount) -> Span:
    """The segment around an amount, with the one before where the segment is only a number; a long one is
    cut.
    """
    start, end = pieces.segments[row]
    if row and pieces.sentence_of[row - 1] == pieces.sentence_of[row] and end - start <= 10:
        before = pieces.segments[row - 1]
        if end - before[0] <= LONGEST_PHRASE:
            start = before[0]
    if end - start > LONGEST_PHRASE:
        left = max(start, amount.end - LONGEST_PHRASE + 10)
        cuts = [found + 1 for sign in "、和及" if (found := text.find(sign, left, amount.start)) >= 0]
        start = min(cuts) if cuts and left > start else left
        listed = text.find("、", amount.end, end)
        end = listed if listed >= 0 and end - start > LONGEST_PHRASE else end
    return trim(text, start, end) or (start, end)


def _two_sentences(pieces: Pieces, text: str, row: int) -> Span:
    """A sentence that shares few words with the question, with the better one of its neighbours if both are short."""
    start, end = pieces.sentences[row]
    near = [at for at in (row - 1, row + 1) if 0 <= at < len(pieces.sentences)]
    for at in sorted(near, key=lambda at: -pieces.sentence_scores[at]):
        left, right = pieces.sentences[min(row, at)][0], pieces.sentences[max(row, at)][1]
        if right - left <= LONGEST_PAIR:
            start, end = left, right
            break
    return trim(text, start, end) or (start, end)


def has_form(kind: str, piece: str) -> bool:
    """True where a piece of a clause looks like an answer of this kind.

    >>> has_form("which", "围绕连翘、苦参、黄芩等品种"), has_form("where", "以太原为中心")
    (True, True)
    """
    match kind:
        case "which":
            return piece.count("、") >= 2
        case "where":
            return bool(PLACES.search(piece) or find_regions(piece))
        case "whether":
            return bool(RULES.search(piece))
    return False


def _window(pieces: Pieces, text: str, kind: str) -> Span:
    """The run of segments of one sentence that scores best, grown until it is long enough to be
    understood.
    """
    longest = LONGEST_WINDOW.get(kind, 80)
    shortest = SHORTEST_WINDOW.get(kind, 24)
    value = [
        score * (1 + FORM * has_form(kind, text[start:end])) + SENTENCE * pieces.sentence_scores[owner]
        for score, owner, (start, end) in zip(pieces.scores, pieces.sentence_of, pieces.segments, strict=True)
    ]
    best = max(range(len(value)), key=lambda row: (value[row], -row))
    first = last = best
    start, end = pieces.sentences[pieces.sentence_of[best]]
    if pieces.words[pieces.sentence_of[best]] < UNSURE:
        return _two_sentences(pieces, text, pieces.sentence_of[best])
    if end - start <= longest:
        return trim(text, start, end) or (start, end)
    while True:
        sides = []
        for row, new in ((first - 1, (first - 1, last)), (last + 1, (first, last + 1))):
            inside = 0 <= row < len(value) and pieces.sentence_of[row] == pieces.sentence_of[best]
            if inside and pieces.segments[new[1]][1] - pieces.segments[new[0]][0] <= longest:
                sides.append((value[row], -row, new))
        length = pieces.segments[last][1] - pieces.segments[first][0]
        if not sides or (length >= shortest and max(sides)[0] < 0.6 * value[best]):
            break
        first, last = max(sides)[2]
    return pieces.segments[first][0], pieces.segments[last][1]
