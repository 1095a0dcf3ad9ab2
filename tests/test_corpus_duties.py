"""Who is responsible is read off the printed lists: each name once, with its role, its level and its place."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.cleaning import clean
from corpus.departments import display_name
from corpus.duties import ends_with_duties, find_duties, is_duty_line

SAMPLES = Path(__file__).parent.parent / "corpus" / "samples"


def pairs(text: str) -> list[str]:
    """role:department of every duty."""
    return [f"{duty.role}:{duty.department}" for duty in find_duties(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("做好。（责任部门：省科技厅、省经信委）", "责任部门:省科技厅 责任部门:省经信委"),
        ("做好。(责任单位:省科技厅；省财政厅。)", "责任单位:省科技厅 责任单位:省财政厅"),
        (
            "做好。(牵头单位:自治区科技厅、发改委,配合单位:自治区财政厅和各设区市人民政府)",
            "牵头单位:自治区科技厅 牵头单位:自治区发展改革委 配合单位:自治区财政厅 配合单位:各设区市人民政府",
        ),
        (
            "(牵头单位:自治区科技厅、卫计委按照部门职责分别牵头,下同。配合单位:农业厅)",
            "牵头单位:自治区科技厅 牵头单位:自治区卫生计生委 配合单位:自治区农业厅",
        ),
        (
            "（省科技厅、教育厅和各市人民政府按职责分工负责）",
            "负责单位:省科技厅 负责单位:省教育厅 负责单位:各市人民政府",
        ),
        ("（市林业局、城市园林绿化局负责）。", "负责单位:市林业局 负责单位:市城市园林绿化局"),
        (
            "（省商务厅牵头，财政厅、南昌海关配合）",
            "牵头单位:省商务厅 配合单位:省财政厅 配合单位:南昌海关",
        ),
        (
            "（市政府办公厅牵头，司法局、停车办、济南停车集团分别负责）",
            "牵头单位:市政府办公厅 负责单位:市司法局 负责单位:市停车办 负责单位:济南停车集团",
        ),
        (
            "由省发展改革委、财政厅牵头，省统计局等部门配合，抓紧落实。",
            "牵头单位:省发展改革委 牵头单位:省财政厅 配合单位:省统计局",
        ),
        ("责任单位：省科技厅、省人社厅", "责任单位:省科技厅 责任单位:省人力资源社会保障厅"),
        ("抓好落实。责任单位：省科技厅；配合单位：财政厅。", "责任单位:省科技厅 配合单位:省财政厅"),
        ("（责任部门：各市、县人民政府，各有关部门）", "责任部门:各市、县人民政府 责任部门:各有关部门"),
        ("（责任单位：各县（市、区）人民政府、市直有关部门）", "责任单位:各县（市、区）人民政府 责任单位:市直有关部门"),
        (
            "（牵头单位：省住房和城乡建设厅、文化和旅游厅及财政厅）",
            "牵头单位:省住房城乡建设厅 牵头单位:省文化和旅游厅 牵头单位:省财政厅",
        ),
        (
            "（牵头单位：自治区商务厅，人民银行南宁中心支行、广西银监局，南宁海关、公安厅）",
            "牵头单位:自治区商务厅 牵头单位:人民银行南宁中心支行 牵头单位:广西银监局 牵头单位:南宁海关 "
            "牵头单位:自治区公安厅",
        ),
        (
            "（牵头单位：省委宣传部、网信办，省教育厅）",
            "牵头单位:省委宣传部 牵头单位:省委网信办 牵头单位:省教育厅",
        ),
        (
            "（责任单位：国家发展改革委、科技部、食品药品监管总局）",
            "责任单位:国家发展改革委 责任单位:科技部 责任单位:国家食品药品监管总局",
        ),
        ("（责任单位：省发展改革委、市场监管局）", "责任单位:省发展改革委 责任单位:省市场监管局"),
        ("（责任单位：省科技厅；完成时限：2016年12月底）", "责任单位:省科技厅"),
        ("（牵头单位：市应急局〈市消防救援支队〉）", "牵头单位:市应急局〈市消防救援支队〉"),
        ("（牵头责任单位：市妇女联合会）", "牵头责任单位:市妇联"),
        ("（责任单位：发展改革委、科技厅）", "责任单位:发展改革委 责任单位:科技厅"),
    ],
)
def test_lists(text: str, expected: str) -> None:
    """Every form of list, with inherited levels and folded names."""
    assert pairs(text) == expected.split()


@pytest.mark.parametrize(
    "text",
    [
        "第三十九条 省人民政府药品监督管理部门负责本行政区域内的监督管理工作。",
        "第八条 国务院药品监督管理部门主管全国药品监督管理工作。国务院有关部门在各自职责范围内负责监督管理工作。",
        "由县级以上人民政府卫生行政部门责令改正，处一万元以上罚款。",
        "（以下简称药品监督管理部门）应当配合检查，有关单位和个人应当予以配合。",
        "建立由市发改委牵头的联席会议制度。",
        "涉及跨部门的事项，由主办部门牵头协调。",
        "强化企业质量安全第一责任人意识，落实质量主体责任。",
        "持有人的法定代表人、主要负责人（企业负责人）对药品质量全面负责。",
        "各地要明确责任单位，加强协作配合（见附件）。",
        "法律责任：违反本条例的，依法处理。",
    ],
)
def test_texts_without_duties(text: str) -> None:
    """A department that is named, a duty in law and a word that is a role elsewhere are no duties."""
    assert find_duties(text) == ()


# Counted by hand in the printed plans: for each clause with a list, how many names it has.
SHANXI = [3, 4, 6, 4, 1, 1, 1, 1, 5, 3, 3, 2, 4, 2, 4, 2, 4, 2, 4, 5, 4, 2, 1, 6, 4, 2]
GUANGXI = [6, 6, 6, 9, 6, 7, 5, 7, 7, 6, 10, 6, 13, 6, 10, 7, 3, 5, 5, 5, 10, 6, 5, 5, 6, 11]


@pytest.mark.parametrize(("name", "counts"), [("shanxi-2016", SHANXI), ("guangxi-2016", GUANGXI)])
def test_plans_counted_by_hand(name: str, counts: list[int]) -> None:
    """Every list of the two plans, name by name; no list is missed and none is invented."""
    text = clean((SAMPLES / f"{name}.txt").read_text("utf-8"))[0]
    found = [duties for line in text.split("\n") if (duties := find_duties(line))]
    assert [len(duties) for duties in found] == counts
    assert {duty.role for duties in found for duty in duties} <= {"责任部门", "牵头单位", "配合单位", "负责单位"}


@pytest.mark.parametrize("name", ["shanxi-2016", "guangxi-2016"])
def test_levels_of_the_plans(name: str) -> None:
    """All carry the level but those printed with a place or without an office: read off the plans."""
    text = clean((SAMPLES / f"{name}.txt").read_text("utf-8"))[0]
    level = {"shanxi-2016": "省", "guangxi-2016": "自治区"}[name]
    others = {duty.department for duty in find_duties(text) if not duty.department.startswith(level)}
    assert others == (
        {"各市、县人民政府", "各有关部门"}
        if name == "shanxi-2016"
        else {"各设区市人民政府", "南宁市人民政府", "人民银行南宁中心支行", "南宁海关"}
        | {"广西保监局", "广西银监局", "广西证监局", "广西残联"}
    )


def test_spans_are_the_printed_words() -> None:
    """The span leaves out what is inherited and what follows the name."""
    text = "做好。（牵头单位：省科技厅、发改委等部门，配合单位： 各市、县人民政府）"
    assert [text[duty.start : duty.end] for duty in find_duties(text)] == ["省科技厅", "发改委", "各市、县人民政府"]


@pytest.mark.parametrize(
    ("names", "display"),
    [
        ("省发改委 省发展和改革委员会 省发展改革委员会", "省发展改革委"),
        ("自治区食药监局 自治区食品药品监督管理局", "自治区食品药品监管局"),
        ("山西省卫计委 山西省卫生和计划生育委员会", "山西省卫生计生委"),
        ("市人社局 市人力资源和社会保障局", "市人力资源社会保障局"),
        ("南宁海关", "南宁海关"),
        ("市市场监督管理局", "市市场监管局"),
    ],
)
def test_display_names(names: str, display: str) -> None:
    """Names of one department fold to one."""
    assert {display_name(name) for name in names.split()} == {display}


def test_lines_and_ends() -> None:
    """What the outline asks: a line of its own, and a clause that is closed by its list."""
    assert is_duty_line("（责任部门：省科技厅）")
    assert is_duty_line("责任单位：省科技厅、省财政厅")
    assert not is_duty_line("（一）责任部门要抓好落实。")
    assert not is_duty_line("责任单位：省科技厅。各地各部门要高度重视，抓好任务落实工作。")
    assert ends_with_duties("抓好落实。（省科技厅、财政厅按职责分工负责）。")
    assert not ends_with_duties("（责任部门：省科技厅）抓好落实（见附件）")


@given(st.text("省市自治区科技厅委局、，和：:（）()责任牵头单位配合由负按职分工各县人民政府。\n 2", max_size=60))
def test_any_text(text: str) -> None:
    """Spans stand inside the text, in order, and do not overlap; nothing fails."""
    duties = find_duties(text)
    assert all(0 <= duty.start < duty.end <= len(text) for duty in duties)
    assert all(one.end <= other.start for one, other in pairwise(duties))
    is_duty_line(text)
    ends_with_duties(text)
