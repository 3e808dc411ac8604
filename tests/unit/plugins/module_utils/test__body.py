# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import gzip
import io
import typing as t
import zlib
from http.client import HTTPException, IncompleteRead

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._body import coding_of, pieces

KB = 1024


class Raw:
    """A response of urllib3 as far as it is used, in pieces of any size."""

    def __init__(self, *packed: bytes, file: t.Any = None) -> None:
        self._packed = packed
        if file is not None:
            self._original_response = t.cast("t.Any", type("Received", (), {"fp": file})())

    def stream(self, size: int, *, decode_content: bool) -> t.Iterator[bytes]:
        assert (size, decode_content) == (64 * KB, False)
        return iter(self._packed)


@pytest.mark.parametrize(
    ("header", "coding"),
    [(None, None), ("", None), ("identity", None), ("gzip", "gzip"), (" GZIP ", "gzip"), ("X-Gzip", "x-gzip")],
)
def test_only_gzip_is_unpacked(header: str | None, coding: str | None) -> None:
    assert coding_of(header) == coding


@pytest.mark.parametrize(
    "header", ["br", "zstd", "deflate", "compress", "gzip, gzip", "gzip,identity", "gzip;q=1", "*"]
)
def test_what_was_not_asked_for_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        coding_of(header)
    assert str(caught.value) == header


def test_what_is_not_packed_comes_as_it_is() -> None:
    assert list(pieces(Raw(b"ab", b"c"), None)) == [b"ab", b"c"]


def test_a_bomb_is_unpacked_in_small_pieces() -> None:
    bomb = gzip.compress(b" " * 8 * KB * KB)
    found = [len(piece) for piece in pieces(Raw(bomb), "gzip")]
    assert sum(found) == 8 * KB * KB
    assert max(found) <= 64 * KB


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_parts_may_be_cut_anywhere(size: int) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(b"two")
    cut = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert b"".join(pieces(Raw(*cut), "gzip")) == b"one two"


def test_nothing_is_nothing() -> None:
    assert b"".join(pieces(Raw(), "gzip")) == b""


@pytest.mark.parametrize("missing", [1, 8, 9, 12])
def test_what_breaks_off_is_noticed(missing: int) -> None:
    packed = gzip.compress(b"one two three")
    with pytest.raises(IncompleteRead):
        list(pieces(Raw(packed[:-missing]), "gzip"))


@pytest.mark.parametrize(
    "packed", [b"{}", zlib.compress(b"{}"), gzip.compress(b"{}", mtime=0) + b"more", b"\x1f\x8b\x08\xff"]
)
def test_what_is_no_gzip_is_noticed(packed: bytes) -> None:
    with pytest.raises(HTTPException):
        list(pieces(Raw(packed), "gzip"))


def bounded(content: bytes) -> t.Any:
    raw = Raw(file=io.BytesIO(content))
    list(pieces(raw, None))
    return raw._original_response.fp


def test_lines_and_reads_with_a_bound_go_through() -> None:
    file = bounded(b"5\r\nhello" + b"x" * 100)
    assert file.readline() == b"5\r\n"
    assert (file.read(5), file.readline(3), file.readline(None)) == (b"hello", b"xxx", b"x" * 97)
    assert not file.closed


@pytest.mark.parametrize("size", [None, -1, -70000])
def test_a_line_or_a_read_without_a_bound_is_an_error(size: int | None) -> None:
    with pytest.raises(HTTPException, match="does not end"):
        bounded(b"x" * 64 * KB).readline(size)
    with pytest.raises(HTTPException, match="below zero"):
        bounded(b"x").read(size)
