# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is repeated, when, and what becomes of it when nothing helps."""

from __future__ import annotations

import contextlib
import socket
import ssl
import typing as t
from http.client import RemoteDisconnected

import pytest
from requests import exceptions
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProxyError, SSLError

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    LostAnswerError,
    TransportError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import Http, Request
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.exchange import GOOD, URL, exchange
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    Call,
    Script,
    lost,
    refused,
    timed_out,
)

TRANSIENT_STATUSES = (429, 500, 502, 503, 504)
FINAL_STATUSES = (400, 401, 403, 404, 405, 409, 413, 414, 422)


def tls(cause: Exception) -> Exception:
    """What requests makes of a failure of TLS."""
    return exceptions.SSLError(MaxRetryError(t.cast("t.Any", None), "/", SSLError(cause)))


@pytest.mark.parametrize("creating", [False, True])
def test_a_good_answer_is_read_once_and_without_a_pause(creating: bool) -> None:
    outcome = exchange(GOOD, creating=creating)
    assert outcome.answer is not None
    assert outcome.answer.body == {"ok": True}
    assert outcome.pauses == []


@pytest.mark.parametrize("status", TRANSIENT_STATUSES)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST"])
def test_passing_statuses_are_tried_again_for_safe_calls(status: int, method: str) -> None:
    assert exchange({"status": status}, {"status": status}, GOOD, method=method).answer is not None


@pytest.mark.parametrize("status", TRANSIENT_STATUSES)
def test_after_the_last_try_the_last_answer_is_the_error(status: int) -> None:
    error = exchange({"status": 503}, {"status": 500}, {"status": status}, retries=2).error
    assert isinstance(error, ApiError)
    assert error.http_status == status
    assert error.retryable


@pytest.mark.parametrize("creating", [False, True])
@pytest.mark.parametrize("status", FINAL_STATUSES)
def test_refusals_are_final(status: int, creating: bool) -> None:
    error = exchange({"status": status}, creating=creating).error
    assert isinstance(error, ApiError)
    assert error.http_status == status


@pytest.mark.parametrize("error", [refused, lost, timed_out])
def test_connection_errors_are_tried_again_for_safe_calls(error: t.Callable[[], Exception]) -> None:
    assert exchange({"error": error()}, {"error": error()}, GOOD).answer is not None


@pytest.mark.parametrize("error", [refused, lost, timed_out])
def test_connection_errors_end_as_a_transport_error(error: t.Callable[[], Exception]) -> None:
    raised = exchange({"error": error()}, {"error": error()}, retries=1).error
    assert isinstance(raised, TransportError)
    assert raised.retryable
    assert f"list policies (GET {URL})" in raised.message
    assert raised.sent is (error is not refused)


def test_without_retries_the_first_failure_is_the_end() -> None:
    outcome = exchange({"status": 503}, retries=0)
    assert isinstance(outcome.error, ApiError)
    assert outcome.pauses == []


@pytest.mark.parametrize("status", [429, 503])
def test_creating_calls_are_repeated_where_the_service_did_not_take_them(status: int) -> None:
    assert exchange({"status": status}, {"status": status}, GOOD, creating=True).answer is not None


def test_creating_calls_are_repeated_where_nothing_was_sent() -> None:
    assert exchange({"error": refused()}, GOOD, creating=True).answer is not None


@pytest.mark.parametrize("status", [408, 500, 502, 504])
def test_creating_calls_are_never_repeated_where_they_may_have_been_done(status: int) -> None:
    outcome = exchange({"status": status}, creating=True)
    assert isinstance(outcome.error, LostAnswerError)
    assert outcome.error.http_status == status
    assert outcome.error.retryable
    assert len(outcome.sent) == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"error": lost()},
        {"error": timed_out()},
        {"raw": b'{"job_id":', "cut": True},
        {"raw": b"<html>welcome</html>"},
        {"raw": b"[]"},
        {"status": 302, "headers": {"Location": "https://elsewhere.example.com/"}},
        {"error": tls(ssl.SSLEOFError(8, "EOF occurred in violation of protocol"))},
    ],
)
def test_a_creating_call_without_a_usable_answer_is_lost_not_repeated(answer: dict[str, t.Any]) -> None:
    outcome = exchange(answer, creating=True)
    assert isinstance(outcome.error, LostAnswerError)
    assert len(outcome.sent) == 1


def test_a_creating_call_may_be_lost_at_a_later_try() -> None:
    outcome = exchange({"status": 503}, {"error": lost()}, creating=True)
    assert isinstance(outcome.error, LostAnswerError)


@pytest.mark.parametrize("creating", [False, True])
def test_codes_of_passing_faults_are_tried_again_whatever_their_status(creating: bool) -> None:
    fault = {"status": 400, "answer": {"error": {"code": "VolumeBackup.0014", "message": "not submitted"}}}
    assert exchange(fault, GOOD, creating=creating).answer is not None


@pytest.mark.parametrize("code", ["VolumeBackup.0013", "AutoBackup.0225", "VolumeBackup.0040"])
def test_codes_of_conflicts_and_quotas_are_not_repeated_here(code: str) -> None:
    outcome = exchange({"status": 400, "answer": {"error": {"code": code, "message": "no"}}})
    assert isinstance(outcome.error, ApiError)
    assert len(outcome.sent) == 1


@pytest.mark.parametrize(
    "cause",
    [ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed"), ssl.SSLError(1, "WRONG_VERSION")],
)
def test_tls_that_is_refused_is_not_tried_again_and_names_the_option(cause: ssl.SSLError) -> None:
    error = exchange({"error": tls(cause)}).error
    assert isinstance(error, TransportError)
    assert not error.retryable
    assert "ca_path" in str(error.advice)


@pytest.mark.parametrize("cause", [ssl.SSLEOFError(8, "EOF occurred"), ssl.SSLZeroReturnError(6, "closed")])
def test_tls_that_is_cut_off_is_a_lost_connection_and_tried_again(cause: ssl.SSLError) -> None:
    assert exchange({"error": tls(cause)}, GOOD).answer is not None
    error = exchange({"error": tls(cause)}, retries=0).error
    assert isinstance(error, TransportError)
    assert (error.sent, error.retryable, "lost" in error.message) == (True, True, True)


def test_a_certificate_that_is_refused_proves_that_nothing_was_sent() -> None:
    error = exchange({"error": tls(ssl.SSLCertVerificationError(1, "expired"))}, creating=True).error
    assert isinstance(error, TransportError)
    assert not error.sent


@pytest.mark.parametrize("error", [exceptions.InvalidURL("bad"), exceptions.InvalidSchema("bad")])
def test_an_unusable_address_is_said_and_not_tried_again(error: Exception) -> None:
    raised = exchange({"error": error}).error
    assert isinstance(raised, TransportError)
    assert (raised.sent, raised.retryable) == (False, False)
    assert "not a usable address" in raised.message


def proxy(cause: Exception) -> Exception:
    """As requests and urllib3 wrap what went wrong at or behind a proxy."""
    inner = ProxyError("Unable to connect to proxy", cause)
    return exceptions.ProxyError(MaxRetryError(t.cast("t.Any", None), "/", inner))


@pytest.mark.parametrize(
    "cause",
    [
        NewConnectionError(t.cast("t.Any", None), "refused"),
        OSError("Tunnel connection failed: 407 Proxy Authentication Required"),
        ssl.SSLCertVerificationError(1, "expired"),
    ],
)
def test_a_proxy_that_cannot_be_reached_is_named_and_the_request_repeated(cause: Exception) -> None:
    outcome = exchange({"error": proxy(cause)}, {"error": proxy(cause)}, creating=True, retries=1)
    assert isinstance(outcome.error, TransportError)
    assert not outcome.error.sent
    assert "proxy" in outcome.error.message
    assert len(outcome.sent) == 2


@pytest.mark.parametrize("cause", [RemoteDisconnected("closed"), ConnectionResetError(104, "reset"), OSError("no")])
def test_a_creating_call_that_was_cut_off_at_the_proxy_is_lost_not_repeated(cause: Exception) -> None:
    outcome = exchange({"error": proxy(cause)}, creating=True)
    assert isinstance(outcome.error, LostAnswerError)
    assert len(outcome.sent) == 1


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308, 399])
def test_a_redirect_is_an_error_that_names_the_host_and_is_not_followed(status: int) -> None:
    location = "https://other.example.com:8443/v2/p/backuppolicy?token=secret"
    error = exchange({"status": status, "headers": {"Location": location}}).error
    assert isinstance(error, AnswerError)
    assert error.http_status == status
    assert "other.example.com:8443" in error.message
    assert "secret" not in error.message


def test_a_redirect_to_nowhere_is_an_error_too() -> None:
    assert isinstance(exchange({"status": 302}).error, AnswerError)


@pytest.mark.parametrize("raw", [b"<html>login</html>", b"[1]", b'"x"', b"1", b"null", b'{"a":', b"\xff\xfe"])
def test_a_good_status_without_a_json_object_is_an_error_at_once(raw: bytes) -> None:
    error = exchange({"raw": raw}).error
    assert isinstance(error, AnswerError)
    assert "not a JSON object" in error.message


@pytest.mark.parametrize("status", [200, 202, 204])
def test_a_good_status_may_come_without_a_body(status: int) -> None:
    answer = exchange({"status": status}).answer
    assert answer is not None
    assert (answer.status, answer.body) == (status, None)


def test_the_time_limit_and_the_certificates_go_to_requests() -> None:
    clock = FakeClock()
    http = Http(clock=clock.as_clock(), timeout=7, retries=0, verify="/etc/ca.pem", user_agent="test")
    script = Script([Call("GET", URL, **GOOD)], clock=clock)
    with script.playing():
        http.send(Request("list policies", "GET", URL))
    assert (script.sent[0].timeout, script.sent[0].verify) == (7, "/etc/ca.pem")


@pytest.mark.parametrize("status", [100, 101, 103, 199])
@pytest.mark.parametrize("creating", [False, True])
def test_an_interim_answer_says_nothing_of_what_was_done(status: int, creating: bool) -> None:
    error = exchange({"status": status}, creating=creating).error
    assert isinstance(error, LostAnswerError if creating else AnswerError)
    assert f"HTTP {status}, which is no last answer" in error.message


def test_a_request_as_a_whole_has_a_limit_a_little_above_the_time_limit() -> None:
    clock = FakeClock()
    limits: list[float] = []

    def limit(seconds: float) -> t.ContextManager[t.Any]:
        limits.append(seconds)
        return contextlib.nullcontext()

    http = Http(clock=clock.as_clock()._replace(limit=limit), timeout=7, retries=1, verify=True, user_agent="test")
    with Script([Call("GET", URL, status=503), Call("GET", URL, **GOOD)], clock=clock).playing():
        http.send(Request("list policies", "GET", URL))
    assert limits == [8.0, 8.0]


@pytest.mark.parametrize("error", [socket.timeout("timed out"), exceptions.Timeout("slow")])
def test_an_interrupted_request_may_have_been_done(error: Exception) -> None:
    outcome = exchange({"error": error}, creating=True)
    assert isinstance(outcome.error, LostAnswerError)
    assert "no answer in time" in outcome.error.message
