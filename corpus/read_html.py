"""HTML: the article of a saved page, without navigation, scripts and other pages' titles.

The article is the smallest part of the page that holds most of its sentences.  Its blocks become paragraphs, the rows
of its tables lines with ` | ` between the cells, and the items of numbered lists get their numbers back.
"""

import re

from lxml import etree  # type: ignore[import-untyped]
from lxml.html import HtmlElement, HTMLParser, document_fromstring  # type: ignore[import-untyped]

from corpus.align import align, see_markup
from corpus.errors import UnreadableFile
from corpus.reading import Reading, decode

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""", re.IGNORECASE)
# fmt: off
_DROPPED = {"script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "iframe", "object",
            "svg", "button", "select", "input", "textarea", "head", "title", "canvas", "video", "audio"}
_BLOCKS = {"p", "div", "section", "article", "main", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "dl",
           "dt", "dd", "table", "thead", "tbody", "tr", "blockquote", "pre", "center", "body", "html", "figure",
           "figcaption", "hr"}
# fmt: on
_ELSEWHERE = re.compile(
    r"nav|menu|breadcrumb|crumb|footer|header|sidebar|share|related|recommend|print|toolbar|copyright", re.IGNORECASE
)
_UNSEEN = ("script", "style", "noscript", "template", "title", "textarea", "iframe")
COLUMN_LIMIT = 100  # columns of a table in which cells may reach down; rows that one may reach over
_CONTROLS = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SHARE = 0.8  # of the page's sentences that the article holds


def read_html(data: bytes) -> Reading:
    """The paragraphs of the article in an HTML page.

    Raises UnreadableFile where the page has no words.
    """
    text = html_characters(data)
    try:
        root = document_fromstring(
            re.sub(r"^\s*<\?xml[^>]*\?>", "", text), parser=HTMLParser(recover=True, no_network=True)
        )
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableFile(f"读不出网页的结构（{error}）；请用浏览器另存为 HTML 再添加") from error
    _drop(root)
    body = root.find("body") if root.find("body") is not None else root
    article = _article(body)
    lines: list[str] = []
    heading = root.find(".//h1")
    if heading is not None and article is not body and not any(node is article for node in heading.iterancestors()):
        lines.append(" ".join(heading.text_content().split()))
    _paragraphs(article, lines)
    words = "\n".join(line for line in lines if line.strip())
    return Reading(words, runs=align(words, text, see_markup(text, _UNSEEN)))


def html_characters(data: bytes) -> str:
    """The characters of a page, by the charset it declares, else as those of any text."""
    declared = _CHARSET.search(data[:4096])
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = declared[1].decode("ascii").lower()
        encoding = "gb18030" if name in ("gb2312", "gbk", "gb18030", "gb_2312-80") else name
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            pass
    return decode(data)


def _drop(root: HtmlElement) -> None:
    """Take out what is not the article's words; depth is bounded by the parser."""
    for node in list(root.iter()):
        if (
            not isinstance(node.tag, str)
            or (
                node.tag in _DROPPED
                or node.get("hidden") is not None
                or "display:none" in (node.get("style") or "").replace(" ", "")
            )
            or (_stands_elsewhere(node) and _sentences(node) < 200)
        ):
            _remove(node)


def _stands_elsewhere(node: HtmlElement) -> bool:
    """Whether an element calls itself navigation, a footer and the like."""
    if node.tag not in ("div", "ul", "section", "td", "p"):
        return False
    return bool(_ELSEWHERE.search(f"{node.get('id') or ''} {node.get('class') or ''}"))


def _remove(node: HtmlElement) -> None:
    parent = node.getparent()
    if parent is None:
        return
    tail = node.tail
    if tail:
        before = node.getprevious()
        if before is not None:
            before.tail = _writable((before.tail or "") + tail)
        else:
            parent.text = _writable((parent.text or "") + tail)
    parent.remove(node)


def _writable(text: str) -> str:
    """Text as lxml lets one set it: its parser gives control characters (&#11;) that it does not take back."""
    return _CONTROLS.sub(" ", text)


def _sentences(node: HtmlElement) -> int:
    """How many characters of sentences stand in an element, links apart."""
    words = str(node.text_content())
    linked = sum(len(link.text_content()) for link in node.iter("a"))
    return 0 if linked > 0.5 * len(words) else len(words) - linked


def _article(body: HtmlElement) -> HtmlElement:
    """The smallest element with most of the page's sentences."""
    total = _sentences(body)
    found = body
    while True:
        inner = [child for child in found if isinstance(child.tag, str) and child.tag in _BLOCKS]
        best = max(inner, key=_sentences, default=None)
        if best is None or best.tag in ("p", "li", "tr", "h1", "h2", "h3") or _sentences(best) < _SHARE * total:
            return found
        found = best


def _paragraphs(node: HtmlElement, lines: list[str]) -> None:
    """Append the paragraphs under an element."""
    pending: list[str] = []

    def flush() -> None:
        for piece in "".join(pending).split("\n"):
            if piece.strip():
                lines.append(" ".join(piece.split()))
        pending.clear()

    def walk(element: HtmlElement, prefix: str = "") -> None:
        if element.tag == "table" and _is_data(element):
            flush()
            lines.extend(_rows(element))
            return
        block = element.tag in _BLOCKS
        if block:
            flush()
        pending.append(prefix + _flat(element.text))
        for number, child in _numbered(element):
            if child.tag == "br":
                pending.append("\n")
            else:
                walk(child, number)
            pending.append(_flat(child.tail))
        if block:
            flush()

    walk(node)
    flush()


def _flat(text: str | None) -> str:
    return re.sub(r"[ \t\r\n\f]+", " ", text) if text else ""


def _numbered(element: HtmlElement) -> list[tuple[str, HtmlElement]]:
    """The children, with the number that a browser prints before the items of a numbered list."""
    children = [child for child in element if isinstance(child.tag, str)]
    if element.tag != "ol":
        return [("", child) for child in children]
    start = element.get("start") or "1"
    value = int(start) if start.isdecimal() and len(start) < 6 else 1
    numbered = []
    for child in children:
        if child.tag == "li":
            given = child.get("value") or ""
            value = int(given) if given.isdecimal() and len(given) < 6 else value
            numbered.append((f"{value}.", child))
            value += 1
        else:
            numbered.append(("", child))
    return numbered


def _is_data(table: HtmlElement) -> bool:
    """Whether a table holds data rather than the layout of the page."""
    rows = list(table.iter("tr"))
    cells = [cell for row in rows for cell in row if cell.tag in ("td", "th")]
    longest = max((len(cell.text_content()) for cell in cells), default=0)
    return len(rows) > 0 and len(cells) > len(rows) and longest < 1000 and table.find(".//table") is None


def _rows(table: HtmlElement) -> list[str]:
    """The rows as lines; where a cell reaches down from a row above, its place is left empty."""
    rows: list[str] = []
    reaching: dict[int, int] = {}  # column -> rows that a cell above still reaches over
    for row in table.iter("tr"):
        cells: list[str] = []
        column = 0
        for cell in [*(cell for cell in row if cell.tag in ("td", "th")), None]:
            while reaching.get(column, 0) > 0:
                reaching[column] -= 1
                cells.append("")
                column += 1
            if cell is not None:
                cells.append(" ".join(cell.text_content().split()))
                down = _span(cell, "rowspan") - 1
                across = _span(cell, "colspan")
                if down and column < COLUMN_LIMIT:
                    reaching |= dict.fromkeys(range(column, column + across), down)
                column += across
        if any(cells):
            rows.append(" | ".join(cells))
    return rows


def _span(cell: HtmlElement, name: str) -> int:
    text = (cell.get(name) or "1").strip()
    return min(int(text), COLUMN_LIMIT) if text.isdecimal() and len(text) < 5 and int(text) else 1
