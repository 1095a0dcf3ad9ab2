"""Regions are found in every form in which people name them, and not in words that only look like one."""

import pytest

from qa.regions import find_regions, mentions, named_regions, speaks_of_home

PROVINCES = """
北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西
海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆 香港 澳门 台湾
"""


@pytest.mark.parametrize("name", PROVINCES.split())
def test_every_provincial_region_is_known(name: str) -> None:
    """All 34 of them, by their short name."""
    assert named_regions(f"{name}有没有补贴") == (name,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("广西壮族自治区怎么做", ["广西"]),
        ("八桂大地和三晋大地", ["广西", "山西"]),
        ("魔都有吗", ["上海"]),
        ("晋药要做多大", ["山西"]),
        ("十三五末晋药目标", ["山西"]),
        ("桂企出海", ["广西"]),
        ("粤省有没有", ["广东"]),
        ("晋桂两省区有何不同", ["山西", "广西"]),
        ("晋和桂谁的目标高", ["山西", "广西"]),
        ("京津冀", ["北京", "天津", "河北"]),
        ("在晋的药企", ["山西"]),
        ("南宁和太原市", ["广西", "山西"]),
        ("保定市", ["河北"]),  # ambiguous without its suffix
        ("马鞍山", ["安徽"]),  # not 鞍山
        ("吉林省吉林市", ["吉林", "吉林"]),
        # words that only look like a place
        ("医保定点药店", []),
        ("扩大连锁经营", []),
        ("网上买的东西安全吗", []),
        ("普通化学药", []),
        ("晋升职称", []),
        ("肉桂种植", []),
        ("新药和新企业", []),
        ("黑名单", []),
        ("贵公司", []),
        ("隆重庆祝", []),
        ("推广安装", []),
    ],
)
def test_named_in_any_form(text: str, expected: list[str]) -> None:
    """One row per form; look-alikes name nothing."""
    assert [mention.region for mention in find_regions(text)] == expected


def test_spans_are_the_words() -> None:
    """A mention's span is the very words."""
    text = "请问广西南宁市的晋药"
    assert [text[m.start : m.end] for m in find_regions(text)] == [m.text for m in find_regions(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我省医药产业", ("山西",)),
        ("省科技厅负责什么", ("山西",)),
        ("自治区商务厅", ("广西",)),
        ("我区目标", ("广西",)),
        ("我市怎么办", ()),
        ("节省时间", ()),
    ],
)
def test_home_words_mean_the_one_region_of_their_kind(text: str, expected: tuple[str, ...]) -> None:
    """我省 is the library's only province, 自治区 its only autonomous region."""
    assert speaks_of_home(text, ("山西", "广西")) == expected


def test_home_words_are_unclear_among_several() -> None:
    """With two provinces 我省 could be either."""
    assert speaks_of_home("我省", ("山西", "江苏")) == ()


def test_a_city_speaks_for_its_region() -> None:
    """A text that names 南宁 speaks of 广西."""
    assert mentions("在南宁打造平台", "广西")
    assert not mentions("在南宁打造平台", "山西")
