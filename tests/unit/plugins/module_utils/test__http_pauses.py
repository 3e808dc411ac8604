# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How long to wait before the next try."""

from __future__ import annotations

import sys
from email.utils import formatdate

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._http import Http, Request
from ansible_collections.huaweicloud.backup.plugins.module_utils._signer import AccessKeyAuth
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.exchange import GOOD, URL, exchange
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import NOON, FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, Script


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


@pytest.mark.parametrize("header", ["", "soon", "1.5", "Wed, 99 Foo 2026", "\x00"])
def test_a_retry_after_that_says_nothing_leaves_the_usual_pause(header: str) -> None:
    assert exchange({"status": 503, "headers": {"Retry-After": header}}, GOOD).pauses == [0.25]


def test_a_retry_after_of_more_digits_than_python_reads_leaves_the_usual_pause() -> None:
    # Old patch releases of Python read numbers of any length, and this one is more than a minute.
    pause = 0.25 if hasattr(sys, "get_int_max_str_digits") else 60.25
    assert exchange({"status": 503, "headers": {"Retry-After": "9" * 5000}}, GOOD).pauses == [pause]


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
