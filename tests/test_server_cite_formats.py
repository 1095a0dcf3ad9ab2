"""Citations as people write them down: checked by hand against GB/T 9704 and GB/T 7714."""

from __future__ import annotations

import doctest

import pytest
from fakes_server import GUANGXI, build_document

from qa.citation import cite
from server import cite_formats, schemas
from server.cite_formats import Source, gbt7714, markdown, official
from server.page_models import cites_of, place_of

FULL = Source(
    title="某省促进医药产业发展方案",
    place="二、（一）",
    words="实现收入430亿元。",
    url="http://127.0.0.1:8000/documents/x#2.1",
    issuer="某省人民政府办公厅",
    doc_number="某政办发〔2016〕11号",
    date="2016-08-26",
)


def test_the_examples_of_the_module_hold() -> None:
    """They are the documentation."""
    assert doctest.testmod(cite_formats).failed == 0


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (FULL, "《某省促进医药产业发展方案》（某政办发〔2016〕11号）二、（一）：“实现收入430亿元。”"),
        # brackets that the title brings along are not doubled, what is unknown leaves no trace
        (Source("《某法》", "第三条", " 公民有权。\n", ""), "《某法》第三条：“公民有权。”"),
        (Source("某通知", "", "照办。", ""), "《某通知》：“照办。”"),
    ],
)
def test_the_line_of_an_official_document(source: Source, expected: str) -> None:
    """Title first, then number, then place and words."""
    assert official(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            FULL,
            "某省人民政府办公厅. 某省促进医药产业发展方案: 某政办发〔2016〕11号[Z/OL]. "
            "(2016-08-26): 二、（一）[2026-01-02]. http://127.0.0.1:8000/documents/x#2.1.",
        ),
        (Source("某法", "第三条", "", "http://h/d"), "某法[Z/OL]. 第三条[2026-01-02]. http://h/d."),
        (Source("某法", "", "", "http://h/d", date="2020-01-01"), "某法[Z/OL]. (2020-01-01)[2026-01-02]. http://h/d."),
        (Source("某法", "", "", "http://h/d"), "某法[Z/OL]. [2026-01-02]. http://h/d."),
    ],
)
def test_an_entry_of_a_reference_list(source: Source, expected: str) -> None:
    """Author, title and number, type, date of issue, place, day of reading, address."""
    assert gbt7714(source, "2026-01-02") == expected


def test_markdown_shows_the_words_as_they_are() -> None:
    """Signs that Markdown would take for its own are escaped; each line is quoted."""
    source = Source("某法", "一", "a*b_[c]\n#d <e>", "http://h/d?mark=1%3A0-2#1")
    assert markdown(source) == "> a\\*b\\_\\[c\\]\n> \\#d \\<e\\>\n>\n> ——[《某法》一](http://h/d?mark=1%3A0-2#1)"


@pytest.mark.parametrize(
    ("label", "title", "place"),
    [
        ("《某法》第三条", "某法", "第三条"),
        ("《某法》第三条", "《某法》", "第三条"),
        ("《关于实施《某法》的意见》一、（二）", "关于实施《某法》的意见", "一、（二）"),
        ("《某法》第三条", "又一法", "第三条"),
        ("第三条", "某法", "第三条"),
    ],
)
def test_the_place_is_what_follows_the_title(label: str, title: str, place: str) -> None:
    """Also where a title has brackets of its own."""
    assert place_of(label, title) == place


def test_a_citation_comes_in_every_form() -> None:
    """With absolute addresses: the list of references points at the clause, Markdown at the marked words."""
    document = build_document(GUANGXI)
    clause = document.clauses[0]
    citation = schemas.CitationBody.model_validate(cite(clause, document, rank=1, score=0.5, highlights=[(0, 4)]))
    forms = dict(cites_of(citation, "到2020年末", "/documents/g?mark=1#1-1", "https://t.example/"))
    assert list(forms) == ["official", "gbt7714", "markdown"]
    assert "https://t.example/documents/guangxi-2016#1-1." in forms["gbt7714"]
    assert "(https://t.example/documents/g?mark=1#1-1)" in forms["markdown"]
