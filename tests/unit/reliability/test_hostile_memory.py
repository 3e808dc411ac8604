# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever a service answers, a module never takes more than 256 MB."""

from __future__ import annotations

import gzip
import socket
import sys
from collections.abc import Callable

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.loopback import Handler, loopback, reply
from ansible_collections.huaweicloud.backup.tests.unit.reliability.hostile_process import run_process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")

MB = 1024 * 1024
MOST = 256
OK = b"HTTP/1.1 200 OK\r\n"
BLANKS = b" " * MB
# What the product allows, less a little.
ALLOWED = 127 * MB


def streamed(head: bytes, piece: bytes) -> Handler:
    """The piece a hundred times."""

    def handler(connection: socket.socket) -> None:
        connection.sendall(head)
        for _number in range(100):
            connection.sendall(piece)

    return handler


def hungry(first: bytes, row: bytes, last: bytes, *, needs: int) -> bytes:
    """As many rows as are still read; ``needs`` is what the product reckons for each."""
    return reply(first + row * (ALLOWED // needs) + last)


def keys(count: int) -> bytes:
    return reply(b"{" + b",".join(b'"%07x":{}' % number for number in range(count)) + b"}")


TOO_LARGE = "the answer is larger than 32 MB"
TOO_MUCH = "reading the answer would take too much memory"
NO_QUOTAS = "the answer has no object 'quotas'"

# Made when they are needed, because they are large.
ANSWERS: dict[str, tuple[Callable[[], bytes | Handler], str]] = {
    "100 MB": (lambda: streamed(OK + b"Content-Length: %d\r\n\r\n" % (100 * MB), BLANKS), TOO_LARGE),
    "100 MB in chunks": (
        lambda: streamed(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"100000\r\n" + BLANKS + b"\r\n"),
        TOO_LARGE,
    ),
    "a bomb": (lambda: reply(gzip.compress(BLANKS * 100, 1), headers=["Content-Encoding: gzip"]), TOO_LARGE),
    "32 MB of blanks": (lambda: reply(BLANKS * 31 + b"{}"), NO_QUOTAS),
    "an error of 32 MB": (
        lambda: reply(b'{"error":{"message":"' + b"x" * 31 * MB + b'"}}', status="400 no"),
        "HTTP 400",
    ),
    "32 MB of lists": (lambda: reply(b'{"a":[' + b"[]," * (10 * MB) + b"[]]}"), TOO_MUCH),
    "as many lists as are read": (
        lambda: hungry(b'{"a":[', b"[],", b"[]]}", needs=2 * 3 + 2 * 150),
        NO_QUOTAS,
    ),
    "as many keys as are read": (lambda: keys(ALLOWED // (2 * 13 + 3 * 150)), NO_QUOTAS),
    "as long a text of wide characters as is read": (
        lambda: hungry(b'{"a":"\xf0\x9f\x92\xa9', b"x", b'"}', needs=2 * 4),
        NO_QUOTAS,
    ),
}


@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_of_this_kind_never_takes_256_mb(what: str, record_property: Callable[[str, object], None]) -> None:
    answer, message = ANSWERS[what]
    with loopback(answer()) as server:
        options = {
            "auth_token": "example",
            "project_id": "0123456789abcdef0123456789abcdef",
            "endpoints": {"vbs": server.url},
            "api_retries": 0,
        }
        ended = run_process("vbs_quota_info", options)
    record_property("peak_mb", round(ended.peak))
    assert message in ended.result["msg"]
    assert (ended.status, ended.result["failed"]) == (1, True)
    assert len(ended.result["msg"]) < 1000
    assert ended.peak < MOST
