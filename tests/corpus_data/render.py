"""One list of paragraphs written out in every format that the readers know, as an office would save it."""

import html
import io
from collections.abc import Callable, Sequence

from docx import Document as WordFile
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas


def as_txt(paragraphs: Sequence[str]) -> bytes:
    """Indented by two full-width blanks, with blank lines, as portals give plain text."""
    return "".join(f"　　{p}\r\n\r\n" for p in paragraphs).encode("utf-8-sig")


def as_gb_txt(paragraphs: Sequence[str]) -> bytes:
    """The same in GB18030."""
    return "\n".join(paragraphs).encode("gb18030")


def as_markdown(paragraphs: Sequence[str]) -> bytes:
    """Short unpunctuated paragraphs as headings; numbers escaped as editors do."""
    lines = []
    for p in paragraphs:
        heading = len(p) < 20 and p[-1] not in "。；："
        lines.append(f"## {p}" if heading else p.replace("1.", "1\\.", 1) if p.startswith("1.") else p)
    return "\n\n".join(lines).encode()


def _page(paragraphs: Sequence[str], charset: str) -> str:
    body = "\n".join(f'<p style="text-indent:2em">&emsp;&emsp;{html.escape(p)}</p>' for p in paragraphs)
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
    for p in paragraphs:
        word.add_paragraph(p)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


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
    for p in paragraphs:
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


RENDERINGS: dict[str, Callable[[Sequence[str]], bytes]] = {
    "a.txt": as_txt,
    "gb.txt": as_gb_txt,
    "a.md": as_markdown,
    "a.html": as_html,
    "gbk.html": as_gbk_html,
    "a.docx": as_docx,
    "a.pdf": as_pdf,
}
