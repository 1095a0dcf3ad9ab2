"""Two names of a department are the same when their keys are."""

import pytest

from qa.departments import department_key, find_departments, predecessors


@pytest.mark.parametrize(
    "names",
    [
        "发改委 省发展改革委 自治区发展改革委 国家发展改革委 发展和改革委员会 发改部门 山西省发改委",
        "经信委 工信委 自治区工业和信息化委 省工业和信息化厅 工信厅",
        "省卫生计生委 卫计委 卫健委 省卫生健康委 卫生部门",
        "食药监局 省食品药品监管局 药监局 国家食品药品监管总局 药监部门",
        "省人力资源社会保障厅 人社厅 人社局",
        "环保厅 自治区环境保护厅 生态环境厅",
        "省农业厅 农业农村厅",
    ],
)
def test_nicknames_and_later_names_are_one_department(names: str) -> None:
    """Each row is one department under its names."""
    assert len({department_key(name) for name in names.split()}) == 1


def test_different_departments_stay_apart() -> None:
    """No two of these fold into one."""
    names = (
        "省发展改革委 省经信委 省科技厅 省食品药品监管局 省卫生计生委 质监局 工商局 物价局 "
        "银监局 保监局 证监局 各设区市人民政府 南宁市人民政府"
    )
    assert len({department_key(name) for name in names.split()}) == len(names.split())


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("发改委和工信委一起管什么", ["发展改革委", "工业和信息化委"]),
        ("省商务厅负责哪些任务", ["商务厅"]),
        ("药监部门管不管", ["食品药品监管局"]),
        ("各设区市人民政府要干什么", ["各设区市人民政府"]),
        ("药品采购谁管", []),
    ],
)
def test_found_in_a_question(text: str, keys: list[str]) -> None:
    """Listed names, and the library's own."""
    assert [key for key, _, _ in find_departments(text, ["各设区市人民政府"])] == keys


def test_work_taken_over() -> None:
    """医保局 is asked about, 人力资源社会保障厅 did the work before 2018."""
    assert predecessors("医保局") == ("人力资源社会保障厅",)
    assert predecessors("商务厅") == ()
