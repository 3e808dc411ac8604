# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An answer's body, read with bounded memory whatever the server sends.

Not every urllib3 that requests may come with bounds what it unpacks, or the length of a line between chunks.
"""

from __future__ import annotations

import typing as t
import zlib
from collections.abc import Iterator
from http.client import HTTPException, IncompleteRead

# What is asked for, and so the only thing a server may use. Both names of it are the same (RFC 9110).
ACCEPTED = "gzip"
_CODINGS = ("gzip", "x-gzip")
_CHUNK = 64 * 1024
_LINE = 64 * 1024


def coding_of(header: str | None) -> str | None:
    """The one coding of a body, None where it has none.

    :raises ValueError: one that was not asked for, or several on top of each other.
    """
    coding = (header or "").strip().lower()
    if coding in ("", "identity"):
        return None
    if coding not in _CODINGS:
        raise ValueError(header)
    return coding


def pieces(raw: t.Any, coding: str | None) -> Iterator[bytes]:
    """The body of a urllib3 response, unpacked, in pieces of at most 64 KB.

    :raises HTTPException: the framing or the packing is broken.
    """
    received = getattr(raw, "_original_response", None)
    if received is not None and received.fp is not None:
        received.fp = _Bounded(received.fp)
    packed = raw.stream(_CHUNK, decode_content=False)
    return packed if coding is None else _unpacked(packed)


def _unpacked(packed: Iterator[bytes]) -> Iterator[bytes]:
    machine: t.Any = None
    for piece in packed:
        rest = piece
        while rest:
            if machine is None or machine.eof:
                # A file may have several parts.
                machine = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            try:
                yield machine.decompress(rest, _CHUNK)
            except zlib.error as error:
                raise HTTPException(f"not gzip: {error}") from None
            rest = machine.unused_data if machine.eof else machine.unconsumed_tail
    if machine is not None and not machine.eof:
        raise IncompleteRead(b"")


class _Bounded:
    """The file that an answer is read from, for whom a line or a read without a bound is an error."""

    def __init__(self, file: t.Any) -> None:
        self._file = file

    def __getattr__(self, name: str) -> t.Any:
        return getattr(self._file, name)

    def readline(self, size: int | None = -1) -> bytes:
        line: bytes = self._file.readline(_LINE if size is None or size < 0 else size)
        if len(line) >= _LINE:
            raise HTTPException("a line that does not end")
        return line

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0:
            # Else it would be everything that the server has to send.
            raise HTTPException("a length below zero")
        return t.cast("bytes", self._file.read(size))
