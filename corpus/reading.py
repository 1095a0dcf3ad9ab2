"""What a reader gives, and how bytes become characters: the ground the readers of each format stand on."""

from dataclasses import dataclass

from corpus.errors import UnreadableFile


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of a reading that stand together in the original too, one for one."""

    start: int  # in the reading
    source_start: int  # in the original; see `origin` for what it counts
    length: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader saw: text with one paragraph a line, (offset, page) where pages begin, and where the characters
    stood in the original.  Without runs the text is the original; what no run covers the reader put in (a number that
    Word counts, the bar between two cells).
    """

    text: str
    pages: tuple[tuple[int, int], ...] = ()
    runs: tuple[Run, ...] = ()


def read_text(data: bytes) -> Reading:
    """Plain text: strict UTF-8 (UTF-16 with its mark), then GB18030, else a refusal."""
    return Reading(decode(data))


def decode(data: bytes) -> str:
    """The characters of a text file.

    Raises UnreadableFile where the bytes are no text in UTF-8, UTF-16 or GB18030.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        if b"\x00" in data:
            raise UnreadableFile("这是二进制文件，不是文本；请给出 TXT、Markdown、HTML、DOCX 或有文字层的 PDF")
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or _is_chinese(text):
            return text
    raise UnreadableFile("既不是 UTF-8 也不是 GB18030 编码的文本；请另存为 UTF-8 再添加")


# Of the characters of official Chinese a fourth are among these; of characters drawn by lot one in a hundred.
_COMMON = frozenset(
    "的和业国人一在法有行政为工中市发产会第条是部应定管等以者民生理不府公关责省区安年当全十实规机建地大化及经本对下加目务单度"
)


def _is_chinese(text: str) -> bool:
    """Whether bytes read as GB18030 gave words: almost any bytes decode, few give what people write."""
    letters = [c for c in text[:20_000] if ord(c) > 127]
    if not letters:
        return True
    han = [c for c in letters if "\u4e00" <= c <= "\u9fff"]
    marks = sum("\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uffef" or c in "“”‘’—…·" for c in letters)
    written = len(han) < 20 or sum(c in _COMMON for c in han) >= 0.04 * len(han)
    return written and len(han) + marks >= 0.8 * len(letters)
