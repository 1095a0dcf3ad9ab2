"""From the bytes of a file to its text: one function per format, registered in `READERS`.

A reader gives paragraphs, one a line, and the pages where the format has them; `read_file` chooses the reader by what
the bytes are, then by the file's name, and turns every failure into one sentence that names the file.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UnreadableFile

SIZE_LIMIT = 64 * 1024 * 1024  # bytes of a file
TEXT_LIMIT = 20_000_000  # characters of a document
LINE_LIMIT = 200_000  # characters of a paragraph


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader saw: text with one paragraph a line, and (offset, page) where pages begin."""

    text: str
    pages: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it came: its name, bytes and reading."""

    name: str
    data: bytes
    reading: Reading

    @property
    def sha256(self) -> str:
        """The hash of the bytes."""
        return hashlib.sha256(self.data).hexdigest()


Reader = Callable[[bytes], Reading]


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


def _is_chinese(text: str) -> bool:
    """Whether bytes read as GB18030 gave words: almost any bytes decode, few give common characters."""
    sample = [c for c in text[:20_000] if ord(c) > 127]
    if not sample:
        return True
    common = sum("\u4e00" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uffef" or c in "“”‘’—…·" for c in sample)
    return common >= 0.8 * len(sample)


def read_file(path: Path) -> Source:
    """Read one file.

    Raises UnreadableFile, naming the file, for anything that is not a document of a known format.
    """
    try:
        size = path.stat().st_size
        if size > SIZE_LIMIT:
            raise UnreadableFile(f"文件有 {size // 1_000_000} MB，上限是 {SIZE_LIMIT // 1_000_000} MB；请拆分后再添加")
        return read_bytes(path.name, path.read_bytes())
    except OSError as error:
        raise UnreadableFile(f"{path.name}：打不开（{error.strerror or error}）；请检查路径和权限") from error
    except UnreadableFile as error:
        if str(error).startswith(path.name):
            raise
        raise UnreadableFile(f"{path.name}：{error}") from error


def read_bytes(name: str, data: bytes) -> Source:
    """Read a file that is already in memory; the errors are those of `read_file`."""
    try:
        if len(data) > SIZE_LIMIT:
            raise UnreadableFile(f"文件有 {len(data) // 1_000_000} MB，上限是 {SIZE_LIMIT // 1_000_000} MB；请拆分后再添加")
        if not data.strip():
            raise UnreadableFile("文件是空的；请换一个有正文的文件")
        reading = choose_reader(name, data)(data)
        if len(reading.text) > TEXT_LIMIT:
            raise UnreadableFile(f"正文超过 {TEXT_LIMIT} 字；请拆分后再添加")
        longest = max(map(len, reading.text.splitlines()), default=0)
        if longest > LINE_LIMIT:
            raise UnreadableFile(f"有一段长达 {longest} 字，不像公文；请检查文件内容")
        if not any(c.isalnum() for c in reading.text):
            raise UnreadableFile("没有读出任何文字；请换一个有正文的文件")
        return Source(name, data, reading)
    except UnreadableFile as error:
        raise UnreadableFile(f"{name}：{error}") from error


def choose_reader(name: str, data: bytes) -> Reader:
    """The reader for these bytes: by their first bytes, then by the name's ending.

    Raises UnreadableFile for a format that no reader knows.
    """
    suffix = Path(name).suffix.lower()
    for magic, found in MAGIC:
        if data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(magic):
            suffix = found
            break
    if suffix not in READERS:
        known = "、".join(sorted(READERS))
        raise UnreadableFile(f"不认识的格式{suffix or '（没有扩展名）'}；可以添加的有 {known}")
    return READERS[suffix]


MAGIC: tuple[tuple[bytes, str], ...] = ((b"<!doctype html", ".html"), (b"<html", ".html"))
READERS: dict[str, Reader] = {".txt": read_text}
"""Every format, by the ending of a file's name; add a reader here."""
