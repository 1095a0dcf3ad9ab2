"""What is the answer, and how sure are we: questions, evidence, answers, citations."""

from qa.answer import Answer, answer_question, search_clauses
from qa.citation import Citation
from qa.compare import Comparison, compare
from qa.question import Question
from qa.verify import Claim, Verdict, verify_citations

__all__ = [
    "Answer",
    "Citation",
    "Claim",
    "Comparison",
    "Question",
    "Verdict",
    "answer_question",
    "compare",
    "search_clauses",
    "verify_citations",
]
