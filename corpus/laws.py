"""Clauses of a law: its articles, which run on through 编, 章 and 节 and carry their paragraphs and items with them."""

from collections.abc import Sequence

from corpus.marks import ARTICLE, LAW_HEADINGS, STYLES, Mark
from corpus.outline import Numbering
from corpus.plans import Block, plan_blocks

HEADING_LIMIT = 60
_RANK = {style: i for i, style in enumerate(STYLES)}
_PLAIN_RANK = len(STYLES)


def is_law(numbering: Numbering) -> bool:
    """Whether the body is divided into articles."""
    articles = [m for m in numbering.marks if m and m.style == ARTICLE]
    return len(articles) >= 2 or (len(articles) == 1 and articles[0].value == 1 and articles[0].spaced)


def law_blocks(lines: Sequence[str], numbering: Numbering, offset: int = 0) -> list[Block]:
    """The blocks of a law's body, in order: headings, articles, and what stands before the first of them."""
    marks = numbering.marks
    first = next(i for i in range(len(lines)) if _begins(lines, marks, i))
    blocks: list[Block] = []
    if first:
        front = Numbering([m if m and m.style not in LAW_HEADINGS else None for m in marks[:first]])
        blocks += [_in_front(b) for b in plan_blocks(lines[:first], front, offset)]
    stack: list[tuple[int, str, str]] = []  # rank, printed heading, number words
    loose: dict[tuple[str, ...], int] = {}
    i = first
    while i < len(lines):
        last = i
        while last + 1 < len(lines) and not _begins(lines, marks, last + 1):
            last += 1
        mark = marks[i]
        if mark and mark.style == ARTICLE:
            path = tuple(heading for _, heading, _ in stack)
            if title := _article_title(lines[i], mark):
                path = (*path, mark.text + title)
            blocks.append(Block("clause", i + offset, last + offset, (mark.number,), None, path, (), mark.text, len(stack)))
        else:
            rank = _RANK[mark.style] if mark else _PLAIN_RANK
            while stack and stack[-1][0] >= rank:
                stack.pop()
            path = (*(heading for _, heading, _ in stack), lines[i])
            blocks.append(Block("heading", i + offset, i + offset, (), None, path, (), lines[i], len(stack)))
            stack.append((rank, lines[i], mark.text if mark else lines[i]))
            if last > i:  # sentences under a heading that belong to no article
                key = tuple(m.split(" ")[0] for _, _, m in stack)
                loose[key] = loose.get(key, 0) + 1
                blocks.append(
                    Block("clause", i + 1 + offset, last + offset, (), loose[key], path, key, f"第{loose[key]}段", len(stack))
                )
        i = last + 1
    return blocks


def _in_front(block: Block) -> Block:
    numbers = block.numbers if block.numbers[:1] == ("0",) else ("0", *block.numbers)
    return Block(
        block.kind, block.first, block.last, numbers, block.paragraph, block.path, block.marks, block.title, block.depth
    )


def _begins(lines: Sequence[str], marks: Sequence[Mark | None], i: int) -> bool:
    """Whether an article or a heading begins at this line."""
    mark = marks[i]
    if mark and mark.style == ARTICLE:
        return True
    if mark and mark.style in LAW_HEADINGS:
        return len(lines[i]) <= HEADING_LIMIT and not any(c in lines[i] for c in "。；")
    return _plain_heading(lines, marks, i)


def _plain_heading(lines: Sequence[str], marks: Sequence[Mark | None], i: int) -> bool:
    """一、管辖 or 附则 on its own line, between two articles."""
    line = lines[i]
    if len(line) > 30 or line[-1] in "。；;：:，,、！？”" or i + 1 >= len(lines):
        return False
    mark = marks[i]
    if mark and mark.style not in ("一、", "（一）"):
        return False
    following = marks[i + 1]
    next_is_article = following is not None and following.style == ARTICLE
    next_is_heading = mark is not None and mark.style == "一、" and _plain_heading(lines, marks, i + 1)
    closed = i == 0 or lines[i - 1][-1] in "。；”）)" or _begins(lines, marks, i - 1)
    return (next_is_article or next_is_heading) and closed


def _article_title(line: str, mark: Mark) -> str:
    """第一条【立法目的】: the words in black brackets."""
    rest = line[mark.end :]
    if rest[:1] in "【〔[（(" and rest:
        close = {"【": "】", "〔": "〕", "[": "]", "（": "）", "(": ")"}[rest[0]]
        end = rest.find(close)
        if rest[0] == "【" and 0 < end <= 40:
            return rest[: end + 1]
    return ""
