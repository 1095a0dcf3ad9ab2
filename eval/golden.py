"""Rankings as a text that a reviewer reads: a change in ranking shows as a change in lines.

For each question the first five clauses, the wanted ones marked, and at the end the measures over all of
them. Scores are left out: they move with every rounding, and what matters is the order.
"""

from collections.abc import Callable, Sequence

from eval.evaluate import Outcome, Search, evaluate
from eval.metrics import mean
from eval.questions import EvalQuestion

SHOWN = 5
_EXCERPT = 36


def golden_text(questions: Sequence[EvalQuestion], search: Search, text_of_clause: Callable[[str], str]) -> str:
    """The text for `questions`, in their order. `text_of_clause` gives the words that stand beside a
    clause id.
    """
    outcomes = evaluate(questions, search)
    blocks = [_block(outcome, text_of_clause) for outcome in outcomes]
    measures = [each.measures for each in outcomes if each.measures]
    totals = [
        f"{name} {mean([each[name] for each in measures]) or 0.0:.3f}"
        for name in ("hit@1", "hit@3", "hit@5", "mrr", "recall@5")
    ]
    return "\n".join([*blocks, f"= {len(outcomes)} questions: {', '.join(totals)}\n"])


def choose(questions: Sequence[EvalQuestion], count: int) -> tuple[EvalQuestion, ...]:
    """`count` questions spread evenly over those that have an answer, so that every kind and file is
    there.
    """
    answerable = [question for question in questions if question.answerable]
    step = max(len(answerable) / count, 1.0)
    rows = dict.fromkeys(int(number * step) for number in range(count))
    return tuple(answerable[row] for row in rows if row < len(answerable))


def _block(outcome: Outcome, text_of_clause: Callable[[str], str]) -> str:
    lines = [f"# {outcome.id} [{' '.join(outcome.kinds)}] {outcome.question}"]
    shown = [clause for clause, _ in outcome.ranking[:SHOWN]]
    for rank, clause in enumerate(shown, start=1):
        lines.append(_line(str(rank), clause in outcome.gold, clause, text_of_clause))
    lines += [_line("-", True, clause, text_of_clause) for clause in outcome.gold if clause not in shown]
    return "\n".join(lines) + "\n"


def _line(rank: str, wanted: bool, clause: str, text_of_clause: Callable[[str], str]) -> str:
    excerpt = " ".join(text_of_clause(clause).split())
    return f"{rank} {'*' if wanted else ' '} {clause}  {excerpt[:_EXCERPT]}"
