"""A saved citation is proved valid, changed with what changed, or unknown."""

import dataclasses

from qa_fakes import FakeLibrary, clause, document

from qa.verify import Change, Claim, differences, verify_citations

HELD = clause("a/1", "收入500亿元，增长20%。")
LIBRARY = FakeLibrary([document("a", "方案", None, [HELD])])
OLD = clause("a/1", "收入430亿元，增长20%。")


def test_valid() -> None:
    """Same text, and the quote stands in it."""
    verdicts = verify_citations([Claim("a/1", HELD.sha256), Claim("a/1", HELD.sha256, quote="500亿元")], LIBRARY)
    assert [each.status for each in verdicts] == ["valid", "valid"]
    assert verdicts[1].quote_stands is True
    assert verdicts[0].url == "/documents/a#1"


def test_changed_with_the_difference() -> None:
    """The kept text or quote shows what changed."""
    whole, quote = verify_citations(
        [Claim("a/1", OLD.sha256, text=OLD.text), Claim("a/1", OLD.sha256, quote="收入430亿元")], LIBRARY
    )
    assert whole.status == quote.status == "changed"
    assert whole.changes == (Change("43", "50"),)
    assert quote.changes == (Change("43", "50"),)
    assert quote.quote_stands is False


def test_a_quote_that_was_never_there() -> None:
    """Right hash, wrong quote: not valid, with what the clause says instead."""
    verdict = verify_citations([Claim("a/1", HELD.sha256, quote="收入430亿元")], LIBRARY)[0]
    assert verdict.status == "changed"
    assert verdict.changes == (Change("43", "50"),)


def test_unknown() -> None:
    """A clause that the library does not hold."""
    assert verify_citations([Claim("b/9", "0" * 64)], LIBRARY)[0].status == "unknown"


def test_a_citation_is_a_claim() -> None:
    """Anything with an id and a hash can be checked, whatever the case of the hash."""
    claim = dataclasses.replace(Claim("a/1", HELD.sha256), sha256=HELD.sha256.upper())
    assert verify_citations([claim], LIBRARY)[0].status == "valid"


def test_differences_are_the_least() -> None:
    """Added and removed words have an empty side."""
    assert differences("甲乙丙", "甲丙丁") == [Change("乙", ""), Change("", "丁")]
