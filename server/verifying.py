"""Is a citation still what the library holds? The proof is the hash of the clause's text, and the quote within it."""

from __future__ import annotations

import hashlib

from corpus.errors import NotFound
from server import schemas, views
from server.service import Snapshot


def verdict(claim: schemas.CitationClaim, snapshot: Snapshot) -> schemas.Verdict:
    """`valid`: this very text, and the quote stands in it; `changed`: the clause reads otherwise now (or never held
    the quote); `unknown`: the library holds no such clause.
    """
    try:
        clause = snapshot.library.clause(claim.clause_id)
    except NotFound:
        return schemas.Verdict(clause_id=claim.clause_id, status="unknown")
    same = hashlib.sha256(clause.text.encode()).hexdigest() == claim.sha256.lower()
    stands = claim.quote is None or claim.quote in clause.text
    return schemas.Verdict(
        clause_id=claim.clause_id,
        status="valid" if same and stands else "changed",
        label=clause.label,
        url=views.clause_url(clause),
    )
