# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes over real connections, and what strange servers do to us."""

from __future__ import annotations

import gzip
import socket
import threading
import typing as t
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _http
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    LostAnswerError,
    TransportError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import Http, Request
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.loopback import loopback, reply
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock

LIMIT = 32 * 1024 * 1024


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy and no home of whoever runs the tests."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "netrc"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


def client(*, retries: int = 0, timeout: t.Any = 60, clock: FakeClock | None = None) -> Http:
    clock = clock or FakeClock()
    return Http(clock=clock.as_clock(), timeout=timeout, retries=retries, verify=True, user_agent="agent/1")


def send(url: str, *, http: Http | None = None, method: str = "GET", **more: t.Any) -> Answer:
    return (http or client()).send(Request("try", method, url + "/v2/p/things", **more))


def test_a_request_has_these_headers_and_a_compact_utf8_body() -> None:
    with loopback(reply()) as server:
        send(server.url, method="POST", body={"name": "zürich 备份", "tags": []})
    head, _blank, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /v2/p/things HTTP/1.1\r\n")
    assert body == '{"name":"zürich 备份","tags":[]}'.encode()
    names = ("Content-Type", "Accept", "User-Agent")
    assert [server.header(0, name) for name in names] == ["application/json", "application/json", "agent/1"]


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_a_request_without_a_body_has_a_content_type_all_the_same(method: str) -> None:
    with loopback(reply()) as server:
        send(server.url, method=method)
    assert server.header(0, "Content-Type") == "application/json"
    assert server.requests[0].endswith(b"\r\n\r\n")


def test_netrc_is_not_read(tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n", encoding="utf-8")
    with loopback(reply()) as server:
        send(server.url)
    assert server.header(0, "Authorization") is None


def test_cookies_are_not_kept() -> None:
    answer = reply(headers=["Set-Cookie: session=1; Path=/"])
    http = client()
    with loopback(answer, answer) as server:
        send(server.url, http=http)
        send(server.url, http=http)
    assert server.header(1, "Cookie") is None


def test_proxy_variables_are_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    with loopback(reply(b'{"from":"proxy"}')) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        answer = send("http://vbs.example.com")
    assert answer.body == {"from": "proxy"}
    assert proxy.requests[0].startswith(b"GET http://vbs.example.com/v2/p/things HTTP/1.1\r\n")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_takes_a_creating_call_and_hangs_up_may_have_passed_it_on(
    monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    with loopback(b"") as proxy:
        monkeypatch.setenv(f"{scheme}_proxy", proxy.url)
        with pytest.raises(LostAnswerError, match="lost"):
            send(f"{scheme}://vbs.example.com", http=client(retries=2), method="POST", body={}, creating=True)
    assert len(proxy.requests) == 1


def test_a_proxy_that_refuses_the_tunnel_has_passed_nothing_on(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = reply(status="407 Proxy Authentication Required")
    with loopback(refusal, refusal) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(TransportError, match=r"the proxy cannot be reached, or refuses.*407") as caught:
            send("https://vbs.example.com", http=client(retries=1), method="POST", body={}, creating=True)
    assert not caught.value.sent
    assert len(proxy.requests) == 2


def test_a_server_cannot_say_that_a_creating_call_was_never_sent() -> None:
    with loopback(b"Tunnel connection failed: 407\r\n\r\n") as server, pytest.raises(LostAnswerError):
        send(server.url, http=client(retries=2), method="POST", body={}, creating=True)
    assert len(server.requests) == 1


def test_a_redirect_is_not_followed_over_the_wire() -> None:
    with (
        loopback(reply()) as target,
        loopback(reply(status="302 Found", headers=[f"Location: {target.url}/"])) as first,
    ):
        with pytest.raises(AnswerError, match=f"127.0.0.1:{target.port}"):
            send(first.url)
        assert target.requests == []


def padded(size: int) -> bytes:
    """An answer that is small on the wire and has so many bytes after decompression."""
    return reply(gzip.compress(b" " * (size - 2) + b"{}"), headers=["Content-Encoding: gzip"])


def test_an_answer_of_just_the_largest_size_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "ANSWER_LIMIT", 1024 * 1024)
    with loopback(padded(1024 * 1024), padded(1024 * 1024 + 1)) as server:
        assert send(server.url).body == {}
        with pytest.raises(AnswerError, match="larger than 1 MB"):
            send(server.url)


def test_an_answer_above_32_mb_after_decompression_is_an_error_at_once() -> None:
    with loopback(padded(LIMIT + 1)) as server, pytest.raises(AnswerError, match="larger than 32 MB"):
        send(server.url, http=client(retries=3))
    assert len(server.requests) == 1


def endless(connection: socket.socket) -> None:
    """Chunks without end, until the client hangs up."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b" " * 65536
    while True:
        connection.sendall(b"10000\r\n" + piece + b"\r\n")


def test_an_endless_answer_ends_at_the_size_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_http, "ANSWER_LIMIT", 1024 * 1024)
    with loopback(endless) as server, pytest.raises(AnswerError, match="larger than 1 MB"):
        send(server.url)


def test_slow_chunks_end_at_the_time_limit() -> None:
    clock = FakeClock()

    def slow(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            clock.advance(40)
            connection.sendall(b"1\r\n \r\n")

    with loopback(slow) as server, pytest.raises(TransportError, match="no whole answer within 60 s") as caught:
        send(server.url, http=client(clock=clock))
    assert caught.value.sent


@pytest.mark.parametrize("answer", [reply(b'{"ok":', length=100), reply(b"", length=100), b"", b"nonsense"])
def test_an_answer_that_breaks_off_is_never_taken_for_a_whole_one(answer: bytes) -> None:
    with loopback(answer, answer) as server, pytest.raises((TransportError, AnswerError)):
        send(server.url, http=client(retries=1))
    with loopback(answer) as server, pytest.raises(LostAnswerError):
        send(server.url, method="POST", body={}, creating=True)


def test_a_truncated_answer_to_a_safe_call_is_asked_for_again() -> None:
    with loopback(reply(b'{"ok":', length=100), reply(b'{"ok":1}')) as server:
        assert send(server.url, http=client(retries=1)).body == {"ok": 1}


def test_bytes_that_do_not_decompress_are_an_error() -> None:
    with loopback(reply(b"not gzip", headers=["Content-Encoding: gzip"])) as server, pytest.raises(TransportError):
        send(server.url)


@pytest.mark.parametrize("creating", [False, True])
def test_where_nobody_listens_nothing_was_sent(creating: bool) -> None:
    with loopback() as server:
        pass
    clock = FakeClock()
    with pytest.raises(TransportError, match="cannot connect") as caught:
        send(server.url, http=client(retries=2, clock=clock), method="POST", creating=creating)
    assert not caught.value.sent
    assert len(clock.pauses) == 2


def test_a_server_that_does_not_answer_in_time_may_have_done_it() -> None:
    given_up = threading.Event()
    with loopback(lambda _connection: given_up.wait(10) and None) as server:
        with pytest.raises(LostAnswerError, match="no answer in time"):
            send(server.url, http=client(timeout=0.05), method="POST", body={}, creating=True)
        given_up.set()


def test_a_server_without_tls_is_an_error_of_tls_and_is_asked_once() -> None:
    plain = loopback(b"HTTP/1.1 400 Bad Request\r\n\r\n", reads=False)
    with plain as server, pytest.raises(TransportError, match="TLS") as caught:
        send(server.url.replace("http:", "https:"), http=client(retries=3))
    assert not caught.value.retryable
    assert len(server.requests) == 1


def test_a_server_that_hangs_up_in_the_middle_of_the_handshake_is_asked_again() -> None:
    def hang_up(connection: socket.socket) -> None:
        connection.recv(65536)

    broken = loopback(hang_up, hang_up, reads=False)
    with broken as server, pytest.raises(TransportError, match="the connection was lost") as caught:
        send(server.url.replace("http:", "https:"), http=client(retries=1))
    assert caught.value.retryable
    assert len(server.requests) == 2
