"""What stands around the body of a document: title, number, contents, salutation, signature, source line, annexes.

`edge_roles` gives each line a node kind or None for the body.  Nothing here reads the outline except that a numbered
line ends the front matter.
"""

import re

from corpus.marks import ARTICLE, LAW_HEADINGS, find_mark
from corpus.numerals import CHINESE

_OF_MONTH = rf"(?:\d{{1,2}}|[{CHINESE}]{{1,3}})"
DAY = rf"(?:\d{{4}}|[〇○零一二三四五六七八九]{{4}})\s?年\s?{_OF_MONTH}\s?月\s?{_OF_MONTH}\s?日"
DATE_LINE = re.compile(rf"[（(]?(?:{DAY}|\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}})[）)]?")
NUMBER_LINE = re.compile(
    r"[（(]?[\u4e00-\u9fff（）()A-Za-z]{1,20}[〔\[【﹝［（(]\s?\d{4}\s?[〕\]】﹞］）)]\s?(?:第\s?)?\d{1,5}\s?号[）)]?|"
    r"第[\d〇零一二三四五六七八九十百]{1,6}号|[\u4e00-\u9fff]{2,20}(?:令|公告)\s?第?\s?[\d〇零一二三四五六七八九十百]{1,6}\s?号"
)
SOURCE_LINE = re.compile(
    r"[（(【\[]?\s?(?:(?:信息|文章|稿件|内容)?来源|责任编辑|编辑|发布机构|发布时间|发布日期|浏览次数"
    r"|阅读次数|作者|责编|字号|原文链接)\s?[:：]"
)
CONTENTS = re.compile(r"目 ?录|目 ?次")
ANNEX = re.compile(
    rf"附 ?(?:件|录|表|图)? ?(?:(?:\d{{1,2}}|[{CHINESE}]{{1,3}}|[A-Z])(?![、.．年月日个]))? ?(?:[:：]|$| )(?P<rest>.*)"
)
ENACTED = re.compile(r"[（(].*(?:通过|公布|发布|修正|修订|施行|印发|批准|实施|讨论).*[）)]?")
CARRIED = re.compile(r"[（(]?(?:此件|本文)(?:公开|主动公开|依申请公开|不公开)|抄送[:：]|主题词[:：]|印发\b")
SALUTATION = re.compile(r"[^。；]{2,}[:：]")
TITLE_END = re.compile(
    r"(?:通知|意见|办法|方案|决定|规定|条例|公告|批复|函|规划|报告|细则|通告|令|计划|纲要|法|章程|制度|要点|措施|政策|指南|标准|规范|公报|纪要"
    r"|解释|答复|决议|议案|说明|清单|准则|守则|规则|修正案|预案|讲话|通报|指引|大纲|分工)(?:[（(][^（）()]{1,12}[）)])?$"
)
SENTENCE_END = re.compile(r"[。；;！!？?]")
SIGNER = re.compile(r"[^，。；：:！？、]{2,40}|[^。；：:！？]{2,40}(?:政府|部|委|局|厅|院|会|办公室|办公厅)")


def edge_roles(lines: list[str], title: str | None) -> list[str | None]:
    """For each line the kind of node it is outside the body, or None."""
    roles: list[str | None] = [None] * len(lines)
    at = _front(lines, roles, title)
    _contents(lines, roles)
    for i in range(at, len(lines)):
        if roles[i] is None and ((SOURCE_LINE.match(lines[i]) and len(lines[i]) <= 120) or CARRIED.match(lines[i])):
            roles[i] = "source"
    _signatures(lines, roles, at)
    return roles


def _front(lines: list[str], roles: list[str | None], title: str | None) -> int:
    """Mark the lines before the body; the index of the first body line."""
    named = False
    for i in range(min(len(lines), 40)):
        role = _front_role(lines, i, title, named)
        if role is None:
            return i
        roles[i] = role
        named = named or role == "title"
        if role == "salutation":
            return i + 1
    return min(len(lines), 40)


def _front_role(lines: list[str], i: int, title: str | None, named: bool) -> str | None:
    line = lines[i]
    following = lines[i + 1] if i + 1 < len(lines) else ""
    if title and _same(line, title):
        return "title"
    if NUMBER_LINE.fullmatch(line):
        return "number"
    if DATE_LINE.fullmatch(line) or (ENACTED.fullmatch(line) and len(line) < 400):
        return "note"
    if SOURCE_LINE.match(line):
        return "source"
    if len(line) < 300 and SALUTATION.fullmatch(line) and len(following) > 20 and not find_mark(line):
        return "salutation"
    mark = find_mark(line)
    if mark or CONTENTS.fullmatch(line) or len(line) > 80 or SENTENCE_END.search(line) or line[-1] in "，,、：:":
        return None
    if line.startswith("——"):
        return "note"
    if not following:
        return None
    if named:
        goes_on = i > 0 and not TITLE_END.search(lines[i - 1]) and TITLE_END.search(line)
        return "title" if goes_on else "note" if len(line) <= 40 and following[-1] in "：:" else None
    if title is not None:  # known, and not printed: who speaks, before the salutation
        return "note" if len(line) <= 20 and following[-1] in "：:" else None
    return "title" if _is_title(lines, i) else None


def _same(line: str, title: str) -> bool:
    bare = re.compile(r"[\s《》〈〉]")
    return bare.sub("", line) == bare.sub("", title)


def _is_title(lines: list[str], i: int) -> bool:
    """Whether a short first line names the document: by its last words, or by what follows it."""
    if TITLE_END.search(lines[i]):
        return True
    following = lines[i + 1 : i + 3]
    if following and TITLE_END.search(following[0]) and len(following[0]) <= 60:
        return True  # a title on two lines
    return any(
        NUMBER_LINE.fullmatch(line) or ENACTED.fullmatch(line) or DATE_LINE.fullmatch(line) for line in following
    )


def _contents(lines: list[str], roles: list[str | None]) -> None:
    """A table of contents: short lines after 目录 until its first entry comes again as a heading."""
    for i, line in enumerate(lines):
        if roles[i] == "contents" or not CONTENTS.fullmatch(line) or i + 1 >= len(lines):
            continue
        first = _entry(lines[i + 1])
        again = next((j for j in range(i + 2, min(len(lines), i + 400)) if _entry(lines[j]) == first), None)
        if again is None:  # the body does not repeat it: take the headings up to the first sentence
            again = i + 1
            while again < len(lines) and len(lines[again]) < 60 and not SENTENCE_END.search(lines[again]):
                mark = find_mark(lines[again])
                if mark and mark.style == ARTICLE:
                    break
                again += 1
        for j in range(i, again):
            roles[j] = "contents"


def _entry(line: str) -> str:
    return re.sub(r"[\s.…·\d—-]+$", "", line).replace(" ", "")


def _signatures(lines: list[str], roles: list[str | None], at: int) -> None:
    """A date on its own line, and the short lines of who signs before it."""
    for i in range(max(at, 1), len(lines)):
        if roles[i] is not None or not DATE_LINE.fullmatch(lines[i]):
            continue
        roles[i] = "signature"
        for j in range(i - 1, max(at - 1, i - 8), -1):
            if roles[j] is not None or find_mark(lines[j]) or not SIGNER.fullmatch(lines[j]):
                break
            roles[j] = "signature"


def annex_start(lines: list[str], roles: list[str | None], i: int) -> str | None:
    """The name of the annex that begins at this line (附件, 附件2, 附录A), or None.

    A list of annexes before the signature (附件：1.… 2.…) is a note, not a beginning.
    """
    line = lines[i]
    if not line.startswith("附") or roles[i] is not None or len(line) > 80 or SENTENCE_END.search(line):
        return None
    found = ANNEX.fullmatch(line)
    if not found:
        return None
    rest = found["rest"].strip()
    if not _has_body(lines, roles, i):
        return None
    kind = re.sub(r"[ :：]", "", line[: found.start("rest")]) if rest else re.sub(r"[ :：]", "", line)
    return kind or None


def _has_body(lines: list[str], roles: list[str | None], i: int) -> bool:
    """Whether sentences come before the next signature, annex or the end."""
    for j in range(i + 1, len(lines)):
        if roles[j] == "signature" or (lines[j].startswith("附") and ANNEX.fullmatch(lines[j])):
            return False
        mark = find_mark(lines[j])
        if roles[j] is None and (
            SENTENCE_END.search(lines[j]) or " | " in lines[j] or (mark and mark.style in LAW_HEADINGS)
        ):
            return True
    return False


def is_annex_note(line: str, before: str | None = None) -> bool:
    """A line that only lists annexes: 附件：1.责任分工表, and 2.指标表 below it.

    before: the line above, if that lists annexes too.
    """
    if SENTENCE_END.search(line):
        return False
    if line.startswith("附"):
        return bool(ANNEX.fullmatch(line))
    mark = find_mark(line)
    if before is None or mark is None or len(line) > 80:
        return False
    above = ANNEX.fullmatch(before)
    last = find_mark(above["rest"].strip() if above else before)
    return last is not None and last.style == mark.style and mark.value == last.value + 1
