# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""csbs_checkpoint, state present: preconditions, the one call, and waiting for each server (F §7.1, 7.5)."""

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
    OTHER_CHECKPOINT,
    OTHER_GOOD,
    OTHER_SERVER,
    PENDING,
    POLICY,
    SERVER,
    UNKNOWN,
    checkpoint,
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
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import csbs

Checkpoint = t.Callable[..., Result]

BEGIN = [found(), of_policy()]


@pytest.fixture
def csbs_checkpoint(run: Checkpoint) -> Checkpoint:
    return functools.partial(run, "csbs_checkpoint")


def test_the_documented_request_and_answers_by_ids(csbs_checkpoint: Checkpoint) -> None:
    calls = [
        csbs("GET", f"/v1/policies/{POLICY}", answer={"policy": policy(SERVER)}),
        of_policy(),
        start(SERVER, answer=checkpoint(SERVER, created_at="2024-01-02T03:04:05.000001")),
        of_checkpoint(item()),
    ]
    result = csbs_checkpoint({"policy": POLICY, "servers": [SERVER]}, calls, diff=True)
    assert result["checkpoint"] == {**MADE, "created_at": "2024-01-02T03:04:05Z"}
    assert result["servers"] == [GOOD]
    assert (result["changed"], result["adopted"]) == (True, False)
    assert "pending" not in result.data
    assert result["diff"] == {
        "before": {},
        "after": {"policy_id": POLICY, "policy_name": "servers", "servers": [{"id": SERVER, "name": "web-1"}]},
    }


def test_without_servers_the_service_takes_all_and_each_is_waited_for(csbs_checkpoint: Checkpoint) -> None:
    calls = [
        *BEGIN,
        start(),
        # The list may be empty for a moment, and items may come one after the other.
        of_checkpoint(),
        of_checkpoint(item(status="waiting_protect")),
        of_checkpoint(item(), item(OTHER_SERVER, "protecting")),
        of_checkpoint(item(OTHER_SERVER), item()),
    ]
    result = csbs_checkpoint(ALL, calls)
    assert result["checkpoint"] == MADE
    assert result["servers"] == [GOOD, OTHER_GOOD]
    assert result.pauses == pytest.approx((1.0, 1.1, 1.21, 1.331))


@pytest.mark.parametrize("options", [ALL, ONE, {**ALL, "wait": False}])
def test_check_mode_says_what_the_run_does(csbs_checkpoint: Checkpoint, options: t.Any) -> None:
    servers = [SERVER] if "servers" in options else []
    looks = [of_checkpoint(item(), item(OTHER_SERVER))] if options.get("wait", True) else []
    if servers:
        looks = [of_checkpoint(item())]
    done = csbs_checkpoint(options, [*BEGIN, start(*servers), *looks], diff=True)
    foreseen = csbs_checkpoint(options, BEGIN, check_mode=True, diff=True)
    assert foreseen["changed"] is done["changed"] is True
    assert foreseen["diff"] == done["diff"]
    assert foreseen["checkpoint"] == {**done["checkpoint"], "id": None, "created_at": None}
    assert foreseen["servers"] == [{**row, "item_id": None} for row in done["servers"]]


def test_not_waited_for_it_says_how_to_go_on(csbs_checkpoint: Checkpoint) -> None:
    result = csbs_checkpoint({**ONE, "wait": False}, [*BEGIN, start(SERVER)])
    assert result["checkpoint"] == {**MADE, "status": "protecting"}
    assert result["servers"] == [UNKNOWN]
    assert result["pending"] == PENDING
    assert result.pauses == ()


@pytest.mark.parametrize("answer", [checkpoint(created_at=None, status=7), {"checkpoint": {"id": CHECKPOINT}}])
def test_an_answer_with_little_in_it_will_do(csbs_checkpoint: Checkpoint, answer: t.Any) -> None:
    result = csbs_checkpoint({**ONE, "wait": False}, [*BEGIN, start(SERVER, answer=answer)])
    assert result["checkpoint"] == {**MADE, "status": "protecting", "created_at": "2026-11-21T12:00:00Z"}


@pytest.mark.parametrize("extra_info", ['{"created_by": "manual"}', "not JSON", None, {"created_by": "manual"}])
def test_extra_info_of_any_type_is_normal(csbs_checkpoint: Checkpoint, extra_info: t.Any) -> None:
    calls = [*BEGIN, start(SERVER, answer=checkpoint(SERVER, extra_info=extra_info)), of_checkpoint(item())]
    assert csbs_checkpoint(ONE, calls)["servers"] == [GOOD]


def test_progress_as_text_and_a_backup_that_is_already_restored_from(csbs_checkpoint: Checkpoint) -> None:
    calls = [*BEGIN, start(SERVER), of_checkpoint(item(status="restoring", info={"progress": "99"}))]
    result = csbs_checkpoint(ONE, calls)
    assert result["servers"] == [{**GOOD, "status": "restoring", "progress": 99}]
    assert result["checkpoint"]["status"] == "available"


# --- which policy, which servers ---


def test_an_id_that_is_none_is_looked_up_as_a_name(csbs_checkpoint: Checkpoint) -> None:
    calls = [
        csbs("GET", f"/v1/policies/{POLICY}", status=404, answer=refusal("CSBS.3000")),
        found(policy(policy_id="p2", name=POLICY), name=POLICY),
        of_policy(policy_id="p2"),
    ]
    result = csbs_checkpoint({"policy": POLICY}, calls, check_mode=True)
    assert result["checkpoint"]["policy_id"] == "p2"


def test_unknown_and_ambiguous_policies_are_refused(csbs_checkpoint: Checkpoint) -> None:
    result = csbs_checkpoint(ALL, [found(policy(name="servers-2"))])
    assert result["msg"] == "policy: there is no server backup policy 'servers' in this project"
    result = csbs_checkpoint(ALL, [found(policy(policy_id="b"), policy(policy_id="a"))])
    assert "a, b" in result["msg"]


def test_servers_by_name_and_id_each_once_in_the_policys_order(csbs_checkpoint: Checkpoint) -> None:
    options = {"policy": "servers", "servers": ["web-2", SERVER, OTHER_SERVER]}
    calls = [*BEGIN, start(SERVER, OTHER_SERVER), of_checkpoint(item(), item(OTHER_SERVER))]
    assert csbs_checkpoint(options, calls)["servers"] == [GOOD, OTHER_GOOD]


def test_a_server_that_is_not_the_policys_is_refused_by_name(csbs_checkpoint: Checkpoint) -> None:
    result = csbs_checkpoint({"policy": "servers", "servers": ["web-1", "db-1"]}, [found()])
    assert result["msg"] == "servers: 'db-1' is no server of policy 'servers'; it has web-1, web-2"
    twins = policy(
        resources=[{"id": "b", "name": "web"}, {"id": "a", "name": "web"}, {"id": None, "name": "web"}, "text"]
    )
    result = csbs_checkpoint({"policy": "servers", "servers": ["web"]}, [found(twins)])
    assert "a, b" in result["msg"]


@pytest.mark.parametrize("resources", [[], None, "none", [{}]])
def test_a_policy_without_servers_says_so(csbs_checkpoint: Checkpoint, resources: t.Any) -> None:
    result = csbs_checkpoint(ALL, [found(policy(resources=resources))], check_mode=True)
    assert result["msg"] == "policy: server backup policy 'servers' has no servers; bind servers to it first"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "policy"),
        ({"policy": ""}, "policy"),
        ({"policy": "servers", "servers": []}, "servers"),
        ({"policy": "servers", "servers": [""]}, "servers"),
        ({"policy": "servers", "id": CHECKPOINT}, "id"),
        ({"policy": "servers", "server": "web-1"}, "server"),
        ({"policy": "servers", "wait_timeout": 0}, "wait_timeout"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_any_request(
    csbs_checkpoint: Checkpoint, options: t.Any, named: str
) -> None:
    assert csbs_checkpoint(options)["msg"].startswith(f"{named}: ")


# --- what the service refuses ---


@pytest.mark.parametrize(
    ("status", "code", "retryable", "words"),
    [
        (500, "CSBS.1001", True, "wait until it has ended"),
        (500, "CSBS.6030", True, "wait until it has ended"),
        (400, "CSBS.2004", True, "wait until it has ended"),
        (404, "CSBS.3000", False, "check the policy"),
        (500, "CSBS.6032", False, "csbs_protectable_info"),
        (400, "CSBS.9009", False, "raise the quota"),
        (403, "CSBS.9009", False, "have the account verified"),
    ],
)
def test_a_refusal_is_told_at_once(
    csbs_checkpoint: Checkpoint, status: int, code: str, retryable: bool, words: str
) -> None:
    result = csbs_checkpoint(ALL, [*BEGIN, start(status=status, answer=refusal(code))])
    assert result["msg"].startswith("run server backup policy 'servers' for 2 servers (POST https://csbs.example.com/")
    assert (result["error"]["code"], result["error"]["http_status"]) == (code, status)
    assert result["error"]["retryable"] is retryable
    assert words in result["error"]["advice"]
    assert result.pauses == ()


@pytest.mark.parametrize("check_mode", [False, True])
def test_another_run_of_the_policy_is_a_failure_before_the_call(csbs_checkpoint: Checkpoint, check_mode: bool) -> None:
    automatic = item(status="protecting", info={"auto_trigger": "true"})
    result = csbs_checkpoint(ONE, [found(), of_policy(automatic)], check_mode=check_mode)
    assert f"the policy is running already (checkpoint {CHECKPOINT})" in result["msg"]
    assert result["error"]["retryable"] is True
    # By hand, but of more servers than asked for.
    both = [item(status="waiting_protect"), item(OTHER_SERVER)]
    assert csbs_checkpoint(ONE, [found(), of_policy(*both)], check_mode=check_mode).failed


def test_runs_of_other_servers_and_past_ones_are_no_obstacle(csbs_checkpoint: Checkpoint) -> None:
    past = [failed_item(), item(OTHER_SERVER), item(checkpoint_id=OTHER_CHECKPOINT, id="i3")]
    foreign = item(status="protecting", resource_id="somebody", checkpoint_id="c4", id="i4")
    calls = [found(), of_policy(*past, foreign), start(SERVER), of_checkpoint(item())]
    assert csbs_checkpoint(ONE, calls)["changed"] is True


# --- going on with a run of the same task ---


def test_the_same_task_again_goes_on_waiting(csbs_checkpoint: Checkpoint) -> None:
    calls = [found(), of_policy(item(status="protecting")), of_checkpoint(item())]
    result = csbs_checkpoint(ONE, calls, diff=True)
    assert result["changed"] is False
    assert result["checkpoint"] == {**MADE, "created_at": "2026-11-21T12:00:06Z"}
    assert result["servers"] == [GOOD]
    assert result["diff"] == {"before": {}, "after": {}}
    foreseen = csbs_checkpoint(ONE, calls[:2], check_mode=True)
    assert (foreseen["checkpoint"], foreseen["servers"]) == (result["checkpoint"], result["servers"])
    assert foreseen["changed"] is False


def test_going_on_with_a_run_that_then_fails_is_no_change(csbs_checkpoint: Checkpoint) -> None:
    result = csbs_checkpoint(ONE, [found(), of_policy(item(status="protecting")), of_checkpoint(failed_item())])
    assert result.failed
    assert result["changed"] is False


def test_not_waiting_for_a_run_that_is_going_on(csbs_checkpoint: Checkpoint) -> None:
    result = csbs_checkpoint({**ONE, "wait": False}, [found(), of_policy(item(status="protecting"))])
    assert result["changed"] is False
    assert result["pending"] == {**PENDING, "started_at": "2026-11-21T12:00:06Z"}
    assert result["servers"] == [{**GOOD, "status": "protecting", "progress": 40}]


def test_a_run_that_is_going_on_and_has_failed_for_a_server_fails_at_once(csbs_checkpoint: Checkpoint) -> None:
    calls = [found(), of_policy(failed_item(), item(OTHER_SERVER, "protecting"))]
    for check_mode in (True, False):
        result = csbs_checkpoint(ALL, calls, check_mode=check_mode)
        assert "1 of 2 have no good backup" in result["msg"]
        assert "web-2" not in result["msg"]
        assert result["checkpoint"]["status"] == "protecting"
        assert [row["error"] for row in result["servers"]] == ["server has no disk (CSBS.6007)", None]
        assert result["pending"]["ids"] == [CHECKPOINT]
        assert result["changed"] is False
