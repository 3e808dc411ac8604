# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens kept between tasks: one small file each, for this user only (contract §1, C(token_cache)).

The place is C($XDG_RUNTIME_DIR), else C(~/.cache), always in a folder C(huaweicloud.backup) of mode 0700. A place
that cannot be trusted or used means no cache, never a failure.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
import typing as t
from collections.abc import Iterator, Mapping
from pathlib import Path

from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock

try:
    import fcntl
except ImportError:  # not on POSIX
    HAS_FCNTL = False
else:
    HAS_FCNTL = True

_EXPIRES_SOON = 300
_LOCK_PATIENCE = 60
# An entry may be some other task's until well after its end; no task writes for an hour.
_LONG_ENDED = 86400
_LEFT_BEHIND = 3600
_ENTRY = r"[0-9a-f]{64}\.json\Z"
_HALF = r"(salt|[0-9a-f]{64})\.([0-9]+\.[0-9a-f]{8}|lock)\Z"
_WRITE_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)

Entry = dict[str, t.Any]


class TokenCache:
    """Entries by key; a key is made of every part of the credential, so a wrong password never finds a token."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        # False once a key was made that nobody can make again; an entry under it would only lie there.
        self._is_lasting = True

    def path(self, parts: tuple[str | None, ...], secret: str) -> Path:
        """The entry's file. The secret goes in through a keyed hash whose key never leaves the folder."""
        salted = hmac.new(self._salt(), secret.encode("utf-8"), hashlib.sha256).hexdigest()
        text = json.dumps([*parts, salted])
        return self._folder / (hashlib.sha256(text.encode("utf-8")).hexdigest() + ".json")

    def load(self, path: Path) -> Entry | None:
        """The entry with a token that is good for five more minutes, or None."""
        content = _read_private(path)
        try:
            entry = json.loads(content) if content else None
        except (ValueError, RecursionError):
            return None
        if not isinstance(entry, dict) or not isinstance(entry.get("token"), str):
            return None
        expires = entry.get("expires_at")
        if not isinstance(expires, (int, float)) or not expires - _EXPIRES_SOON > self._clock.now():
            return None
        return entry

    def save(self, path: Path, entry: Mapping[str, t.Any]) -> None:
        """Write the entry whole or not at all; a place that cannot be written is no failure.

        What other tasks left behind goes then: entries that have ended, halves of tasks that were killed, and the
        locks of sign-ins that were refused.
        """
        if not self._is_lasting:
            return
        with contextlib.suppress(OSError):
            _write_private(path, json.dumps(dict(entry)).encode("utf-8"))
            self._tidy()

    def drop(self, path: Path, token: str) -> None:
        """Forget the entry if it still holds this dead token; another task may have renewed it."""
        # Under the lock, or a task could remove the new token that came between its look and its removal.
        with self.locked(path), contextlib.suppress(OSError):
            entry = self.load(path)
            if entry is not None and entry["token"] == token:
                path.unlink()

    @contextlib.contextmanager
    def locked(self, path: Path) -> Iterator[None]:
        """Hold the entry's lock, so that twenty tasks at once sign in once; go on without it after a minute."""
        handle = self._open_lock(path.with_suffix(".lock"))
        try:
            if handle is not None:
                self._wait_for_lock(handle)
            yield
        finally:
            if handle is not None:
                os.close(handle)

    def _tidy(self) -> None:
        now = self._clock.now()
        for path in self._folder.iterdir():
            if re.match(_ENTRY, path.name):
                is_old = _has_ended(path, now)
            else:
                is_half = re.match(_HALF, path.name) and not path.with_suffix(".json").exists()
                is_old = bool(is_half) and path.lstat().st_mtime < now - _LEFT_BEHIND
            if is_old:
                path.unlink(missing_ok=True)

    def _open_lock(self, path: Path) -> int | None:
        if not self._is_lasting:
            return None
        try:
            return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600) if HAS_FCNTL else None
        except OSError:
            return None

    def _wait_for_lock(self, handle: int) -> None:
        started = self._clock.monotonic()
        while self._clock.monotonic() - started < _LOCK_PATIENCE:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                self._clock.sleep(0.05)
            else:
                return

    def _salt(self) -> bytes:
        path = self._folder / "salt"
        salt = _read_private(path)
        if salt is None or len(salt) != 32:
            with contextlib.suppress(OSError):
                _write_private(path, secrets.token_bytes(32), replace=salt is not None)
            salt = _read_private(path)
        # Without a salt that stays, entries are never found again: no cache, and nothing to guess from.
        self._is_lasting = salt is not None and len(salt) == 32
        return salt if salt is not None and self._is_lasting else secrets.token_bytes(32)


def open_cache(environ: Mapping[str, str], clock: Clock) -> TokenCache | None:
    """The cache in its usual place; None where that place is not this user's own, private folder."""
    runtime = environ.get("XDG_RUNTIME_DIR")
    try:
        base = Path(runtime) if runtime and Path(runtime).is_dir() else Path.home() / ".cache"
        folder = base / "huaweicloud.backup"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except (OSError, RuntimeError):
        return None
    private = stat.S_ISDIR(status.st_mode) and not stat.S_IMODE(status.st_mode) & 0o077
    return TokenCache(folder, clock) if private and status.st_uid == os.geteuid() else None


def _has_ended(path: Path, now: float) -> bool:
    try:
        entry = json.loads(_read_private(path) or b"")
        return bool(entry["expires_at"] + _LONG_ENDED < now)
    except (ValueError, TypeError, KeyError, RecursionError):
        # Nothing that this collection wrote, or not for this user: not its to remove.
        return False


def _read_private(path: Path) -> bytes | None:
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if status.st_uid != os.geteuid() or not stat.S_ISREG(status.st_mode) or stat.S_IMODE(status.st_mode) & 0o077:
            return None
        return file.read(1 << 20)


def _write_private(path: Path, content: bytes, *, replace: bool = True) -> None:
    temporary = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(temporary, _WRITE_NEW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(handle)
        if replace:
            temporary.replace(path)
        else:
            # A link fails where another task was first; then its salt is the one to use.
            os.link(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
