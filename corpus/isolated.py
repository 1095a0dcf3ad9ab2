"""Read a foreign file in a process of its own, with limits on time, memory and output.

PDF, DOCX and HTML are parsed by libraries written in C; a file made to break one of them must not reach the library,
or take a server down with it.  A helper process is started once and forks for each file, so that a file costs some
milliseconds and never meets what another one left behind.  A program with one thread, such as `tiaowen add`, forks
the helper, which is as fast; one with several starts a new Python for it.  The child may write no files and start no
programs; what it gives back is text and numbers as JSON, never objects.

Where a system cannot fork (Windows) each file gets a new process, limited in time and output only.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path
from typing import Any

from corpus import readers
from corpus.errors import UnreadableFile
from corpus.readers import SIZE_LIMIT, Source
from corpus.reading import Reading, Run

SECONDS = 120.0
MEMORY_LIMIT = 3 * 1024**3  # bytes of address space of a child
OUTPUT_LIMIT = 512 * 1024**2  # bytes of what it gives back
_FORKS = hasattr(os, "fork") and hasattr(socket, "send_fds")
_LENGTH = struct.Struct("!Q")


def read_file(path: Path) -> Source:
    """Read one file of a person's choice; a link is followed, what is no ordinary file is refused.

    Raises UnreadableFile, naming the file.
    """
    try:
        # Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise UnreadableFile(f"{path.name}：不是普通文件；请给出文件或文件夹的路径")
            data = b"" if found.st_size > SIZE_LIMIT else file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise UnreadableFile(f"{path.name}：打不开（{error.strerror or error}）；请检查路径和权限") from error
    if found.st_size > SIZE_LIMIT or len(data) > SIZE_LIMIT:
        size, limit = max(found.st_size, len(data)) // 1_000_000, SIZE_LIMIT // 1_000_000
        raise UnreadableFile(f"{path.name}：文件有 {size} MB，上限是 {limit} MB；请拆分后再添加")
    return read_bytes(path.name, data)


def read_bytes(name: str, data: bytes) -> Source:
    """Read a file in memory in a child process.  Raises UnreadableFile, naming the file."""
    if len(data) > SIZE_LIMIT or not data.strip():
        return readers.read_bytes(name, data)  # it says what is wrong
    try:
        answer = json.loads(_HELPER.ask(name, data))
        if "refused" not in answer:
            return Source(name, data, _reading(answer))
    except TimeoutError as error:
        raise UnreadableFile(f"{name}：{SECONDS:.0f} 秒内没有读完；请检查文件，或另存为 TXT 再添加") from error
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise UnreadableFile(f"{name}：读它的进程意外停止了，文件可能损坏或过大；请另存为 TXT 再添加") from error
    raise UnreadableFile(str(answer["refused"]))


def _reading(answer: dict[str, Any]) -> Reading:
    """The reading in an answer; a child that was taken over can give wrong text, but nothing that is not text."""
    pages = tuple((int(start), int(page)) for start, page in answer["pages"])
    runs = tuple(Run(int(start), int(source), int(length)) for start, source, length in answer["runs"])
    return Reading(str(answer["text"]), pages, runs)


class _Helper:
    """The process that forks for each file; started with the first one, ended with this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process = 0
        self._line: socket.socket | None = None
        self._owner = 0

    def ask(self, name: str, data: bytes) -> bytes:
        """What a child says of a file.  Raises TimeoutError, or OSError where it ended without an answer."""
        if not _FORKS:
            return _ask_new_process(name, data)
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                try:
                    socket.send_fds(self._started(), [b"f"], [theirs.fileno()])
                except OSError:  # somebody ended it
                    self._end()
                    socket.send_fds(self._started(), [b"f"], [theirs.fileno()])
            return _converse(ours, name, data)

    def _started(self) -> socket.socket:
        if self._line is not None and self._owner != os.getpid():
            self._line = None  # it belongs to the process that we were forked from
        if self._line is None:
            ours, theirs = socket.socketpair()
            with theirs:
                self._process = _fork(theirs) if sys.platform == "linux" and _is_single() else _spawn(theirs)
            self._line, self._owner = ours, os.getpid()
        return self._line

    def _end(self) -> None:
        if self._line is not None and self._owner == os.getpid():
            self._line.close()
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self._process, 0)
        self._line = None


_HELPER = _Helper()
atexit.register(_HELPER._end)


def _is_single() -> bool:
    return threading.active_count() == 1


def _fork(line: socket.socket) -> int:
    """A helper that is a copy of this process; its number."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # idle threads of NumPy's, which a reader never uses
        child = os.fork()
    if child == 0:
        try:
            handle = line.detach()
            os.closerange(3, handle)
            os.closerange(handle + 1, 1024)
            serve(handle)
        finally:
            os._exit(0)
    return child


def _spawn(line: socket.socket) -> int:
    """A helper that is a new Python; its number."""
    started = subprocess.Popen(_python(f"serve({line.fileno()})"), pass_fds=[line.fileno()], stdin=subprocess.DEVNULL)
    started.returncode = 0  # `_end` waits for it, not the garbage collector
    return started.pid


def _python(call: str) -> list[str]:
    """A Python that calls a function of this module and reads nothing else on its way."""
    where = [str(Path(__file__).resolve().parent.parent), *sys.path]
    code = f"import sys\nsys.path[:] = {where!r}\nfrom corpus import isolated\nisolated.{call}"
    return [sys.executable, "-I", "-S", "-c", code]


def _converse(line: socket.socket, name: str, data: bytes) -> bytes:
    """Hand a file to the child at the other end and take its answer, within the limits."""
    until = time.monotonic() + SECONDS
    child = 0
    try:
        (child,) = _LENGTH.unpack(_receive(line, _LENGTH.size, until))
        title = name.encode("utf-8", "surrogatepass")
        line.settimeout(max(0.1, until - time.monotonic()))
        line.sendall(_LENGTH.pack(len(title)) + title + _LENGTH.pack(len(data)) + data)
        (length,) = _LENGTH.unpack(_receive(line, _LENGTH.size, until))
        if length > OUTPUT_LIMIT:
            raise OSError("too long an answer")
        return _receive(line, length, until)
    except BaseException:
        if child:
            with contextlib.suppress(OSError):
                os.kill(child, signal.SIGKILL)
        raise


def _receive(line: socket.socket, length: int, until: float) -> bytes:
    received = bytearray()
    while len(received) < length:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        line.settimeout(left)  # and not `select`, which knows no file number above 1023
        piece = line.recv(min(1 << 20, length - len(received)))
        if not piece:
            raise ConnectionError("the child ended")
        received += piece
    return bytes(received)


def _ask_new_process(name: str, data: bytes) -> bytes:
    """The same where nothing can fork: a process for one file."""
    try:
        done = subprocess.run(
            _python(f"answer_standard_input({name!r})"), input=data, stdout=subprocess.PIPE, timeout=SECONDS, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError from error
    except subprocess.CalledProcessError as error:
        raise OSError("the child ended") from error
    return done.stdout


# What runs in the helper and its children


def serve(handle: int) -> None:
    """Fork for each file whose connection comes in over the socket `handle`, until that is closed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are not waited for
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole terminal; our parent ends us
    with socket.socket(fileno=handle) as orders:
        while True:
            message, handles, _, _ = socket.recv_fds(orders, 1, 1)
            if not message:
                return
            child = os.fork()
            if child == 0:
                try:
                    orders.close()
                    with socket.socket(fileno=handles[0]) as line:
                        _serve_one(line)
                finally:
                    os._exit(0)
            for each in handles:
                os.close(each)


def _serve_one(line: socket.socket) -> None:
    until = time.monotonic() + SECONDS
    line.sendall(_LENGTH.pack(os.getpid()))
    (length,) = _LENGTH.unpack(_receive(line, _LENGTH.size, until))
    name = _receive(line, length, until).decode("utf-8", "surrogatepass")
    (length,) = _LENGTH.unpack(_receive(line, _LENGTH.size, until))
    data = _receive(line, length, until)
    _limit()
    answer = answer_for(name, data)
    line.settimeout(SECONDS)
    line.sendall(_LENGTH.pack(len(answer)) + answer)


def _limit() -> None:
    """What no document needs: more memory or time than this, files, programs."""
    import resource

    seconds = int(SECONDS) + 1
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY_LIMIT),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        with contextlib.suppress(OSError, ValueError):  # a system may not know one, or keep it lower already
            resource.setrlimit(what, (limit, limit))


def answer_for(name: str, data: bytes) -> bytes:
    """The reading of a file, or the sentence that says why there is none, as JSON."""
    try:
        reading = readers.read_bytes(name, data).reading
    except UnreadableFile as error:
        answer: dict[str, Any] = {"refused": str(error)}
    except (MemoryError, RecursionError):
        answer = {"refused": f"{name}：展开后过大，读不下去；请拆分，或另存为 TXT 再添加"}
    else:
        runs = [(run.start, run.source_start, run.length) for run in reading.runs]
        answer = {"text": reading.text, "pages": reading.pages, "runs": runs}
    return json.dumps(answer).encode()


def answer_standard_input(name: str) -> None:
    """Read the file on standard input and answer on standard output."""
    sys.stdout.buffer.write(answer_for(name, sys.stdin.buffer.read()))
