"""Numerals, canonical text and numbers at line starts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.cleaning import clean, source_offset
from corpus.marks import find_mark
from corpus.numerals import parse_number, to_chinese
from corpus.reading import Run

ANY_TEXT = st.text(
    st.one_of(st.characters(), st.sampled_from("第一条章节（）()1.．、。 \u3000\n\r\t\u200b\ue000\ufeff２０Ａ①㈠"))
)


def test_every_chinese_number_comes_back() -> None:
    """What `to_chinese` writes, `parse_number` reads: every value below ten thousand."""
    for value in range(10_000):
        assert parse_number(to_chinese(value)) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "零"),
        (10, "十"),
        (19, "十九"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1003, "一千零三"),
        (20_050, "二万零五十"),
    ],
)
def test_chinese_numbers_as_laws_print_them(value: int, text: str) -> None:
    """Ten has no leading 一, a gap has one 零."""
    assert to_chinese(value) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三十九", 39),
        ("二〇一六", 2016),
        ("１２", 12),
        ("一百零五", 105),
        ("廿三", 23),
        ("两千", 2000),
        ("一万二千", 12000),
        ("⑫", 12),
        ("㈡", 2),
        ("⒈", 1),
        ("三百九", 309),
        ("十百", None),
        ("条", None),
        ("", None),
    ],
)
def test_printed_numbers(text: str, value: int | None) -> None:
    """All the ways in which a heading prints its number."""
    assert parse_number(text) == value


@given(st.integers(0, 99_999_999))
def test_large_numbers_come_back(value: int) -> None:
    """Also above ten thousand."""
    assert parse_number(to_chinese(value)) == value


@given(ANY_TEXT)
def test_cleaning_is_idempotent_and_maps_back(text: str) -> None:
    """A canonical text is its own canonical text, and every character of it stands in the source."""
    canonical, spans = clean(text)
    assert clean(canonical)[0] == canonical
    for at, char in enumerate(canonical):
        if char not in " \n":
            source = text[source_offset(spans, at)[0]]
            assert source == char or (0xFF10 <= ord(source) <= 0xFF5A and ord(source) - 0xFEE0 == ord(char))


def test_cleaning_removes_what_nobody_sees() -> None:
    """Marks of byte order and direction, controls, private use and blank lines go; punctuation stays."""
    text = "\ufeff\u3000\u3000一、总体\u202e要求\r\r\n\x07（２０１６年） \ue123 Ａ类\u200b。\n\n"
    assert clean(text)[0] == "一、总体要求\n（2016年） A类。"


def test_pages_are_kept() -> None:
    """A character knows on which page it stood."""
    canonical, spans = clean("第一页\n第二页", (Run(0, 7, 3), Run(4, 0, 3)), ((0, 1), (4, 2)))
    assert source_offset(spans, canonical.index("二")) == (1, 2)
    assert source_offset(spans, 0) == (7, 1)


@pytest.mark.parametrize(
    ("line", "style", "number"),
    [
        ("第一条 为了", "条", "1"),
        ("第一百二十条之三 为了", "条", "120-3"),
        ("第39条 为了", "条", "39"),
        ("第二章总则", "章", "2"),
        ("第一分编 通则", "分编", "1"),
        ("一、总体要求", "一、", "1"),
        ("十二．保障", "一、", "12"),
        ("(三)目标", "（一）", "3"),
        ("〔四〕目标", "（一）", "4"),
        ("五）目标", "（一）", "5"),
        ("㈥目标", "（一）", "6"),
        ("7.任务", "1.", "7"),
        ("8、任务", "1.", "8"),
        ("⒐任务", "1.", "9"),
        ("（10）任务", "（1）", "10"),
        ("11)任务", "1）", "11"),
        ("⑫任务", "①", "12"),
        ("2.3.4 任务", "1.1.1", "4"),
    ],
)
def test_marks(line: str, style: str, number: str) -> None:
    """Every style of number, in every bracket and width."""
    mark = find_mark(line)
    assert mark is not None
    assert (mark.style, mark.number) == (style, number)


@pytest.mark.parametrize(
    "line", ["", "第二章规定的程序", "1.5%以上", "3.15亿元", "2016.8月", "一是加强领导", "三分之一以上"]
)
def test_no_marks(line: str) -> None:
    """Quantities, mentions and ordinals in a sentence are no numbers of a heading."""
    assert find_mark(line) is None
