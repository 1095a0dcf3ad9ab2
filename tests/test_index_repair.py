"""Mistyped questions are read as they were meant, right ones as they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.repair import repair

WORDS = {"贷款", "仿制药", "一致性评价", "一致性", "环境", "中药", "设备", "补贴", "申请", "银行", "检查"}
LIBRARY = "对仿制药一致性评价给予贷款贴息和补贴,申请由银行受理,环境和设备检查中药"
PAIRS = {LIBRARY[at : at + 2] for at in range(len(LIBRARY) - 1)}


def occurs(text: str) -> bool:
    """As the lexical index says it."""
    return len(text) > 1 and all(text[at : at + 2] in PAIRS for at in range(len(text) - 1))


def read(question: str) -> str:
    """`question` over the words and the library above, where 要 and 到 stand alone."""
    return repair(question, WORDS.__contains__, occurs, "要到".__contains__)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("去银行带款", "去银行贷款"),
        ("一至性要做吗", "一致性要做吗"),
        ("设背太旧", "设备太旧"),
        ("环竟差", "环境差"),
        ("zhongyao怎么种", "中药怎么种"),
        ("补帖 gmp", "补贴 gmp"),
        ("厂子要申请吗", "厂子要申请吗"),
        ("vitamin", "vitamin"),
        ("抓药", "抓药"),
        ("", ""),
        ("款", "款"),
    ],
)
def test_what_was_meant(typed: str, meant: str) -> None:
    """Same sound, a known word that the library has, and nothing known in what was typed."""
    assert read(typed) == meant


@given(st.text(alphabet="贷带款行银制至一zhongya 要到,", max_size=30))
def test_repairing_is_done_once(typed: str) -> None:
    """Chinese keeps its length, and what was repaired needs no second repair where only Chinese was typed."""
    found = read(typed)
    if not any("a" <= each <= "z" for each in typed):
        assert len(found) == len(typed)
