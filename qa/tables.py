"""The clauses to cite, and the words to mark, for the complete lists of duties and targets."""

from collections.abc import Sequence

from qa.catalogue import Catalogue
from qa.duties import DutyTable
from qa.evidence import Candidate, Evidence
from qa.pieces import body_span, sentences, trim
from qa.seams import Reader
from qa.spans import LONGEST_JOINED, Extract
from qa.targets import TargetRow, richest_first


def duty_evidence(table: DutyTable, library: Reader, catalogue: Catalogue, *, k: int) -> tuple[Evidence, list[Extract]]:
    """The first k clauses of the table, those led before those supported; quoted is what is to be done.

    That is the title that a clause carries in its text, else its first sentence.
    """
    chosen: list[Candidate] = []
    quotes: list[Extract] = []
    for clause_id in list(dict.fromkeys(entry.clause_id for entry in (*table.lead, *table.support)))[:k]:
        clause = library.clause(clause_id)
        chosen.append(Candidate(clause, catalogue.infos[clause.document_id], 1.0))
        start, end = body_span(clause)
        title = trim(clause.text, 0, start)
        first = sentences(clause.text, start, end)
        span = title or (trim(clause.text, *first[0]) if first else None) or (0, len(clause.text))
        quotes.append(Extract(*span))
    return Evidence(chosen=tuple(chosen), reason=table.remark), quotes


def target_evidence(
    rows: Sequence[TargetRow], library: Reader, catalogue: Catalogue, *, k: int
) -> tuple[Evidence, list[Extract]]:
    """The clauses with the most targets first; quoted is the run from the first target to the last, if
    short.
    """
    chosen: list[Candidate] = []
    quotes: list[Extract] = []
    for clause_id in richest_first(rows)[:k]:
        clause = library.clause(clause_id)
        own = [row for row in rows if row.clause_id == clause_id]
        chosen.append(Candidate(clause, catalogue.infos[clause.document_id], 1.0))
        start, end = min(row.start for row in own), max(row.end for row in own)
        if end - start > LONGEST_JOINED:
            start, end = own[0].start, own[0].end
        quotes.append(Extract(start, end))
    return Evidence(chosen=tuple(chosen)), quotes
