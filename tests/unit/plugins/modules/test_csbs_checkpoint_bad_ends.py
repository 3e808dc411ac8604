# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""csbs_checkpoint, state present: servers without a good backup, faults and time-outs while waiting (F §7.1, 7.5)."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.csbs_wire import (
    ALL,
    CHECKPOINT,
    GOOD,
    MADE,
    ONE,
    OTHER_GOOD,
    OTHER_SERVER,
    PENDING,
    SERVER,
    UNKNOWN,
    failed_item,
    found,
    item,
    of_checkpoint,
    of_policy,
    policy,
    refusal,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.csbs_wire import run as start
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import lost

Checkpoint = t.Callable[..., Result]

BEGIN = [found(), of_policy()]


@pytest.fixture
def csbs_checkpoint(run: Checkpoint) -> Checkpoint:
    return functools.partial(run, "csbs_checkpoint")


def test_a_server_in_error_fails_the_task_and_the_others_stay_reported(csbs_checkpoint: Checkpoint) -> None:
    calls = [*BEGIN, start(), of_checkpoint(failed_item(), item(OTHER_SERVER, "protecting"))]
    calls.append(of_checkpoint(failed_item(), item(OTHER_SERVER)))
    result = csbs_checkpoint(ALL, calls)
    assert result.failed
    assert f"1 of 2 have no good backup in checkpoint {CHECKPOINT}" in result["msg"]
    assert f"web-1 ({SERVER}): server has no disk (CSBS.6007)" in result["msg"]
    assert result["error"]["code"] == "CSBS.6007"
    assert result["error"]["advice"] == "attach a disk"
    assert result["changed"] is True
    assert result["checkpoint"] == {**MADE, "status": "error"}
    assert result["servers"] == [
        {**GOOD, "status": "error", "progress": 40, "error": "server has no disk (CSBS.6007)"},
        OTHER_GOOD,
    ]


def test_different_reasons_are_all_named(csbs_checkpoint: Checkpoint) -> None:
    calls = [*BEGIN, start(), of_checkpoint(failed_item(), failed_item(OTHER_SERVER, "BSS.1", "broken"))]
    result = csbs_checkpoint(ALL, calls)
    assert "broken (BSS.1)" in result["msg"]
    assert result["error"]["code"] is None
    assert result["error"]["retryable"] is False


def test_of_many_failures_the_first_are_named_and_all_are_returned(csbs_checkpoint: Checkpoint) -> None:
    ids = [f"s{number}" for number in range(8)]
    many = policy(resources=[{"id": server_id, "name": f"web-{server_id}"} for server_id in ids])
    failed = [{**failed_item(), "id": f"i-{server_id}", "resource_id": server_id} for server_id in ids[:7]]
    good = {**item(), "id": "i-s7", "resource_id": "s7"}
    result = csbs_checkpoint(ALL, [found(many), of_policy(), start(), of_checkpoint(*failed, good)])
    assert "7 of 8 have no good backup" in result["msg"]
    assert "web-s4 (s4)" in result["msg"]
    assert "web-s5" not in result["msg"]
    assert "; and 2 more" in result["msg"]
    assert len([row for row in result["servers"] if row["error"]]) == 7


def test_a_server_that_nobody_asked_for_is_reported_too(csbs_checkpoint: Checkpoint) -> None:
    calls = [*BEGIN, start(SERVER), of_checkpoint(item(), item(OTHER_SERVER))]
    assert csbs_checkpoint(ONE, calls)["servers"] == [GOOD, OTHER_GOOD]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("deleting", "its backup is being deleted (deleting)"),
        ("odd", "its backup is in the unknown state 'odd'"),
        (None, "its backup is in the unknown state None"),
    ],
)
def test_a_backup_in_another_state_is_no_good_one(csbs_checkpoint: Checkpoint, status: str | None, reason: str) -> None:
    calls = [*BEGIN, start(SERVER), of_checkpoint(item(status=t.cast("str", status)))]
    result = csbs_checkpoint(ONE, calls)
    assert result["servers"][0]["error"] == reason
    assert reason in result["msg"]


def test_a_server_that_the_service_left_out_fails_a_minute_after_the_last_news(csbs_checkpoint: Checkpoint) -> None:
    looks = [of_checkpoint(item(status="protecting"))] * 2 + [of_checkpoint(item())] * 19
    result = csbs_checkpoint(ALL, [*BEGIN, start(), *looks])
    assert f"web-2 ({OTHER_SERVER}): the service made no backup of it" in result["msg"]
    assert 62 <= sum(result.pauses) < 70
    assert result["servers"][0] == GOOD


def test_a_server_may_come_late_where_another_took_long(csbs_checkpoint: Checkpoint) -> None:
    looks = [of_checkpoint(item(status="protecting"))] * 30
    looks += [of_checkpoint(item()), of_checkpoint(item(), item(OTHER_SERVER))]
    result = csbs_checkpoint(ALL, [*BEGIN, start(), *looks])
    assert sum(result.pauses) > 120
    assert result["servers"] == [GOOD, OTHER_GOOD]


def test_a_checkpoint_that_never_shows_an_item(csbs_checkpoint: Checkpoint) -> None:
    result = csbs_checkpoint(ONE, [*BEGIN, start(SERVER), *[of_checkpoint()] * 21])
    assert result.failed
    assert result["checkpoint"] == {**MADE, "status": "error"}
    assert result["servers"] == [{**UNKNOWN, "error": "the service made no backup of it"}]


def test_a_time_out_tells_how_it_stands_and_how_to_go_on(csbs_checkpoint: Checkpoint) -> None:
    looks = [of_checkpoint(item(), item(OTHER_SERVER, "protecting"))] * 3
    result = csbs_checkpoint({**ALL, "wait_timeout": 3}, [*BEGIN, start(), *looks])
    assert f"checkpoint {CHECKPOINT} was protecting (1 of 2 done) when wait_timeout (3 s) was reached" in result["msg"]
    assert "running the same task again goes on waiting" in result["error"]["advice"]
    assert "would make another checkpoint" in result["error"]["advice"]
    assert result["error"]["retryable"] is False
    assert result["pending"] == PENDING
    assert result["changed"] is True
    assert result["checkpoint"]["status"] == "protecting"
    assert [row["status"] for row in result["servers"]] == ["available", "protecting"]


def test_passing_faults_are_waited_out_and_others_keep_the_partial_result(csbs_checkpoint: Checkpoint) -> None:
    look = of_checkpoint(item(status="protecting"))
    options = {**ONE, "api_retries": 0}
    gone = look.but(error=lost())
    down = look.but(status=503, answer={})
    result = csbs_checkpoint(options, [*BEGIN, start(SERVER), look, gone, down, of_checkpoint(item())])
    assert result["servers"] == [GOOD]
    forbidden = look.but(status=403, answer=refusal("APIGW.0302"))
    result = csbs_checkpoint(options, [*BEGIN, start(SERVER), look, forbidden])
    assert result["error"]["code"] == "APIGW.0302"
    assert result["pending"] == PENDING
    assert result["servers"][0]["status"] == "protecting"
