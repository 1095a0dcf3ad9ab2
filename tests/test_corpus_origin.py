"""Every character of the canonical text leads back to where it stood in the file."""

import html
import re
from functools import cache
from itertools import pairwise

import pytest
from corpus_files import RENDERINGS, TEXTS
from hypothesis import given
from hypothesis import strategies as st

from corpus.align import align, see_markup
from corpus.document import parse_document
from corpus.models import Document
from corpus.origin import original_characters, places_of
from corpus.readers import read_bytes

BLANK = re.compile(r"[\s|]+")
FULL_WIDTH = {0xFF10 + i: 0x30 + i for i in range(10)}


characters = cache(original_characters)  # a PDF is opened once a page, not once a word


def printed(document: Document, data: bytes, start: int, end: int) -> str:
    """What stands in the file at the places of a span, without blanks."""
    places = places_of(document.source_map, start, end)
    pages = {place.page: characters(document.source_name, data, place.page) for place in places}
    words = "".join(pages[place.page][place.start : place.end] for place in places)
    if not document.source_name.endswith(("txt", "pdf")):
        words = html.unescape(re.sub(r"</?[a-z][^>]*>|<!--.*?-->", "", words))
    return BLANK.sub("", words).replace("\\", "").translate(FULL_WIDTH)


@pytest.mark.parametrize("name", list(RENDERINGS))
@pytest.mark.parametrize("text", list(TEXTS))
def test_a_highlight_lands_on_its_characters(text: str, name: str) -> None:
    """In every format the places of a clause, and of a word in it, hold just these characters."""
    data = RENDERINGS[name](TEXTS[text])
    document = parse_document(read_bytes(name, data), text)
    for clause in document.clauses:
        assert printed(document, data, clause.start, clause.end) == BLANK.sub("", clause.text)
        middle = clause.start + len(clause.text) // 2
        word = document.text[middle : middle + 3]
        assert printed(document, data, middle, middle + 3) == BLANK.sub("", word)


def test_words_that_come_twice() -> None:
    """The title of an article is not taken for its name in the page's path, a heading not for a link."""
    page = (
        "<html><head><title>某某通知</title></head><body><div><a href=#>某某通知</a> <a href=#>目标</a></div>"
        "<div><h2>某某通知</h2><p>为了做好这项工作，现将有关事项通知如下，请各地各部门认真贯彻执行。</p>"
        "<p>一、&#30446;标</p><p>到２０２０年，新增就业5&nbsp;万人&amp;培训10万人，使城乡居民的收入水平明显提高。</p></div></body></html>"
    )
    document = parse_document(read_bytes("a.html", page.encode()))
    at = document.text.index("某某通知")
    (place,) = places_of(document.source_map, at, at + 4)
    assert page[place.start - 4 : place.end] == "<h2>某某通知"
    at = document.text.index("目标")
    places = places_of(document.source_map, at, at + 2)
    assert [page[place.start : place.end] for place in places] == [
        "&",
        "标",
    ]  # an entity is known by its first character
    at = document.text.index("就业5 万人&培训")
    begin, end = (
        f(p for place in places_of(document.source_map, at, at + 9) for p in (place.start, place.end))
        for f in (min, max)
    )
    assert page[begin:end] == "就业5&nbsp;万人&amp;培训"


def test_numbers_that_word_counts_stand_nowhere() -> None:
    """What a reader puts in has no place; what stands around it has."""
    page = (
        "<ol><li>公开信息，接受群众监督，及时回应社会关切的问题。"
        "<li>定期检查，发现问题立即整改，并向上级部门报告情况。</ol>"
    )
    document = parse_document(read_bytes("a.html", page.encode()))
    assert document.text.startswith("1.公开")
    assert places_of(document.source_map, 0, 2) == ()
    (place,) = places_of(document.source_map, 0, 4)
    assert page[place.start : place.end] == "公开"


@given(st.lists(st.text("甲乙丙丁，。<>&一、（1. |", max_size=40), max_size=8), st.integers(0, 9))
def test_any_markup(lines: list[str], junk: int) -> None:
    """Whatever the words: a run holds the very characters that were read, and the runs are in order."""
    page = "<html><p>甲乙</p>" * junk + "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    text = "\n".join(" ".join(line.split()) for line in lines)
    runs = align(text, page, see_markup(page))
    assert all(one.start + one.length <= other.start for one, other in pairwise(runs))
    for run in runs:
        for i in range(run.length):
            assert page[run.source_start + i] in (text[run.start + i], "&")
