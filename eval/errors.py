"""Why a question went wrong, in words a person can act on.

The reason names what a reader of the report would otherwise work out by hand: nothing to be found, another
region first, just below the first, or far away because question and clause share no words.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.evaluate import Outcome
from eval.folding import fold

ClauseOf = Callable[[str], tuple[str, str] | None]
"""From a clause id to its label and text; None for an id that is not known."""

ANSWERED_NOTHING = "answered what has no answer"
REFUSED = "refused what has an answer"
OTHER_REGION = "another region first"
NEAR = "right clause at rank 2 to 5"
FAR = "right clause further down"
MISSING = "right clause not found"
CATEGORIES = (ANSWERED_NOTHING, REFUSED, OTHER_REGION, NEAR, FAR, MISSING)


@dataclass(frozen=True, slots=True)
class Failure:
    """A question that went wrong: which way, why, and the clauses that were wanted and that came, as (id,
    label, text).
    """

    outcome: Outcome
    category: str
    why: str
    wanted: tuple[tuple[str, str, str], ...]
    came: tuple[tuple[str, str, str], ...]


def failures(outcomes: Sequence[Outcome], clause_of: ClauseOf) -> list[Failure]:
    """The questions whose first clause, or whose refusal, is not what was asked, by category and then in
    order.

    Measured by search alone nothing refuses, so an unanswerable question is never a failure there.
    """
    found = []
    for outcome in outcomes:
        category = _category(outcome)
        if category is not None:
            wanted = tuple(_clause(each, clause_of) for each in outcome.gold)
            came = tuple(_clause(each, clause_of) for each in _offered(outcome)[:3])
            found.append(Failure(outcome, category, _why(outcome, category, wanted, came), wanted, came))
    return sorted(found, key=lambda failure: CATEGORIES.index(failure.category))


def _offered(outcome: Outcome) -> tuple[str, ...]:
    ranked = tuple(clause for clause, _ in outcome.ranking)
    return (outcome.asked.offered or ranked) if outcome.asked else ranked


def _category(outcome: Outcome) -> str | None:
    asked = outcome.asked
    if not outcome.answerable:
        return ANSWERED_NOTHING if asked and asked.answered else None
    if asked and not asked.answered:
        return REFUSED
    if outcome.right:
        return None
    if outcome.confused:
        return OTHER_REGION
    if outcome.rank is None:
        return MISSING
    return NEAR if outcome.rank <= 5 else FAR


def _why(
    outcome: Outcome,
    category: str,
    wanted: Sequence[tuple[str, str, str]],
    came: Sequence[tuple[str, str, str]],
) -> str:
    place = "nowhere" if outcome.rank is None else f"at rank {outcome.rank}"
    if category in (ANSWERED_NOTHING, REFUSED):
        where = f"; search has the right clause {place}" if category == REFUSED else ""
        return f"confidence {outcome.confidence:.2f}{where}"
    reasons = [f"search has the right clause {place}"]
    scores = dict(outcome.ranking)
    below = [scores[clause] for clause in outcome.gold if clause in scores]
    if below and outcome.ranking and outcome.rank != 1:
        reasons.append(f"{outcome.ranking[0][1] - max(below):.2f} below the first")
    if outcome.need == "all":
        within = sum(clause in scores for clause in outcome.gold)
        reasons.append(f"{within} of {len(outcome.gold)} wanted clauses within the first ten")
    if wanted and came and wanted[0][2] and came[0][2]:
        gold = max(_shared(outcome.question, text) for _, _, text in wanted)
        first = _shared(outcome.question, came[0][2])
        pairs = "pair" if gold == 1 else "pairs"
        reasons.append(f"shares {gold} {pairs} of characters with the right clause, {first} with the one that came")
    return "; ".join(reasons)


def _shared(question: str, text: str) -> int:
    """How many neighbouring pairs of characters of the question occur in the text: the words they share,
    roughly.
    """
    asked, said = fold(question), fold(text)
    return sum(asked[row : row + 2] in said for row in range(len(asked) - 1))


def _clause(clause_id: str, clause_of: ClauseOf) -> tuple[str, str, str]:
    label, text = clause_of(clause_id) or ("", "")
    return clause_id, label, text
