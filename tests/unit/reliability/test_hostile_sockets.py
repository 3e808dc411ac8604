# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real connections to servers that stall, lie about lengths, pack strangely or answer rubbish."""

from __future__ import annotations

import gzip
import json
import signal
import socket
import threading
import typing as t
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _http
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import system_clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    LostAnswerError,
    TransportError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import Http, Request
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.loopback import Handler, loopback, reply

LIMIT = 1024 * 1024
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy, small limits."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(_http, "_GRACE", 0.1)
    monkeypatch.setattr(_http, "ANSWER_LIMIT", LIMIT)


@pytest.fixture(autouse=True)
def no_alarm_is_left() -> Iterator[None]:
    before = signal.getsignal(signal.SIGALRM)
    yield
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before


def send(url: str, *, creating: bool = False, timeout: t.Any = 10) -> Answer:
    http = Http(clock=system_clock(), timeout=timeout, retries=0, verify=True, user_agent="agent/1")
    method = "POST" if creating else "GET"
    return http.send(Request("try things", method, url + "/v2/p/things", {} if creating else None, creating=creating))


class Dribble:
    """A good answer of which one byte comes every few milliseconds: it is whole only long after the limit."""

    def __init__(self, first: bytes, slow: bytes, last: bytes = b"") -> None:
        self._parts = (first, slow, last)
        self._hung_up = threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        first, slow, last = self._parts
        connection.sendall(first)
        for number in range(len(slow)):
            connection.sendall(slow[number : number + 1])
            self._hung_up.wait(0.01)
        connection.sendall(last)


PADDING = b" " * 100
SLOW = {
    "status line": Dribble(b"HTTP/1.1 200 ", b"O" * 100, b"K\r\nContent-Length: 2\r\n\r\n{}"),
    "headers": Dribble(HEAD, b"X-Padding: " + b"x" * 100, b"\r\nContent-Length: 2\r\n\r\n{}"),
    "body": Dribble(HEAD + b"Content-Length: 102\r\n\r\n", PADDING, b"{}"),
    "body without a length": Dribble(HEAD + b"\r\n", PADDING, b"{}"),
    "chunks": Dribble(CHUNKED, b"1\r\n \r\n" * 20, b"2\r\n{}\r\n0\r\n\r\n"),
    "chunk size": Dribble(CHUNKED + b"2", b";" * 100, b"\r\n{}\r\n0\r\n\r\n"),
    "trailer": Dribble(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-Padding: " + b"x" * 100, b"\r\n\r\n"),
    "interim answers": Dribble(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 4, HEAD + b"Content-Length: 2\r\n\r\n{}"),
    "packed body": Dribble(HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"{}") + gzip.compress(b"") * 4),
}


@pytest.mark.parametrize("creating", [False, True])
@pytest.mark.parametrize("where", SLOW)
def test_a_server_that_dribbles_does_not_stretch_a_request(where: str, creating: bool) -> None:
    expected = LostAnswerError if creating else TransportError
    with loopback(SLOW[where]) as server, pytest.raises(expected, match=r"things\): no .*answer .*(in time|within)"):
        send(server.url, creating=creating, timeout=0.15)


def endless(first: bytes, piece: bytes) -> Handler:
    """Sends the piece until the client hangs up."""

    def handler(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(piece)

    return handler


BLANKS = b" " * 65536
ENDLESS = {
    "interim answers": (endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), "no answer in time"),
    "status line": (endless(b"HTTP/1.1 200 ", b"x" * 65536), "connection was lost"),
    "header": (endless(HEAD + b"X-Long: ", b"x" * 65536), "connection was lost"),
    "headers": (endless(HEAD, b"X-Many: x\r\n" * 1000), "connection was lost"),
    "cookies": (endless(HEAD, b"Set-Cookie: a=b\r\n" * 1000), "connection was lost"),
    "body": (endless(HEAD + b"\r\n", BLANKS), "larger than 1 MB"),
    "body of a wrong length": (endless(HEAD + b"Content-Length: -5\r\n\r\n", BLANKS), "larger than 1 MB"),
    "chunks": (endless(CHUNKED, b"10000\r\n" + BLANKS + b"\r\n"), "larger than 1 MB"),
    "chunk size": (endless(CHUNKED, b"0" * 65536), "connection was lost"),
    "chunk of a size below zero": (endless(CHUNKED + b"-1\r\n", BLANKS), "connection was lost"),
    "trailer": (endless(CHUNKED + b"2\r\n{}\r\n0\r\n", b"x" * 65536), "connection was lost"),
    "trailers": (endless(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-Many: x\r\n" * 1000), "no .*answer .*(in time|within)"),
    "error": (endless(b"HTTP/1.1 500 no\r\n\r\n", BLANKS), "larger than 1 MB"),
    "redirect": (endless(b"HTTP/1.1 302 no\r\nLocation: http://x/\r\n\r\n", BLANKS), "larger than 1 MB"),
    "packed nothing": (endless(HEAD + b"Content-Encoding: gzip\r\n\r\n", gzip.compress(b"") * 100), "in time|within"),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_what_never_ends_is_cut_off(what: str) -> None:
    handler, message = ENDLESS[what]
    timeout = 0.15 if "in time" in message else 10
    with loopback(handler) as server, pytest.raises((AnswerError, TransportError), match=message):
        send(server.url, timeout=timeout)


def packed(*, coding: str, body: bytes) -> bytes:
    return reply(body, headers=[f"Content-Encoding: {coding}"])


def brackets(count: int) -> bytes:
    return b"[" * count + b"]" * count


GOOD = b'{"ok":1}'
ZIPPED = gzip.compress(GOOD)
BROKEN = {
    "length too long": reply(GOOD, length=100),
    "length too short": reply(GOOD, length=4),
    "two lengths": reply(GOOD, headers=["Content-Length: 5"]),
    "no number as length": HEAD + b"Content-Length: x\r\nConnection: close\r\n\r\n{",
    "size of a chunk is no number": CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n",
    "size of a chunk below zero": CHUNKED + b"-1\r\n{}\r\n0\r\n\r\n",
    "chunk longer than what comes": CHUNKED + b"ffffffffffffffff\r\n{}",
    "no last chunk": CHUNKED + b"2\r\n{}\r\n",
    "chunk without its end": CHUNKED + b"2\r\n{",
    "rubbish": b"\x16\x03\x01\x00\xff nonsense\r\n\r\n",
    "status is no number": b"HTTP/1.1 OK\r\n\r\n{}",
    "status of four digits": b"HTTP/1.1 2000 OK\r\n\r\n{}",
    "status below all": b"HTTP/1.1 099 OK\r\n\r\n{}",
    "no status line": b"{}",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "nothing": b"",
    "last answer is an interim one": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "switched protocol": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "packed with brotli": packed(coding="br", body=GOOD),
    "packed with zstd": packed(coding="zstd", body=GOOD),
    "packed with deflate": packed(coding="deflate", body=zlib.compress(GOOD)),
    "packed twice": packed(coding="gzip, gzip", body=gzip.compress(ZIPPED)),
    "packed twice, said twice": reply(
        gzip.compress(ZIPPED), headers=["Content-Encoding: gzip", "Content-Encoding: gzip"]
    ),
    "packed in a way with control characters": packed(coding="\x1b[2J", body=GOOD),
    "not packed at all": packed(coding="gzip", body=GOOD),
    "packed and cut off": packed(coding="gzip", body=ZIPPED[:-6]),
    "packed with a wrong sum": packed(coding="gzip", body=ZIPPED[:-8] + b"\0" * 8),
    "bomb": packed(coding="gzip", body=gzip.compress(b" " * 4 * LIMIT)),
    "nested": reply(b'{"a":' + brackets(100_000) + b"}"),
    "nested objects": reply(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "not a number": reply(b'{"a":NaN}'),
    "infinite": reply(b'{"a":-Infinity}'),
    "beyond a float": reply(b'{"a":1e999}'),
    "number of 100,000 digits": reply(b'{"a":' + b"9" * 100_000 + b"}"),
    "no UTF-8": reply(b'{"a":"\xff"}'),
    "overlong UTF-8": reply(b'{"a":"\xc0\xaf"}'),
    "surrogates": reply(b'{"a":"\xed\xa0\x80"}'),
    "half a pair": reply(b'{"a":"\\ud800"}'),
    "half a pair as a key": reply(b'{"\\uDFFF":1}'),
    "byte order mark": reply(b"\xef\xbb\xbf{}"),
    "UTF-16": reply(json.dumps({"a": 1}).encode("utf-16")),
    "UTF-32": reply(json.dumps({"a": 1}).encode("utf-32")),
    "HTML": reply(b"<!DOCTYPE html><html>\x1b[2Jlog in</html>", headers=["Content-Type: text/html"]),
    "list": reply(b"[{}]"),
    "text": reply(b'"x"'),
    "null": reply(b"null"),
    "two objects": reply(b"{}{}"),
    "comments": reply(b"{} // done"),
    "single quotes": reply(b"{'a': 1}"),
    "zeros": reply(b"\0" * 100),
    "a redirect to no address": reply(status="302 Found", headers=["Location: http://[bad"]),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_answer_is_a_clear_error_and_to_a_creating_call_a_lost_one(what: str) -> None:
    with (
        loopback(BROKEN[what], BROKEN[what]) as server,
        pytest.raises((AnswerError, TransportError), match=r"^try things \(GET http://127") as caught,
    ):
        send(server.url)
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 700
    with loopback(BROKEN[what]) as server, pytest.raises(LostAnswerError):
        send(server.url, creating=True)


FINE = {
    "packed": packed(coding="GZip", body=ZIPPED),
    "packed by its old name": packed(coding="x-gzip", body=ZIPPED),
    "packed in parts": packed(coding="gzip", body=gzip.compress(GOOD[:3]) + gzip.compress(GOOD[3:])),
    "packed in chunks": HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (5, ZIPPED[:5], len(ZIPPED) - 5, ZIPPED[5:]),
    "said to be as it is": packed(coding="identity", body=GOOD),
    "same length twice": reply(GOOD, headers=[f"Content-Length: {len(GOOD)}"]),
    "length below zero": HEAD + b"Content-Length: -5\r\n\r\n" + GOOD,
    "interim answer first": b"HTTP/1.1 100 Continue\r\n\r\n" + reply(GOOD),
    "key twice": reply(b'{"ok":0,"ok":1}'),
    "chunk with an extension": CHUNKED + b"8;a=b\r\n" + GOOD + b"\r\n0\r\n\r\n",
    "old protocol": b"HTTP/1.0 200 OK\r\n\r\n" + GOOD,
    "blanks": reply(b" \r\n" + GOOD + b"\n\n"),
}


@pytest.mark.parametrize("what", FINE)
def test_what_is_odd_but_clear_is_read(what: str) -> None:
    with loopback(FINE[what]) as server:
        assert send(server.url).body == {"ok": 1}


def test_an_error_packed_in_an_unknown_way_is_still_that_error() -> None:
    answer = reply(b"\x0b\x02", status="503 Busy", headers=["Content-Encoding: br", "Retry-After: 1"])
    with loopback(answer) as server, pytest.raises(ApiError) as caught:
        send(server.url)
    assert (caught.value.http_status, caught.value.retry_after) == (503, 1.0)


def test_only_gzip_is_asked_for() -> None:
    with loopback(reply()) as server:
        send(server.url)
    assert server.header(0, "Accept-Encoding") == "gzip"
