"""Keys that let programs and people change a library: made with `tiaowen key`, hashed at rest, revocable.

A key is 32 random bytes, so one SHA-256 protects it as well as a slow hash would; it is shown once, when it
is made. Presented keys are compared in constant time. A key comes as `Authorization: Bearer KEY` from a
program, or as the password of HTTP Basic from a browser, which then asks for it in its own window.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from corpus.errors import TiaowenError

SCOPES = ("read", "write", "admin")
PREFIX = "tiaowen_"


@dataclass(frozen=True, slots=True)
class Key:
    """What is kept of a key: never the key itself. A scope includes those before it in SCOPES."""

    key_id: str
    name: str
    scope: str
    sha256: str
    created: str

    def allows(self, scope: str) -> bool:
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


def presented_key(authorization: str) -> str | None:
    """The key in an Authorization header; None if there is none."""
    kind, _, value = authorization.partition(" ")
    if kind.lower() == "bearer":
        return value.strip() or None
    if kind.lower() == "basic":
        try:
            decoded = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except ValueError:
            return None
        return decoded.partition(":")[2] or None
    return None


class KeyRing:
    """The keys of a library folder, read again whenever the file has changed; safe to use from many
    threads.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / "keys.json"
        self._lock = threading.Lock()
        self._held: tuple[object, tuple[Key, ...]] = (None, ())

    def keys(self) -> tuple[Key, ...]:
        """The keys in force. Raises TiaowenError if the file is damaged: then nobody gets in by accident."""
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return ()
        stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
        with self._lock:
            if self._held[0] != stamp:
                self._held = (stamp, self._read())
            return self._held[1]

    def _read(self) -> tuple[Key, ...]:
        try:
            rows = json.loads(self.path.read_text(encoding="utf-8"))["keys"]
            return tuple(Key(**row) for row in rows)
        except (ValueError, KeyError, TypeError) as error:
            raise TiaowenError(f"密钥文件 {self.path} 读不出来（{error}）；请恢复它，或删去后重新创建密钥。") from error

    def find(self, presented: str) -> Key | None:
        """The key that was presented; every key is compared, so the time tells nothing."""
        digest = hashlib.sha256(presented.encode()).hexdigest()
        matching = [key for key in self.keys() if hmac.compare_digest(key.sha256, digest)]
        return matching[0] if matching else None

    def create(self, name: str, scope: str) -> tuple[Key, str]:
        """A new key and its secret, which is kept nowhere. Raises TiaowenError for an unknown scope."""
        if scope not in SCOPES:
            raise TiaowenError(f"不认识的权限 {scope}；应是 {'、'.join(SCOPES)} 之一。")
        secret = PREFIX + secrets.token_urlsafe(32)
        key = Key(
            key_id=secrets.token_hex(4),
            name=name,
            scope=scope,
            sha256=hashlib.sha256(secret.encode()).hexdigest(),
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._write([*self.keys(), key])
        return key, secret

    def revoke(self, key_id: str) -> None:
        """Take a key out of force at once. Raises TiaowenError if there is none of that id."""
        kept = [key for key in self.keys() if key.key_id != key_id]
        if len(kept) == len(self.keys()):
            raise TiaowenError(f"没有编号为 {key_id} 的密钥；用 tiaowen key list 查看。")
        self._write(kept)

    def _write(self, keys: Sequence[Key]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(f".{secrets.token_hex(4)}.partial")
        text = json.dumps({"keys": [asdict(key) for key in keys]}, ensure_ascii=False, indent=2)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.path)
