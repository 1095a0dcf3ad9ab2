"""DOCX: the paragraphs of a Word file, with the numbers that stand only in its numbering definitions.

The package is opened with bounds on what it unpacks to; only the main text, the styles and the numbering are read.
Which parts these are the package itself says; strict and transitional files are the same to us.
"""

import io
import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]

from corpus.align import align, see_markup
from corpus.errors import UnreadableFile
from corpus.numerals import to_chinese
from corpus.reading import Reading

UNPACKED_LIMIT = 128 * 1024 * 1024  # bytes of one part
RATIO_LIMIT = 300
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, NotImplementedError, ValueError)
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED = {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback", _W + "del", _W + "txbxContent"}


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    text: str
    start: int


@dataclass(slots=True)
class _Numbering:
    levels: dict[str, dict[int, _Level]]  # numbering id -> level -> how it prints
    shared: dict[str, str]  # numbering id -> the definition whose count it goes on with
    styles: dict[str, tuple[str, int]]  # paragraph style -> (numbering id, level)
    counts: defaultdict[tuple[str, int], int]


def read_docx(data: bytes) -> Reading:
    """The paragraphs of a DOCX file.

    Raises UnreadableFile for a broken or encrypted package, a package that is no Word file, and one that unpacks to
    far more than its size.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            main_name = _main_name(package)
            original = _unpack(package, main_name)
            if original is None:
                raise UnreadableFile("压缩包里没有 Word 正文（word/document.xml）；请用 Word 另存为 DOCX 再添加")
            folder = main_name.rpartition("/")[0]
            numbering = _read_numbering(
                _part(package, f"{folder}/numbering.xml"), _part(package, f"{folder}/styles.xml")
            )
        body = _parse(main_name, original).find(_W + "body")
        lines: list[str] = []
        if body is not None:
            _blocks(body, numbering, lines)
    except _BROKEN as error:
        raise UnreadableFile(f"不是完整的 DOCX（{error}）；请用 Word 打开后另存再添加") from error
    text = "\n".join(lines)
    characters = original.decode("utf-8", errors="replace")
    return Reading(text, runs=align(text, characters, see_markup(characters)))


def docx_characters(data: bytes) -> str:
    """The characters of the main part of a DOCX file that was read before; offsets in it count these."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return (_unpack(package, _main_name(package)) or b"").decode("utf-8", errors="replace")


def _main_name(package: zipfile.ZipFile) -> str:
    """The name of the part with the text: word/document.xml unless the package says otherwise."""
    relations = _part(package, "_rels/.rels")
    for relation in relations if relations is not None else ():
        if str(relation.get("Type", "")).endswith("/officeDocument"):
            return str(relation.get("Target", "")).lstrip("/")
    return "word/document.xml"


def _unpack(package: zipfile.ZipFile, name: str) -> bytes | None:
    """The bytes of a part, or None where the package has none of that name."""
    try:
        info = package.getinfo(name)
    except KeyError:
        return None
    if info.file_size > UNPACKED_LIMIT or info.file_size > RATIO_LIMIT * max(info.compress_size, 1) + 1_000_000:
        raise UnreadableFile(
            f"展开后有 {info.file_size // 1_000_000} MB，像是压缩炸弹；请确认文件来源后用 Word 另存再添加"
        )
    with package.open(info) as stream:
        data = stream.read(UNPACKED_LIMIT + 1)
    if len(data) > UNPACKED_LIMIT:
        raise UnreadableFile("展开后过大，像是压缩炸弹；请确认文件来源后用 Word 另存再添加")
    return data


def _part(package: zipfile.ZipFile, name: str) -> etree._Element | None:
    data = _unpack(package, name)
    return None if data is None else _parse(name, data)


def _parse(name: str, data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        return etree.fromstring(data.replace(_STRICT, _TRANSITIONAL), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(f"{name} 不是完整的 XML（{error.msg}）；请用 Word 打开后另存再添加") from error


def _blocks(body: etree._Element, numbering: _Numbering, lines: list[str]) -> None:
    """Append the paragraphs and table rows of a container, those of content controls included."""
    waiting = list(reversed(list(body)))
    while waiting:
        node = waiting.pop()
        if node.tag == _W + "p":
            text = _number(node, numbering) + _text(node)
            lines.extend(piece for piece in text.split("\n") if piece.strip())
        elif node.tag == _W + "tbl":
            lines.extend(_rows(node))
        elif node.tag in (_W + "sdt", _W + "sdtContent", _W + "ins", _W + "smartTag", _W + "customXml"):
            waiting.extend(reversed(list(node)))


def _rows(table: etree._Element) -> list[str]:
    rows = []
    for row in table.iter(_W + "tr"):
        cells = [
            " ".join("".join(_text(p) for p in cell.iter(_W + "p")).split()) for cell in row.iterchildren(_W + "tc")
        ]
        if any(cells):
            rows.append(" | ".join(cells))
    return rows


def _text(paragraph: etree._Element) -> str:
    pieces: list[str] = []
    waiting = list(reversed(list(paragraph)))
    while waiting:
        node = waiting.pop()
        if node.tag in _SKIPPED:
            continue
        if node.tag == _W + "t":
            pieces.append(node.text or "")
        elif node.tag == _W + "tab":
            pieces.append(" ")
        elif node.tag in (_W + "br", _W + "cr"):
            pieces.append("\n")
        elif node.tag == _W + "noBreakHyphen":
            pieces.append("-")
        elif node.tag not in (_W + "pPr", _W + "rPr"):
            waiting.extend(reversed(list(node)))
    return "".join(pieces)


def _read_numbering(numbering: etree._Element | None, styles: etree._Element | None) -> _Numbering:
    abstract: dict[str, dict[int, _Level]] = {}
    result = _Numbering({}, {}, {}, defaultdict(int))
    if numbering is not None:
        for definition in numbering.iterchildren(_W + "abstractNum"):
            levels = {_int(level, "ilvl"): _level(level) for level in definition.iterchildren(_W + "lvl")}
            abstract[definition.get(_W + "abstractNumId", "")] = levels
        for use in numbering.iterchildren(_W + "num"):
            number = use.get(_W + "numId", "")
            base = _value(use.find(_W + "abstractNumId")) or ""
            levels = dict(abstract.get(base, {}))
            restarted = False
            for override in use.iterchildren(_W + "lvlOverride"):
                at = _int(override, "ilvl")
                if (level := override.find(_W + "lvl")) is not None:
                    levels[at] = _level(level)
                begin = _value(override.find(_W + "startOverride"))
                if begin and begin.isdecimal() and at in levels:
                    levels[at] = _Level(levels[at].form, levels[at].text, int(begin))
                    restarted = True
            result.levels[number] = levels
            result.shared[number] = f"num{number}" if restarted else f"abstract{base}"
    if styles is not None:
        for style in styles.iterchildren(_W + "style"):
            found = style.find(f"{_W}pPr/{_W}numPr")
            if found is not None and (number_id := _value(found.find(_W + "numId"))):
                level_text = _value(found.find(_W + "ilvl")) or "0"
                result.styles[style.get(_W + "styleId", "")] = (
                    number_id,
                    int(level_text) if level_text.isdecimal() else 0,
                )
    return result


def _level(level: etree._Element) -> _Level:
    start = _value(level.find(_W + "start")) or "1"
    return _Level(
        _value(level.find(_W + "numFmt")) or "decimal",
        _value(level.find(_W + "lvlText")) or "",
        int(start) if start.isdecimal() else 1,
    )


def _number(paragraph: etree._Element, numbering: _Numbering) -> str:
    """The number Word prints before a paragraph."""
    properties = paragraph.find(_W + "pPr")
    if properties is None:
        return ""
    use = numbering.styles.get(_value(properties.find(_W + "pStyle")) or "")
    own = properties.find(_W + "numPr")
    if own is not None and (number_id := _value(own.find(_W + "numId"))):
        level_text = _value(own.find(_W + "ilvl")) or "0"
        use = (number_id, int(level_text) if level_text.isdecimal() else 0)
    if use is None or use[0] == "0":
        return ""
    levels = numbering.levels.get(use[0], {})
    level = levels.get(use[1])
    if level is None or level.form in ("bullet", "none"):
        return ""
    shared = numbering.shared[use[0]]
    numbering.counts[shared, use[1]] += 1
    for deeper in range(use[1] + 1, 9):
        numbering.counts[shared, deeper] = 0
    text = level.text
    for at in range(9):
        if f"%{at + 1}" in text and at in levels:
            count = max(numbering.counts[shared, at], 1) + levels[at].start - 1
            text = text.replace(f"%{at + 1}", _printed(count, levels[at].form))
    return text


def _printed(value: int, form: str) -> str:
    if "hinese" in form or form.startswith(("ideograph", "japanese", "taiwanese")):
        return to_chinese(value) if value < 10_000 else str(value)
    if "EnclosedCircle" in form and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if form in ("upperLetter", "lowerLetter") and 1 <= value <= 26:
        return chr((65 if form == "upperLetter" else 97) + value - 1)
    return str(value)


def _value(node: etree._Element | None) -> str | None:
    return None if node is None else node.get(_W + "val")


def _int(node: etree._Element, name: str) -> int:
    text = node.get(_W + name, "0")
    return int(text) if text.isdecimal() else 0
