# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is repeated, when, and what becomes of it when nothing helps."""

from __future__ import annotations

import ssl
import typing as t
from email.utils import formatdate

import pytest
from requests import exceptions
from urllib3.exceptions import MaxRetryError, SSLError

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import Answer
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    BackupError,
    LostAnswerError,
    TransportError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._http import Http, Request
from ansible_collections.huaweicloud.backup.plugins.module_utils._signer import AccessKeyAuth
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import NOON, FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    Call,
    Script,
    Sent,
    lost,
    refused,
    timed_out,
)

URL = "https://vbs.example.com/v2/p/backuppolicy"
GOOD = {"answer": {"ok": True}}
TRANSIENT_STATUSES = (429, 500, 502, 503, 504)
FINAL_STATUSES = (400, 401, 403, 404, 405, 409, 413, 414, 422)


class Outcome(t.NamedTuple):
    """What a request came to."""

    answer: Answer | None
    error: BackupError | None
    sent: list[Sent]
    pauses: list[float]


def exchange(
    *answers: dict[str, t.Any],
    retries: int = 5,
    jitter: float = 1.0,
    creating: bool = False,
    auth: t.Any = None,
    method: str = "GET",
) -> Outcome:
    """Send one request against a script of answers to it."""
    clock = FakeClock(jitter=jitter)
    http = Http(clock=clock.as_clock(), timeout=60, retries=retries, verify=True, user_agent="test")
    script = Script([Call(method, URL, **answer) for answer in answers], clock=clock)
    answer, error = None, None
    with script.playing():
        try:
            answer = http.send(Request("list policies", method, URL, auth=auth, creating=creating))
        except BackupError as raised:
            error = raised
    return Outcome(answer, error, script.sent, clock.pauses)


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


def test_pauses_double_and_end_at_thirty_seconds() -> None:
    outcome = exchange(*[{"status": 503}] * 10, retries=9)
    assert outcome.pauses == [0.25, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0]


def test_jitter_takes_at_most_half_of_a_pause() -> None:
    assert exchange(*[{"status": 503}] * 3, retries=2, jitter=0.0).pauses == [0.125, 0.5]


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("60", 60.0),
        ("61", 60.0),
        ("86400", 60.0),
        ("9" * 400, 60.0),
        ("-5", 0.0),
        (formatdate(NOON + 20, usegmt=True), 20.0),
        (formatdate(NOON - 20, usegmt=True), 0.0),
        (formatdate(NOON + 3600, usegmt=True), 60.0),
    ],
)
def test_retry_after_is_obeyed_up_to_a_minute(header: str, pause: float) -> None:
    assert exchange({"status": 429, "headers": {"Retry-After": header}}, GOOD, jitter=0.0).pauses == [pause]


def test_retry_after_is_spread_a_little_so_that_twenty_tasks_do_not_come_back_at_once() -> None:
    answer = {"status": 429, "headers": {"Retry-After": "7"}}
    assert exchange(answer, GOOD, jitter=1.0).pauses == [7.25]


@pytest.mark.parametrize("header", ["", "soon", "1.5", "Wed, 99 Foo 2026", "9" * 5000, "\x00"])
def test_a_retry_after_that_says_nothing_leaves_the_usual_pause(header: str) -> None:
    assert exchange({"status": 503, "headers": {"Retry-After": header}}, GOOD).pauses in ([0.25], [60.25])


def test_a_date_in_retry_after_counts_from_the_answers_own_date_or_is_a_minute() -> None:
    late = formatdate(NOON + 5, usegmt=True)
    headers = {"Retry-After": late, "Date": formatdate(NOON - 10, usegmt=True)}
    assert exchange({"status": 503, "headers": headers}, GOOD, jitter=0.0).pauses == [15.0]
    headers = {"Retry-After": late, "Date": None}
    assert exchange({"status": 503, "headers": headers}, GOOD, jitter=0.0).pauses == [60.0]


def test_each_try_is_signed_anew() -> None:
    clock = FakeClock()
    http = Http(clock=clock.as_clock(), timeout=60, retries=1, verify=True, user_agent="test")
    signer = AccessKeyAuth("AK", "example-secret-key", clock.now)
    calls = [Call("GET", URL, status=503, headers={"Retry-After": "2"}), Call("GET", URL, **GOOD)]
    script = Script(calls, clock=clock)
    with script.playing():
        http.send(Request("list policies", "GET", URL, auth=signer))
    assert [sent.headers["X-Sdk-Date"] for sent in script.sent] == ["20261121T120000Z", "20261121T120002Z"]


@pytest.mark.parametrize(
    "cause",
    [ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed"), ssl.SSLError(1, "WRONG_VERSION")],
)
def test_tls_that_is_refused_is_not_tried_again_and_names_the_option(cause: ssl.SSLError) -> None:
    error = exchange({"error": tls(cause)}).error
    assert isinstance(error, TransportError)
    assert not error.retryable
    assert "ca_path" in str(error.advice)


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


def test_a_proxy_that_cannot_be_reached_is_named_as_such() -> None:
    raised = exchange(*[{"error": exceptions.ProxyError("no")}] * 2, retries=1).error
    assert isinstance(raised, TransportError)
    assert not raised.sent
    assert "proxy" in raised.message


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
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
