"""What can go wrong with a document or the library, told in one sentence a person can act on.

Every error of the project that is not a bug derives from `TiaowenError`; the message says what was found,
what was expected and what to do next.  Bugs keep their traceback.
"""


class TiaowenError(Exception):
    """A person can act on this; the message is one sentence."""


class UnreadableFile(TiaowenError):
    """The bytes of a file are not a document that a reader can turn into text."""


class NotFound(TiaowenError):
    """The library holds no document or clause of that name."""


class BrokenLibrary(TiaowenError):
    """The library file cannot be opened, or was written by another version."""


class LibraryUnavailable(TiaowenError):
    """The library cannot be written or read now: a full disk, a folder without rights, another program at it."""
