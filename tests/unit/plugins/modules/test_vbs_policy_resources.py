# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.binding import (
    bind,
    by_id,
    by_name,
    counts,
    project,
    unbind,
    vol,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, evs, timed_out
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    OTHER_POLICY,
    POLICY,
    gateway,
    listed,
    missing,
    policy,
    refusal,
    volume,
)

Resources = t.Callable[..., Result]
Json = dict[str, t.Any]


@pytest.fixture
def resources(run: Resources) -> Resources:
    return functools.partial(run, "vbs_policy_resources")


def shown(result: Result) -> Json:
    """The documented keys, volumes by their number."""
    return {key: result[key] for key in ("added", "removed", "added_count", "removed_count", "resource_count")}


def wanted(*numbers: int, **more: t.Any) -> Json:
    return {"policy": "nightly", "volumes": [f"data-{number}" for number in numbers], **more}


def test_binding_one_by_name_is_four_requests(resources: Resources) -> None:
    result = resources(wanted(1), [counts(2), by_name(1), bind(1), counts(3)], diff=True)
    assert result["changed"] is True
    assert result["policy_id"] == POLICY
    assert shown(result) == {
        "added": [vol(1)],
        "removed": [],
        "added_count": 1,
        "removed_count": 0,
        "resource_count": 3,
    }
    assert result["failures"] == []
    assert result["diff"]["before"] == {"policy_id": POLICY, "resource_count": 2}
    assert result["diff"]["after"] == {"policy_id": POLICY, "resource_count": 3}


def test_a_policy_and_volumes_may_be_given_by_id(resources: Resources) -> None:
    options = {"policy": POLICY, "volumes": [vol(1), vol(2)]}
    result = resources(options, [counts(0), by_id(1), by_id(2), bind(1, 2), counts(2)])
    assert result["added"] == [vol(1), vol(2)]


def test_binding_what_is_bound_is_no_change(resources: Resources) -> None:
    result = resources(wanted(1), [counts(3), by_name(1), bind(1), counts(3)], diff=True)
    assert result["changed"] is False
    assert (result["added"], result["added_count"], result["resource_count"]) == ([], 0, 3)
    assert result["diff"]["before"] == result["diff"]["after"]


def test_a_count_that_moves_by_another_number_proves_only_the_number(resources: Resources) -> None:
    result = resources(wanted(1, 2), [counts(3), by_name(1), by_name(2), bind(1, 2), counts(4)])
    assert result["changed"] is True
    assert (result["added"], result["added_count"]) == (None, 1)


def test_a_volume_given_twice_is_bound_once(resources: Resources) -> None:
    options = {"policy": "nightly", "volumes": ["data-1", vol(1), "data-1"]}
    calls = [counts(0), by_name(1), by_id(1), by_name(1), bind(1), counts(1)]
    assert resources(options, calls)["added"] == [vol(1)]


def test_many_volumes_are_found_with_one_listing_and_bound_in_forties(resources: Resources) -> None:
    numbers = range(1, 86)
    calls = [
        counts(0),
        project(*range(90)),
        bind(*range(1, 41)),
        bind(*range(41, 81)),
        bind(*range(81, 86)),
        counts(85),
    ]
    result = resources(wanted(*numbers), calls)
    assert result["added"] == [vol(number) for number in numbers]


BAD_STATE = {"code": "AutoBackup.0206", "message": "the volume is in a bad state"}


def test_volumes_that_fail_are_listed_and_the_others_stay_done(resources: Resources) -> None:
    calls = [counts(0), by_name(1), by_name(2), bind(1, 2, failed={2: BAD_STATE}), counts(1)]
    result = resources(wanted(1, 2), calls)
    assert result.failed
    assert result["changed"] is True
    assert result["failures"] == [{"volume_id": vol(2), **BAD_STATE}]
    assert (result["added"], result["added_count"], result["resource_count"]) == ([vol(1)], 1, 1)
    assert vol(2) in result["msg"]
    assert "AutoBackup.0206" in result["msg"]


def test_of_many_failures_five_are_in_the_message_and_all_in_the_result(resources: Resources) -> None:
    failed = {number: BAD_STATE if number < 3 else {} for number in range(1, 8)}
    calls = [counts(0), project(*range(1, 9)), bind(*range(1, 9), failed=failed), counts(1)]
    result = resources(wanted(*range(1, 9)), calls)
    assert len(result["failures"]) == 7
    assert result["msg"].startswith(f"bind volumes, policy {POLICY}: 7 failed")
    assert f"{vol(1)} (AutoBackup.0206: the volume is in a bad state)" in result["msg"]
    assert f"{vol(5)} (no code: no reason given) and 2 more" in result["msg"]
    assert vol(6) not in result["msg"]


def test_of_five_failures_all_are_in_the_message(resources: Resources) -> None:
    failed = dict.fromkeys(range(1, 6), BAD_STATE)
    calls = [counts(0), project(*range(1, 6)), bind(*range(1, 6), failed=failed), counts(0)]
    message = resources(wanted(*range(1, 6)), calls)["msg"]
    assert vol(5) in message
    assert "more" not in message


@pytest.mark.parametrize(("other", "retryable"), [("AutoBackup.0206", True), ("AutoBackup.0208", False)])
def test_volumes_that_are_only_busy_are_worth_a_retry(resources: Resources, other: str, retryable: bool) -> None:
    failed = {1: {"code": "AutoBackup.0206", "message": "volume is busy"}, 2: {"code": other, "message": "no"}}
    calls = [counts(0), by_name(1), by_name(2), bind(1, 2, failed=failed), counts(0)]
    result = resources({"policy": "nightly", "volumes": ["data-1", "data-2"]}, calls)
    assert (result["error"]["code"], result["error"]["retryable"]) == ("AutoBackup.0206", retryable)
    assert result["error"]["advice"].endswith("; see failures")


def test_a_failed_binding_without_a_code_is_a_failure_too(resources: Resources) -> None:
    calls = [counts(0), by_name(1), bind(1, failed={1: {}}), counts(0)]
    result = resources(wanted(1), calls)
    assert result.failed
    assert result["changed"] is False
    assert result["failures"] == [{"volume_id": vol(1), "code": None, "message": None}]


def test_a_chunk_refused_as_a_whole_leaves_the_one_before_it_done(resources: Resources) -> None:
    numbers = range(1, 46)
    refused = bind(*range(41, 46)).but(status=400, answer=refusal("AutoBackup.0204"))
    calls = [counts(0), project(*range(50)), bind(*range(1, 41)), refused, counts(40)]
    result = resources(wanted(*numbers), calls)
    assert result.failed
    assert result["error"]["code"] == "AutoBackup.0204"
    assert result["changed"] is True
    assert result["added_count"] == 40
    assert result["added"] == [vol(number) for number in range(1, 41)]


def test_a_volume_in_a_bad_state_for_the_whole_call_may_be_tried_again_later(resources: Resources) -> None:
    refused = bind(1).but(status=400, answer=refusal("AutoBackup.0206"))
    result = resources(wanted(1), [counts(2), by_name(1), refused, counts(2)])
    assert result.failed
    assert result["error"]["retryable"] is True
    assert result["changed"] is False


@pytest.mark.parametrize("state", ["present", "absent"])
def test_where_the_counts_cannot_be_read_after_a_write_nothing_is_claimed(resources: Resources, state: str) -> None:
    unreadable = counts(3).but(status=403, answer=gateway("APIGW.0302"))
    failed = {2: {"code": "AutoBackup.0208", "message": "volume not found"}}
    write = [bind(1, 2, failed=failed)] if state == "present" else [unbind(1), counts(2), unbind(2, failed=failed)]
    result = resources(wanted(1, 2, state=state), [counts(3), by_name(1), by_name(2), *write, unreadable])
    assert result.failed
    assert result["error"]["code"] == "APIGW.0302"
    assert result["changed"] is True
    assert set(shown(result).values()) == {None}


@pytest.mark.parametrize("lost", [{"error": timed_out()}, {"status": 500, "answer": {}}])
def test_a_lost_answer_to_a_binding_is_sent_again(resources: Resources, lost: Json) -> None:
    calls = [counts(2), by_name(1), bind(1).but(**lost), bind(1), counts(3)]
    assert resources(wanted(1), calls)["added"] == [vol(1)]


def test_an_answer_without_both_lists_is_a_clear_failure(resources: Resources) -> None:
    result = resources(wanted(1), [counts(2), by_name(1), bind(1).but(answer={}), counts(3)])
    assert result.failed
    assert result["changed"] is True
    assert result["resource_count"] == 3


def test_a_policy_deleted_meanwhile_is_a_failure(resources: Resources) -> None:
    result = resources(wanted(1), [counts(2), by_name(1), bind(1), listed(policy(OTHER_POLICY, "weekly"))])
    assert result.failed
    assert POLICY in result["msg"]


def test_a_policy_without_a_count_proves_nothing_and_ends_the_task(resources: Resources) -> None:
    row = {key: value for key, value in policy().items() if key != "policy_resource_count"}
    assert "policy_resource_count" in resources(wanted(1), [listed(row)])["msg"]


def test_no_volumes_is_nothing_to_do(resources: Resources) -> None:
    for state in ("present", "absent"):
        result = resources({"policy": "nightly", "volumes": [], "state": state}, [counts(3)])
        assert (result["changed"], result["resource_count"]) == (False, 3)


@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_unknown_volume_ends_the_task_before_any_write(resources: Resources, state: str) -> None:
    none = evs("GET", "/v2/volumes/detail?name=data-2&limit=1000", answer={"volumes": []})
    result = resources(wanted(1, 2, state=state), [counts(3), by_name(1), none])
    assert result.failed
    assert result["msg"].startswith("volumes:")
    assert "'data-2'" in result["msg"]


def test_an_unknown_id_is_tried_as_a_name_and_then_told(resources: Resources) -> None:
    calls: list[Call] = [
        counts(3),
        by_id(1).but(status=404, answer=missing()),
        evs("GET", f"/v2/volumes/detail?name={vol(1)}&limit=1000", answer={"volumes": []}),
    ]
    result = resources({"policy": "nightly", "volumes": [vol(1)]}, calls)
    assert vol(1) in result["msg"]


def test_an_ambiguous_name_lists_the_ids_and_a_longer_one_does_not_count(resources: Resources) -> None:
    rows = [volume(vol(1), "data-1"), volume(vol(2), "data-1"), volume(vol(3), "data-10")]
    result = resources(wanted(1), [counts(3), by_name(1).but(answer={"volumes": rows})])
    assert result.failed
    assert vol(1) in result["msg"]
    assert vol(2) in result["msg"]
    assert vol(3) not in result["msg"]


def test_an_ambiguous_name_among_many_is_told_too(resources: Resources) -> None:
    listing = project(1, 2, 3, 4)
    listing = listing.but(answer={"volumes": [*listing.answer["volumes"], volume(vol(9), "data-2")]})
    result = resources(wanted(1, 2, 3, 4), [counts(3), listing])
    assert vol(2) in result["msg"]
    assert vol(9) in result["msg"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [([policy("p1", "weekly")], "'nightly'"), ([policy("p1"), policy("p2")], "p1, p2")],
)
def test_an_unknown_or_ambiguous_policy_is_refused(resources: Resources, rows: list[Json], words: str) -> None:
    result = resources(wanted(1), [listed(*rows)])
    assert result["msg"].startswith("policy:")
    assert words in result["msg"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (wanted(1, purge=True, state="absent"), "purge"),
        (wanted(1, policy=""), "policy"),
        ({"policy": "nightly", "volumes": [""]}, "volumes"),
        ({"policy": "nightly", "volumes": ["a\nb"]}, "volumes"),
        ({"policy": "nightly", "volumes": ["a" * 256]}, "volumes"),
        ({"policy": "nightly"}, "volumes"),
        ({"volumes": []}, "policy"),
    ],
)
def test_bad_input_is_refused_before_any_request(resources: Resources, options: Json, named: str) -> None:
    result = resources(options)
    assert result.failed
    assert named in result["msg"]
