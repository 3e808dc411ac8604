# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Never two checkpoints where one was asked for (architecture.md, Retries and lost answers)."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.csbs_wire import (
    CHECKPOINT,
    ONE,
    OTHER_CHECKPOINT,
    OTHER_SERVER,
    SERVER,
    found,
    item,
    of_checkpoint,
    of_policy,
    refusal,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.csbs_wire import run as start
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    Call,
    lost,
    refused,
    timed_out,
)

Checkpoint = t.Callable[..., Result]

RUN = start(SERVER)
PAST = item(id="i0", checkpoint_id="past")
OURS = item(status="protecting")
# At the wait's pace, with a last look when the minute is over.
NO_TRACE = [of_policy(PAST)] * 22
BEGIN = [found(), of_policy(PAST)]


@pytest.fixture
def csbs_checkpoint(run: Checkpoint) -> Checkpoint:
    return functools.partial(run, "csbs_checkpoint")


LOST: dict[str, Call] = {
    "connection lost": RUN.but(error=lost()),
    "no answer in time": RUN.but(error=timed_out(), takes=60.0),
    "internal error": RUN.but(status=500, answer=refusal("CSBS.9999")),
    "internal error without a body": RUN.but(status=500, answer={}),
    "bad gateway": RUN.but(status=502, raw=b"<html>502</html>"),
    "gateway time-out": RUN.but(status=504, answer={}),
    "a web page with 200": RUN.but(raw=b"<html>hello</html>"),
    "no ID in the answer": RUN.but(answer={"checkpoint": {}}),
    "a number for the ID": RUN.but(answer={"checkpoint": {"id": 5}}),
    "a text for the checkpoint": RUN.but(answer={"checkpoint": "yes"}),
    "half a body": RUN.but(raw=b'{"checkpo', cut=True),
}
each_loss = pytest.mark.parametrize("gone", LOST.values(), ids=LOST.keys())


@each_loss
def test_a_lost_answer_is_followed_by_a_look_and_the_new_checkpoint_is_adopted(
    csbs_checkpoint: Checkpoint, gone: Call
) -> None:
    calls = [*BEGIN, gone, of_policy(PAST), of_policy(PAST), of_policy(OURS, PAST), of_checkpoint(item())]
    result = csbs_checkpoint(ONE, calls)
    assert (result["changed"], result["adopted"]) == (True, True)
    assert result["checkpoint"]["id"] == CHECKPOINT
    assert result["checkpoint"]["created_at"] == "2026-11-21T12:00:06Z"
    assert result["servers"][0]["status"] == "available"
    # Two looks, then the wait, whose age begins anew.
    assert result.pauses == pytest.approx((1.0, 1.1, 1.0))


@each_loss
def test_only_after_a_minute_without_a_trace_it_is_sent_once_more(csbs_checkpoint: Checkpoint, gone: Call) -> None:
    result = csbs_checkpoint(ONE, [*BEGIN, gone, *NO_TRACE, RUN, of_checkpoint(item())])
    assert (result["changed"], result["adopted"]) == (True, False)
    assert result["checkpoint"]["id"] == CHECKPOINT


@pytest.mark.parametrize(("status", "code"), [(500, "CSBS.1001"), (500, "CSBS.6030"), (400, "CSBS.2004")])
def test_a_second_try_refused_as_busy_means_to_go_on_looking(
    csbs_checkpoint: Checkpoint, status: int, code: str
) -> None:
    busy = RUN.but(status=status, answer=refusal(code))
    looks = [of_policy(PAST), of_policy(OURS, PAST), of_checkpoint(item())]
    result = csbs_checkpoint(ONE, [*BEGIN, RUN.but(error=lost()), *NO_TRACE, busy, *looks])
    assert result["adopted"] is True
    assert len([sent for sent in result.sent if sent.writes]) == 2


@pytest.mark.parametrize("second", [RUN.but(error=lost()), RUN.but(status=400, answer=refusal("CSBS.2004"))])
def test_without_a_trace_twice_it_says_what_is_uncertain(csbs_checkpoint: Checkpoint, second: Call) -> None:
    result = csbs_checkpoint(ONE, [*BEGIN, RUN.but(error=lost()), *NO_TRACE, second, *NO_TRACE])
    assert result.failed
    assert "It is uncertain whether it was done" in result["msg"]
    assert "csbs_checkpoint_info" in result["msg"]
    assert len(result.writes) == 2


def test_a_second_try_refused_for_another_reason_is_that_failure(csbs_checkpoint: Checkpoint) -> None:
    no = RUN.but(status=500, answer=refusal("CSBS.6032"))
    result = csbs_checkpoint(ONE, [*BEGIN, RUN.but(error=lost()), *NO_TRACE, no])
    assert result["error"]["code"] == "CSBS.6032"


@pytest.mark.parametrize(
    "stranger",
    [
        item(OTHER_SERVER, "protecting"),
        item(status="protecting", info={"auto_trigger": True}),
        item(status="protecting", extend_info='{"auto_trigger": "True"}'),
    ],
    ids=["of another server", "made by the schedule", "made by the schedule, as texts"],
)
def test_only_what_was_asked_for_is_adopted(csbs_checkpoint: Checkpoint, stranger: t.Any) -> None:
    other = {**stranger, "id": "i9", "checkpoint_id": OTHER_CHECKPOINT}
    calls = [*BEGIN, RUN.but(error=lost()), of_policy(other, PAST), of_policy(other, OURS, PAST), of_checkpoint(item())]
    result = csbs_checkpoint(ONE, calls)
    assert result["checkpoint"]["id"] == CHECKPOINT


def test_several_new_ones_are_left_to_a_person(csbs_checkpoint: Checkpoint) -> None:
    other = item(id="i9", checkpoint_id=OTHER_CHECKPOINT)
    result = csbs_checkpoint(ONE, [*BEGIN, RUN.but(error=lost()), of_policy(OURS, other)])
    assert f"several new checkpoints fit: {CHECKPOINT}, {OTHER_CHECKPOINT}" in result["msg"]


def test_a_run_of_all_servers_is_adopted_as_soon_as_one_of_them_shows(csbs_checkpoint: Checkpoint) -> None:
    calls = [*BEGIN, start(error=lost()), of_policy(OURS, PAST), of_checkpoint(item(), item(OTHER_SERVER))]
    result = csbs_checkpoint({"policy": "servers"}, calls)
    assert [row["status"] for row in result["servers"]] == ["available", "available"]


def test_adopted_and_not_waited_for(csbs_checkpoint: Checkpoint) -> None:
    result = csbs_checkpoint({**ONE, "wait": False}, [*BEGIN, RUN.but(error=lost()), of_policy(OURS, PAST)])
    assert result["adopted"] is True
    assert result["pending"]["ids"] == [CHECKPOINT]
    assert result["servers"][0]["item_id"] == OURS["id"]


def test_what_was_adopted_and_fails_was_a_change(csbs_checkpoint: Checkpoint) -> None:
    calls = [*BEGIN, RUN.but(error=lost()), of_policy(OURS, PAST)]
    failed = csbs_checkpoint(ONE, [*calls, of_checkpoint(item(status="error"))])
    late = csbs_checkpoint({**ONE, "wait_timeout": 1}, [*calls, of_checkpoint(OURS)])
    assert (failed.failed, failed["changed"], failed["adopted"]) == (True, True, True)
    assert (late.failed, late["changed"], late["adopted"]) == (True, True, True)


@pytest.mark.parametrize(
    "first",
    [RUN.but(error=refused()), RUN.but(status=503, answer={}), RUN.but(status=429, answer=refusal("APIGW.0308"))],
)
def test_what_proves_that_nothing_was_done_is_repeated_at_once(csbs_checkpoint: Checkpoint, first: Call) -> None:
    result = csbs_checkpoint(ONE, [*BEGIN, first, RUN, of_checkpoint(item())])
    assert (result["changed"], result["adopted"]) == (True, False)


def test_a_fault_while_looking_is_waited_out_within_the_minute(csbs_checkpoint: Checkpoint) -> None:
    options = {**ONE, "api_retries": 0}
    down = of_policy().but(status=503, answer={})
    result = csbs_checkpoint(options, [*BEGIN, RUN.but(error=lost()), down, of_policy(OURS), of_checkpoint(item())])
    assert result["adopted"] is True
    forbidden = of_policy().but(status=403, answer=refusal("APIGW.0302"))
    result = csbs_checkpoint(options, [*BEGIN, RUN.but(error=lost()), forbidden])
    assert "looking for it failed too" in result["msg"]
