"""Who has to do what a clause says: the departments in or behind it, each with its role.

Read are （责任部门：…）, (牵头单位:…,配合单位:…), (…按职责分工负责), a line 责任单位：…, and 由…牵头，…配合.
Everything else that names a department is left alone: a law that says who approves what has no duties in this sense.
"""

import re
from collections.abc import Iterator

from corpus.departments import PARTY, PARTY_OFFICES, display_name, level_of, takes_level
from corpus.models import Duty

OPENING, CLOSING = "（(【[〔［〈", "）)】]〕］〉"
LINE_LIMIT = 400  # characters of a line that only names who is responsible
_KINDS = "牵头|责任|配合|负责|主办|协办|承办|参与|参加|落实|实施|主管|协同|协助|支持|组织|督办|监督|完成|指导"
_BODIES = "部门|单位|机构|机关|主体|地区|处室|科室"
SIGNALS = re.compile(_KINDS)
HAS_COLON = re.compile("[:：]")
LABEL = re.compile(
    rf"(?:(?:省|市|县|区|自治区|国家)[级直])?(?P<role>(?:第一|主要|共同|具体)?(?:{_KINDS})(?:[和及与、/]?(?:{_KINDS}))?(?:{_BODIES})"
    rf"|(?<![一-鿿])(?:牵头|责任|配合|主办|协办|参与|参加))(?:[和及]部门)? ?[:：]"
)
OTHER_LABEL = re.compile(r"(?:^|(?<=[。；;，,\n]))[^、，,；;。:：（()）]{2,8}[:：]")
# A role that is printed as a verb
ROLES = {
    "牵头": "牵头单位",
    "责任": "责任单位",
    "负责": "负责单位",
    "配合": "配合单位",
    "主办": "主办单位",
    "协办": "协办单位",
    "参与": "参与单位",
    "参加": "参加单位",
    "协助": "协助单位",
    "承办": "承办单位",
    "落实": "落实单位",
    "实施": "实施单位",
}
_OTHERS = r"(?:等(?:有关|相关)?(?:部门|单位)?)?"
_SHARES = (
    r"(?:(?:按照?|根据|依据|依照?)(?:各自|各部门|部门|本部门|有关|相关)?的?(?:工作)?(?:职责|职能)(?:任务|范围)?(?:分工)?)?"
    r"(?:要|应当|应|须)?(?:分别|共同|联合|具体|依法|各自|分头|分工|负责)*"
)
VERB = re.compile(
    rf"{_OTHERS}{_SHARES}(?P<verb>牵头|负责|主办|配合|参与|参加|协助|落实|实施|承办)(?:负责|落实|实施|办理|组织)*"
)
TAIL_OF_ITEM = re.compile(rf"{_OTHERS}{_SHARES}(?:牵头|负责|配合|参与|参加|落实|实施)*$")
SEPARATORS = "、，,；;。\n/ "
JOINTS = ("以及", "及其", "和", "及", "与")
# A name that is complete, so that 和 behind it joins two of them
COMPLETE = re.compile(
    r"(?:厅|局|委|办|部|院|会|府|署|行|社|处|联|海关|中心|公司|部门|单位|机关|集团|[支总大]队|管委会|机构|企业|大学|学校|协会|团体|组织|队"
    r"|站|所)(?:[（(〈][^（()）〈〉]*[）)〉])?$"
)
STRICT = re.compile(
    r"(?:厅|局|委|办|部|署|部门|政府|委员会|办公室|海关|银行|支行|分行|管委会|中心|公司|集团|残联|妇联|工会|学会|字会|[支总大]队|法院|检察院)"
    r"(?:[（(〈][^（()）〈〉]*[）)〉])?$"
)
NAME = re.compile(r"[一-鿿A-Za-z0-9·“”（）()〈〉、\-—]{2,40}")
NOT_NAME = re.compile(
    r"^(?:见|详见|下同|以下同|同上|无$|略$|等|或|对|在|按|并|要|其|与|为|以|列第一位|排名?第一)|[的将]|应当|不得|如下|加强|推进|期限"
)
# Said of whoever it may be, not of a department one could ask
NOBODY = re.compile(r"^(?:主管|主办|牵头|有关|相关|责任|业务|职能)(?:部门|单位|机关)$")
NAME_LIMIT = 14  # characters of a name without the ending of one, as in 电信成都分公司筹备组
_LIST = r"[^。；;：:\n（()）《》“”0-9由]{2,160}?"
LINE_STOP = re.compile(rf"\n|。(?! ?(?:{_KINDS}))")
BY_LEAD = re.compile(
    rf"由(?P<lead>{_LIST}){_OTHERS}(?:负责|共同|联合)?牵头(?!单位|部门|人|[^，,。；;]{{0,12}}的)(?:负责)?"
    rf"(?:[，,](?P<support>{_LIST}){_OTHERS}{_SHARES}(?P<verb>配合|参与|参加|协助)(?=[，,。；;）)\n]|$))?"
)

Span = tuple[int, int]


def find_duties(text: str) -> tuple[Duty, ...]:
    """The departments with a role in a clause, in the order printed; spans are those of the printed names.

    >>> [(d.role, d.department) for d in find_duties("做好。（牵头单位：省科技厅、发改委，配合单位：南宁海关）")]
    [('牵头单位', '省科技厅'), ('牵头单位', '省发展改革委'), ('配合单位', '南宁海关')]
    """
    found: list[Duty] = []
    taken: list[Span] = []
    if not SIGNALS.search(text):
        return ()
    for start, end in (*_brackets(text), *_label_lines(text)):
        if any(a <= start < b for a, b in taken):
            continue
        words = text[start:end]
        if not SIGNALS.search(words):
            continue
        labelled = _labelled(text, start, end) if HAS_COLON.search(words) else []
        duties = labelled or (_unlabelled(text, start, end) if len(words) < LINE_LIMIT else [])
        if duties:
            taken.append((start, end))
            found += duties
    for match in BY_LEAD.finditer(text):
        if not any(a <= match.start("lead") < b for a, b in taken):
            found += _running(text, match)
    return tuple(sorted(found, key=lambda duty: duty.start))


def is_duty_line(line: str) -> bool:
    """Whether a line without number only names who is responsible for the clause before it."""
    words = line.strip().rstrip("。；;")
    if not words or len(words) > LINE_LIMIT:
        return False
    if list(_brackets(words)) == [(1, len(words) - 1)]:
        return bool(find_duties(words))
    return bool(LABEL.match(words)) and not re.search(r"。.{10,}", words)


def ends_with_duties(text: str) -> bool:
    """Whether a clause closes with the brackets that name who is responsible."""
    words = text.rstrip("。；; \n")
    last = [start for start, end in _brackets(words) if end == len(words) - 1]
    return bool(last) and any(duty.start >= last[0] for duty in find_duties(words))


def _brackets(text: str) -> Iterator[Span]:
    """The insides of the outermost brackets, in order."""
    depth, start = 0, 0
    for at, char in enumerate(text):
        if char in OPENING:
            if depth == 0:
                start = at + 1
            depth += 1
        elif char in CLOSING and depth:
            depth -= 1
            if depth == 0:
                yield start, at
        elif char == "\n":
            depth = 0


def _label_lines(text: str) -> Iterator[Span]:
    """From a label that begins a sentence to the end of that sentence's line."""
    for match in LABEL.finditer(text) if HAS_COLON.search(text) else ():
        if match.start() == 0 or text[match.start() - 1] in "。；;\n ":
            stop = LINE_STOP.search(text, match.end())
            yield match.start(), stop.start() if stop else len(text)


def _labelled(text: str, start: int, end: int) -> list[Duty]:
    labels = list(LABEL.finditer(text, start, end))
    duties: list[Duty] = []
    level = ""
    for row, label in enumerate(labels):
        stop = labels[row + 1].start() if row + 1 < len(labels) else end
        other = OTHER_LABEL.search(text, label.end(), stop)
        role = ROLES.get(label["role"], label["role"])
        found, level = _list(text, label.end(), other.start() if other else stop, role, level, strict=False)
        duties += found
    return duties


def _unlabelled(text: str, start: int, end: int) -> list[Duty]:
    """…按职责分工负责, …牵头，…配合: each list before its verb; nothing unless every piece is a department."""
    duties: list[Duty] = []
    level = ""
    at = start + text.startswith("由", start)
    for match in VERB.finditer(text, start, end):
        if match.end() < end and text[match.end()] not in "，,；;。、":
            continue
        found, level = _list(text, at, match.start(), ROLES[match["verb"]], level, strict=True)
        if not found:
            return []
        duties += found
        at = match.end()
        while at < end and text[at] in "，,；;。、由":
            at += 1
    return duties


def _running(text: str, match: re.Match[str]) -> list[Duty]:
    duties, level = _list(text, *match.span("lead"), "牵头单位", "", strict=True)
    groups = match.groupdict()
    if duties and groups.get("support"):
        role = ROLES[groups["verb"]]
        duties += _list(text, *match.span("support"), role, level, strict=True)[0]
    return duties


def _list(text: str, start: int, end: int, role: str, level: str, *, strict: bool) -> tuple[list[Duty], str]:
    """The departments of one list and the level in force behind it; strict: none unless all are departments."""
    duties: list[Duty] = []
    party = ""
    for a, b in _items(text, start, end):
        name = text[a:b]
        if not _is_name(name, strict):
            if strict:
                return [], level
            continue
        full = name
        if own := level_of(name):
            level = own
            committee = PARTY.match(name)
            party = committee[0] if committee else ""
        elif party and name in PARTY_OFFICES:
            full = party + name
        elif level and takes_level(name, level):
            full = level + name
        elif re.match(r"[一-鿿]{2,3}[市县](?!场)", name) and not name.startswith("各"):
            level, party = "", ""
        duties.append(Duty(role, display_name(full), a, b))
    return duties, level


def _is_name(name: str, strict: bool) -> bool:
    if not NAME.fullmatch(name) or NOT_NAME.search(name):
        return False
    if strict and NOBODY.search(name):
        return False
    return bool(STRICT.search(name)) if strict else len(name) <= NAME_LIMIT or bool(COMPLETE.search(name))


def _items(text: str, start: int, end: int) -> list[Span]:
    """The names of a list: cut at separators outside brackets and at 和 behind a complete name."""
    cuts: list[Span] = []
    depth, begin, at = 0, start, start
    while at < end:
        char = text[at]
        if char in OPENING:
            depth += 1
        elif char in CLOSING:
            depth = max(0, depth - 1)
        elif depth == 0 and (width := _separator(text, begin, at, end)):
            cuts.append((begin, at))
            at += width
            begin = at
            continue
        at += 1
    cuts.append((begin, end))
    return [span for cut in _join_places(text, cuts) if (span := _trim(text, *cut))]


def _separator(text: str, begin: int, at: int, end: int) -> int:
    """The length of the separator at this place, 0 where there is none."""
    if text[at] in SEPARATORS:
        return 1
    for joint in JOINTS:
        if text.startswith(joint, at, end) and COMPLETE.search(text[begin:at]) and at + len(joint) < end:
            return len(joint)
    return 0


def _join_places(text: str, cuts: list[Span]) -> list[Span]:
    joined: list[Span] = []
    for cut in cuts:
        if joined and text[joined[-1][1] : cut[0]] == "、" and _is_place(text[slice(*joined[-1])]):
            joined[-1] = (joined[-1][0], cut[1])
        else:
            joined.append(cut)
    return joined


def _is_place(piece: str) -> bool:
    """各市, 各市（州）, 各地级以上市: the first half of 各市、县人民政府."""
    return re.fullmatch(r"各[一-鿿]{0,5}[省市县区州盟旗镇](?:[（(][^（()）]*[）)])?", piece) is not None


def _trim(text: str, start: int, end: int) -> Span | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if tail := TAIL_OF_ITEM.search(text[:end], start):
        end = tail.start()
    while end > start and text[end - 1] in CLOSING and not any(sign in text[start:end] for sign in OPENING):
        end -= 1
    return (start, end) if end - start > 1 else None
