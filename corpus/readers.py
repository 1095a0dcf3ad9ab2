"""Turn the bytes of a file into text. Each reader is a registered function; adding one touches this file only."""

from collections.abc import Callable
from pathlib import PurePath

from corpus.errors import UnreadableFile

Reader = Callable[[str, bytes], str]

LARGEST = 50 * 1024 * 1024  # bytes
_BINARY = (b"PK\x03\x04", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x89PNG", b"\xff\xd8\xff", b"\x7fELF")


def read_text(name: str, content: bytes) -> str:
    """The text of a plain-text file: strict UTF-8 (or UTF-16 with its mark), then GB18030, then a refusal."""
    if content.startswith(_BINARY):
        raise UnreadableFile(f"{name} is not plain text although its name says so; give it the ending of its format.")
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.count("\x00") * 100 > len(text):
            break
        return text
    raise UnreadableFile(f"{name} is neither UTF-8 nor GB18030 text; save it as UTF-8 and add it again.")


READERS: dict[str, Reader] = {".txt": read_text}
"""The reader for each ending of a file name."""


def read_file(name: str, content: bytes) -> str:
    """The text of a file by the ending of its name.

    Raises UnreadableFile for an unknown ending, an empty or too large file, or bytes that the reader refuses.
    """
    ending = PurePath(name).suffix.lower()
    reader = READERS.get(ending)
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise UnreadableFile(f"{name} ends in {ending or 'nothing'}; this version reads {known}.")
    if len(content) > LARGEST:
        raise UnreadableFile(f"{name} has {len(content):,} bytes; at most {LARGEST:,} are read, so split it.")
    text = reader(name, content)
    if not text.strip():
        raise UnreadableFile(f"{name} holds no text; check that it is the right file.")
    return text
