"""Connections to the library's file, and what SQLite finds wrong with it in sentences that a person can act on.

Each thread has a connection of its own.  A commit is on the disk when it returns: what was reported as added survives
a loss of power, not only the end of the process.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus.errors import BrokenLibrary, LibraryUnavailable, TiaowenError
from corpus.seals import with_check

BUSY_S = 30.0
"""Seconds to wait for another process that writes; a change takes less than one."""


_ERRORS = (sqlite3.Error, UnicodeDecodeError)
"""A damaged name in a message of SQLite is an error of decoding, not one of its own."""


def told(error: Exception, path: Path) -> TiaowenError:
    """The sentence for an error of SQLite: what it found, and what to do about it."""
    name = str(getattr(error, "sqlite_errorname", ""))
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return LibraryUnavailable(f"另一个程序正在写 {path}，等了 {BUSY_S:.0f} 秒；请等它结束后再试")
    if name.startswith("SQLITE_FULL"):
        return LibraryUnavailable(f"磁盘已满，{path} 没有改动；请腾出空间后再试")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_AUTH")):
        return LibraryUnavailable(f"不能写 {path}，它没有改动；请检查文件夹的权限，或另选 TIAOWEN_HOME")
    if name.startswith(("SQLITE_IOERR", "SQLITE_NOMEM")):
        return LibraryUnavailable(f"读写 {path} 时出错（{error}），它没有改动；请检查磁盘空间和磁盘本身")
    return BrokenLibrary(f"{path} 损坏了，或者不是文库（{error}）；请从备份恢复，备份用 tiaowen export 生成")


class Cursor(sqlite3.Cursor):
    """A cursor whose errors are told."""

    def execute(self, *arguments: Any) -> "Cursor":
        with _telling(self):
            super().execute(*arguments)
        return self

    def executemany(self, *arguments: Any) -> "Cursor":
        with _telling(self):
            super().executemany(*arguments)
        return self

    def fetchone(self) -> Any:
        with _telling(self):
            return super().fetchone()

    def fetchall(self) -> list[Any]:
        with _telling(self):
            return super().fetchall()

    def __next__(self) -> Any:
        try:
            return super().__next__()
        except _ERRORS as error:  # not with `_telling`: this runs for every row
            raise told(error, self.connection.path) from error  # type: ignore[attr-defined]


@contextmanager
def _telling(cursor: Cursor) -> Iterator[None]:
    try:
        yield
    except _ERRORS as error:
        connection = cursor.connection
        assert isinstance(connection, Connection)
        raise told(error, connection.path) from error


class Connection(sqlite3.Connection):
    """A connection to the library at `path`; it raises LibraryUnavailable or BrokenLibrary."""

    path: Path

    def cursor(self, factory: Any = Cursor) -> Any:
        return super().cursor(factory)

    def execute(self, *arguments: Any) -> Cursor:
        found: Cursor = self.cursor().execute(*arguments)
        return found

    def executemany(self, *arguments: Any) -> Cursor:
        found: Cursor = self.cursor().executemany(*arguments)
        return found


def connect(path: Path) -> Connection:
    """Open the library's file, made where it is not there.  Raises LibraryUnavailable or BrokenLibrary."""
    try:
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, factory=Connection)
    except sqlite3.Error as error:
        raise told(error, path) from error
    connection.path = path
    connection.row_factory = sqlite3.Row
    connection.create_function("with_check", 1, with_check, deterministic=True)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
    except TiaowenError:
        connection.close()
        raise
    return connection
