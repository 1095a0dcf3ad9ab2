"""A few documents, and a list of paragraphs written out in every format that the readers know, as an office would.

Neighbouring paragraphs with ` | ` between cells are written as a table; an empty cell is one that goes on from above.
"""

import html
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from docx import Document as WordFile
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from corpus.cleaning import clean


def blocks(paragraphs: Sequence[str]) -> Iterator[str | list[list[str]]]:
    """Paragraphs, and tables as rows of cells."""
    for table, group in groupby(paragraphs, key=lambda p: "|" in p):
        if table:
            yield [[cell.strip() for cell in row.split("|")] for row in group]
        else:
            yield from group


def as_txt(paragraphs: Sequence[str]) -> bytes:
    """Indented by two full-width blanks, with blank lines, as portals give plain text."""
    return "".join(f"　　{p}\r\n\r\n" for p in paragraphs).encode("utf-8-sig")


def as_gb_txt(paragraphs: Sequence[str]) -> bytes:
    """The same in GB18030."""
    return "\n".join(paragraphs).encode("gb18030")


def as_markdown(paragraphs: Sequence[str]) -> bytes:
    """Short unpunctuated paragraphs as headings; numbers escaped as editors do."""
    lines = []
    for p in blocks(paragraphs):
        if isinstance(p, list):
            rule = "|" + " --- |" * len(p[0])
            rows = ["| " + " | ".join(row) + " |" for row in p]
            lines.append("\n".join([rows[0], rule, *rows[1:]]))
            continue
        heading = len(p) < 20 and p[-1] not in "。；："
        lines.append(f"## {p}" if heading else p.replace("1.", "1\\.", 1) if p.startswith("1.") else p)
    return "\n\n".join(lines).encode()


def _html_table(rows: list[list[str]]) -> str:
    """A table; cells above empty ones reach down over them."""
    lines = []
    for r, row in enumerate(rows):
        cells = []
        for c, words in enumerate(row):
            below = next((n for n, later in enumerate(rows[r + 1 :]) if later[c]), len(rows) - r - 1)
            if words:
                span = f' rowspan="{below + 1}"' if below else ""
                cells.append(f"<td{span}><p>{html.escape(words)}</p></td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table border=1>{''.join(lines)}</table>"


def _page(paragraphs: Sequence[str], charset: str) -> str:
    body = "\n".join(
        _html_table(p)
        if isinstance(p, list)
        else f'<p style="text-indent:2em">&emsp;&emsp;<span>{html.escape(p[:3])}</span>{html.escape(p[3:])}</p>'
        for p in blocks(paragraphs)
    )
    return f"""<!DOCTYPE html>
<html><head><meta charset="{charset}"><title>政务公开</title><style>p {{color: red}}</style></head>
<body><div class="header"><ul><li><a href="/">首页</a></li><li><a href="/zw">政务公开</a></li></ul></div>
<div class="nav"><a href="a.html">通知公告</a> <a href="b.html">政策解读：一图读懂</a></div>
<div class="main"><div class="TRS_Editor"><script>document.write("一、广告")</script>
{body}</div>
<div class="related"><a href="c.html">关于印发另一个方案的通知</a></div></div>
<div class="footer">主办单位：某某办公厅 备案号</div></body></html>"""


def as_html(paragraphs: Sequence[str]) -> bytes:
    """A saved page of a government site."""
    return _page(paragraphs, "utf-8").encode()


def as_gbk_html(paragraphs: Sequence[str]) -> bytes:
    """The same in GBK."""
    return _page(paragraphs, "gbk").encode("gb18030")


def as_docx(paragraphs: Sequence[str]) -> bytes:
    """A Word file."""
    word = WordFile()
    for p in blocks(paragraphs):
        if isinstance(p, list):
            table = word.add_table(len(p), len(p[0]))
            for r, row in enumerate(p):
                for c, words in enumerate(row):
                    if words:
                        table.cell(r, c).text = words
                    else:
                        table.cell(r - 1, c).merge(table.cell(r, c))
        else:
            word.add_paragraph(p)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _draw_table(canvas: Canvas, rows: list[list[str]], left: float, top: float, size: int) -> float:
    """Draw a ruled table with eight characters a line in its cells; where it ends."""
    width = 8 * size + 8
    y = top
    for r, row in enumerate(rows):
        lines = [[words[i : i + 8] for i in range(0, len(words), 8)] for words in row]
        height = 1.6 * size * max(1, *map(len, lines))
        for c, cell in enumerate(lines):
            x = left + c * width
            canvas.line(x, y, x, y - height)
            if row[c] or r == 0:
                canvas.line(x, y, x + width, y)
            for n, piece in enumerate(cell):
                canvas.drawString(x + 4, y - 1.2 * size - n * 1.6 * size, piece)
        canvas.line(left + len(row) * width, y, left + len(row) * width, y - height)
        y -= height
    canvas.line(left, y, left + len(rows[0]) * width, y)
    return y


def as_pdf(paragraphs: Sequence[str]) -> bytes:
    """A typeset PDF: lines of 30 characters, indents, a running header and page numbers."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    size, left, top, bottom = 14, 85, 760, 90
    per_line = 30
    state = {"y": top, "page": 1}

    def furniture() -> None:
        canvas.setFont("STSong-Light", 9)
        canvas.drawString(260, 805, "政府公报 2016年")
        canvas.drawString(285, 40, f"— {state['page']} —")
        canvas.setFont("STSong-Light", size)

    furniture()
    for p in blocks(paragraphs):
        if isinstance(p, list):
            height = 1.6 * size * sum(max(-(-len(words) // 8) for words in row) for row in p)
            if state["y"] - height < bottom:
                canvas.showPage()
                state["y"], state["page"] = top, state["page"] + 1
                furniture()
            state["y"] = _draw_table(canvas, p, left, state["y"] + size, size) - 1.6 * size
            continue
        rest, first = p, True
        while rest:
            width = (per_line - 2 if first else per_line) * 2.0
            cut = 0
            while cut < len(rest) and width > 0:
                width -= 1.0 if ord(rest[cut]) < 128 else 2.0
                cut += 1
            if state["y"] < bottom:
                canvas.showPage()
                state["y"], state["page"] = top, state["page"] + 1
                furniture()
            canvas.drawString(left + (2 * size if first else 0), state["y"], rest[:cut])
            state["y"] -= 1.6 * size
            rest, first = rest[cut:], False
    canvas.save()
    return out.getvalue()


SAMPLES = Path(__file__).parent.parent / "corpus" / "samples"
LAW = [
    "某某条例",
    "（2015年3月1日某某省第十二届人民代表大会常务委员会第十次会议通过）",
    "第一章 总则",
    "第一条 为了规范某某管理活动，维护当事人的合法权益，根据有关法律、行政法规的规定，结合本省实际，制定本条例。",
    "第二条 本条例所称管理，包括下列事项：",
    "（一）登记，罚款金额在5000元以上20000元以下的除外；",
    "（二）检查。",
    "第二章 附则",
    "第三条 本条例自2015年6月1日起施行。",
]
NOTICE = [
    "关于公布收费标准的通知",
    "某医保发〔2021〕3号",
    "各区医疗保障局，各有关单位：",
    "为了减轻群众负担，经市政府同意，现将调整以后的医疗服务收费标准公布如下，请认真贯彻执行，并做好宣传解释工作。",
    "一、标准",
    "各医疗机构按照下表收费，不得超过表中规定的标准，也不得在标准之外另行收取任何费用。",
    "类别 | 项目名称 | 计价单位 | 价格",
    "诊查 | 普通门诊诊查费（含挂号费） | 次 | 10",
    " | 专家门诊诊查费 | 次 | 30",
    "护理 | 一级护理，包括巡视、观察病情和生活照料 | 日 | 24",
    "二、监督",
    "市医疗保障局会同市卫生健康委对本通知的执行情况进行监督检查，发现违规收费的，依法处理并向社会公布。",
    "某某市医疗保障局",
    "2021年3月1日",
]
TEXTS = {
    "shanxi-2016": clean((SAMPLES / "shanxi-2016.txt").read_text(encoding="utf-8"))[0].split("\n"),
    "guangxi-2016": clean((SAMPLES / "guangxi-2016.txt").read_text(encoding="utf-8"))[0].split("\n"),
    "law": LAW,
    "notice": NOTICE,
}

RENDERINGS: dict[str, Callable[[Sequence[str]], bytes]] = {
    "a.txt": as_txt,
    "gb.txt": as_gb_txt,
    "a.md": as_markdown,
    "a.html": as_html,
    "gbk.html": as_gbk_html,
    "a.docx": as_docx,
    "a.pdf": as_pdf,
}
