"""The normal form in which words are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.tokens import normalize


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("二〇二〇年", "2020年"),  # year numerals as documents print them
        ("二零二零年底", "2020年底"),  # as people type them
        ("１６年", "16年"),  # full width
        ("醫藥產業", "医药产业"),  # traditional characters
        ("国办发〔２０１６〕11号", "国办发〔2016〕11号"),
        ("十二年级", "十二年级"),  # a count is not a year
        ("GMP 认证", "gmp 认证"),  # a blank between Latin and Chinese stays
        ("看　病 贵", "看病贵"),  # blanks between Chinese characters go
        ("一九四九年", "1949年"),
    ],
)
def test_forms_fold_to_one(typed: str, expected: str) -> None:
    """What people type and what documents print meet in one form."""
    assert normalize(typed) == expected


@given(st.text(max_size=60))
def test_normalizing_twice_changes_nothing(text: str) -> None:
    """The normal form is a fixed point."""
    once = normalize(text)
    assert normalize(once) == once
