"""From the bytes of a file to its text: one function per format, registered in `READERS`.

A reader gives paragraphs, one a line, and the pages where the format has them; `read_file` chooses the reader by what
the bytes are, then by the file's name, and turns every failure into one sentence that names the file.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import UnreadableFile
from corpus.read_docx import read_docx
from corpus.read_html import read_html
from corpus.read_markdown import read_markdown
from corpus.read_pdf import read_pdf
from corpus.reading import Reading, read_text

SIZE_LIMIT = 64 * 1024 * 1024  # bytes of a file
TEXT_LIMIT = 20_000_000  # characters of a document
LINE_LIMIT = 200_000  # characters of a paragraph
PARAGRAPH_LIMIT = 200_000  # paragraphs of a document


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
            raise UnreadableFile(
                f"文件有 {len(data) // 1_000_000} MB，上限是 {SIZE_LIMIT // 1_000_000} MB；请拆分后再添加"
            )
        if not data.strip():
            raise UnreadableFile("文件是空的；请换一个有正文的文件")
        reading = choose_reader(name, data)(data)
        if len(reading.text) > TEXT_LIMIT:
            raise UnreadableFile(f"正文超过 {TEXT_LIMIT} 字；请拆分后再添加")
        paragraphs = reading.text.splitlines()
        if len(paragraphs) > PARAGRAPH_LIMIT:
            raise UnreadableFile(f"有 {len(paragraphs)} 段，上限是 {PARAGRAPH_LIMIT} 段；请拆分后再添加")
        longest = max(map(len, paragraphs), default=0)
        if longest > LINE_LIMIT:
            raise UnreadableFile(f"有一段长达 {longest} 字，不像公文；请检查文件内容")
        if not any(c.isalnum() for c in reading.text):
            raise UnreadableFile("没有读出任何文字；请换一个有正文的文件")
        return Source(name, data, reading)
    except UnreadableFile as error:
        raise UnreadableFile(f"{name}：{' '.join(str(error).split())}") from error


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


READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".docx": read_docx,
    ".pdf": read_pdf,
}
"""Every format, by the ending of a file's name; add a reader here."""

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"<!doctype html", ".html"),
    (b"<html", ".html"),
    (b"%pdf-", ".pdf"),
    (b"pk\x03\x04", ".docx"),
    (b"\xd0\xcf\x11\xe0", ".doc"),
)
"""First bytes (in lower case) that say more than a file's name."""
