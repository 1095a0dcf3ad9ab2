"""Who is responsible: （责任部门：省科技厅、省经信委）, (牵头单位:…;配合单位:…), （…按职责分工负责）.

A prefix such as 省 or 自治区 that the first name of a list carries holds for the bare names after it, and the many
names of one department are folded to one.
"""

import re
from collections.abc import Iterator

from corpus.models import Duty

ROLE = (
    r"(?:(?:主要|第一|具体)?(?:责任|牵头|配合|参与|参加|协办|主办|承办|实施|落实|负责|协助|支持|组织|完成|监督|指导)"
    r"(?:单位|部门|机关|主体|机构|处室|责任单位|责任部门)|牵头|配合|责任(?:分工|领导)?)"
)
_ROLE = re.compile(rf"(?P<role>{ROLE})\s?[:：]\s?")
_SHARED = re.compile(
    r"(?:等有关部门|等相关部门|等部门|等单位|等)?(?:按照?|根据|依据|依)(?:各自|部门|相关|有关|各部门)?(?:工作)?职责(?:分工)?(?:(?:分别|共同|具体)?(?:负责|牵头|落实|配合))(?:落实)?"
    r"|(?:等有关部门|等相关部门|等部门|等)?(?P<verb>分别负责|共同负责|牵头负责|负责落实|分工负责|负责|分别牵头|牵头)"
)
_BRACKET = re.compile(r"[（(](?P<inside>[^（()）]*(?:[（(][^（()）]*[）)][^（()）]*)*)[）)]")
_TAIL = re.compile(r"[）)][。；;]?\s*$")
_SEPARATOR = re.compile(r"[、，,；;。]|(?<=[局厅委办部院会府行])(?:和|及|与|以及|会同)|(?:和|及|以及)(?=各|自治区|省|市|县)")
_SUFFIX = re.compile(r"(?:[局厅委办部署院会社行所室队府联校]|中心|政府|海关|支行|银行|总队|公司|部门|单位|集团|学院|大学|机关|法院|检察院|园区|企业|协会|组织)$")
_ORGAN = re.compile(r"(?:[局厅委办]|总队|办公室|委员会|厅局)$")
_PREFIX = re.compile(r"自治区|自治州|省|市(?!场)|县|区|州|盟|旗|国家(?!级)")
_OWN_NAME = re.compile(
    r"各|有关|相关|中国|人民银行|国家|国务院|中央|全国|驻|属地|所在|北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南"
    r"|广东|广西|海南|重庆|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|[\u4e00-\u9fff]{2,6}(?:市|县|州|区|省)(?!场)"
)
_TRAILING = re.compile(r"(?:等有关部门|等相关部门|等部门|等单位|等有关单位|等)$")

# Full or popular name -> the short name that documents of the time print most.
ALIASES = {
    "发改委": "发展改革委", "发展和改革委员会": "发展改革委", "发展改革委员会": "发展改革委", "发展和改革委": "发展改革委", "发改局": "发展改革局",
    "经信委": "经信委", "经济和信息化委员会": "经信委", "经济信息化委": "经信委", "经济和信息化委": "经信委", "经信厅": "经济和信息化厅",
    "工信委": "工业和信息化委", "工业和信息化委员会": "工业和信息化委", "工信厅": "工业和信息化厅", "工信局": "工业和信息化局", "工信部": "工业和信息化部",
    "卫计委": "卫生计生委", "卫生和计划生育委员会": "卫生计生委", "卫生计生委员会": "卫生计生委", "卫生和计划生育委": "卫生计生委", "卫健委": "卫生健康委",
    "卫生健康委员会": "卫生健康委",
    "食药监局": "食品药品监管局", "食品药品监督管理局": "食品药品监管局", "食药局": "食品药品监管局", "食品药品监督局": "食品药品监管局",
    "药监局": "药品监管局", "药品监督管理局": "药品监管局",
    "人社厅": "人力资源社会保障厅", "人力资源和社会保障厅": "人力资源社会保障厅", "人力社保厅": "人力资源社会保障厅", "人社局": "人力资源社会保障局",
    "人力资源和社会保障局": "人力资源社会保障局", "人力社保局": "人力资源社会保障局", "人社部": "人力资源社会保障部",
    "人力资源和社会保障部": "人力资源社会保障部",
    "环保厅": "环境保护厅", "环保局": "环境保护局", "生态环境厅": "生态环境厅", "质监局": "质监局", "质量技术监督局": "质监局", "质量技监局": "质监局",
    "安监局": "安全监管局", "安全生产监督管理局": "安全监管局", "安全生产监管局": "安全监管局",
    "工商行政管理局": "工商局", "工商行政管理总局": "工商总局", "市场监督管理局": "市场监管局", "科学技术厅": "科技厅", "科学技术局": "科技局",
    "科学技术委员会": "科委", "科技委": "科委",
    "住建厅": "住房城乡建设厅", "住房和城乡建设厅": "住房城乡建设厅", "住建局": "住房城乡建设局", "住房和城乡建设局": "住房城乡建设局",
    "农委": "农业委", "农业委员会": "农业委", "农业农村委员会": "农业农村委", "商务委员会": "商务委", "教育委员会": "教委", "国资委": "国资委",
    "国有资产监督管理委员会": "国资委", "金融工作办公室": "金融办", "金融工作办": "金融办", "旅发委": "旅游发展委", "旅游发展委员会": "旅游发展委",
    "残疾人联合会": "残联", "知识产权局": "知识产权局", "医疗保障局": "医保局", "文旅厅": "文化和旅游厅", "文化旅游厅": "文化和旅游厅",
}


def find_duties(text: str) -> tuple[Duty, ...]:
    """The duties named in a clause's text, in order."""
    return tuple(_duties(text))


def is_duty_line(line: str) -> bool:
    """Whether a line without number only names who is responsible for the clause before it."""
    found = _BRACKET.fullmatch(line.rstrip("。"))
    inside = found["inside"] if found else line
    if _ROLE.match(inside) and len(line) < 400:
        return bool(found) or not re.search(r"。.{10,}", line)
    return bool(found and _shared_end(inside))


def ends_with_duties(text: str) -> bool:
    """Whether a clause closes with the brackets that name who is responsible."""
    if not _TAIL.search(text):
        return False
    brackets = [b for b in _BRACKET.finditer(text) if not text[b.end() :].strip("。；; \n")]
    return any(_ROLE.match(b["inside"]) or _shared_end(b["inside"]) for b in brackets)


def _shared_end(inside: str) -> re.Match[str] | None:
    inside = inside.rstrip("。；;")
    found = None
    for found in _SHARED.finditer(inside):
        if found.end() == len(inside) and _looks_like_names(inside[: found.start()]):
            return found
    return None


def _looks_like_names(names: str) -> bool:
    parts = [p for p in re.split(r"[、，,；;和]", names) if p]
    return bool(parts) and bool(_SUFFIX.search(_TRAILING.sub("", parts[-1]))) and len(names) < 300


def _duties(text: str) -> Iterator[Duty]:
    for bracket in _BRACKET.finditer(text):
        inside, base = bracket["inside"], bracket.start("inside")
        roles = list(_ROLE.finditer(inside))
        if roles and roles[0].start() == 0:
            yield from _by_role(inside, base, roles)
        elif shared := _shared_end(inside):
            role = shared[0].removeprefix("等有关部门").removeprefix("等相关部门").removeprefix("等部门").removeprefix("等")
            yield from _names(inside[: shared.start()], base, role)
    at = 0
    for line in text.split("\n"):
        if is_duty_line(line) and (roles := list(_ROLE.finditer(line))) and roles[0].start() == 0:
            yield from _by_role(line.rstrip("。"), at, roles)
        at += len(line) + 1


def _by_role(inside: str, base: int, roles: list[re.Match[str]]) -> Iterator[Duty]:
    for i, role in enumerate(roles):
        end = roles[i + 1].start() if i + 1 < len(roles) else len(inside)
        yield from _names(inside[role.end() : end], base + role.end(), role["role"])


def _names(names: str, base: int, role: str) -> Iterator[Duty]:
    """The departments of one list, with inherited prefixes."""
    prefix = ""
    for start, end in _pieces(names):
        piece = names[start:end]
        shared = _SHARED.search(piece)
        if shared and shared.start() > 0 and shared.end() == len(piece):
            piece = piece[: shared.start()]
        elif shared and shared.end() == len(piece):
            continue
        piece = _TRAILING.sub("", piece).strip()
        if not piece or piece in ("下同", "以下同", "列第一位的为牵头单位", "排名第一的为牵头单位"):
            continue
        if len(piece) > 30:
            continue
        own = _PREFIX.match(piece)
        named = None if own else _OWN_NAME.match(piece)
        if own and len(piece) > len(own[0]) + 1:
            prefix = own[0]
            department = prefix + fold(piece[own.end() :])
        elif prefix and not named and _ORGAN.search(piece):
            department = prefix + fold(piece)
        else:
            department = fold(piece)
        at = base + start + (len(names[start:end]) - len(names[start:end].lstrip()))
        yield Duty(role, department, at, at + len(piece))


def _pieces(names: str) -> list[tuple[int, int]]:
    """The spans between separators; 各市、县人民政府 stays whole."""
    pieces: list[tuple[int, int]] = []
    start = 0
    depth = 0
    cuts = [(m.start(), m.end()) for m in _SEPARATOR.finditer(names)]
    for cut, after in [*cuts, (len(names), len(names))]:
        depth = names.count("（", 0, cut) + names.count("(", 0, cut) - names.count("）", 0, cut) - names.count(")", 0, cut)
        if depth > 0:
            continue
        piece = names[start:cut].strip()
        if piece.startswith("各") and cut < len(names) and names[cut] == "、" and not _SUFFIX.search(piece):
            continue
        if piece:
            pieces.append((start, cut))
        start = after
    return pieces


def fold(department: str) -> str:
    """The display name of a department without its prefix: 发改委 -> 发展改革委."""
    return ALIASES.get(department, department)
