# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Never two policies where one was asked for (architecture.md, Retries and lost answers)."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import (
    OTHER_TOKEN,
    USER,
    sign_in,
    with_token,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import (
    Call,
    lost,
    refused,
    timed_out,
    vbs,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    OTHER_POLICY,
    POLICY,
    gateway,
    listed,
    policy,
    refusal,
    schedule,
)

Policy = t.Callable[..., Result]

NIGHTLY: dict[str, t.Any] = {"name": "nightly", "start_times": ["22:00"], "frequency": 1, "retention_count": 7}
CREATE = vbs(
    "POST",
    "/v2/backuppolicy",
    body={"backup_policy_name": "nightly", "scheduled_policy": schedule()},
    answer={"backup_policy_id": POLICY},
)
OURS = policy()
THEIRS = policy(OTHER_POLICY)
STRANGER = policy("88888888-2222-3333-4444-555555555555", "weekly", 3)
# At the wait's pace, with a last look when the minute is over.
NO_TRACE = [listed()] * 22


@pytest.fixture
def vbs_policy(run: Policy) -> Policy:
    return functools.partial(run, "vbs_policy")


LOST: dict[str, Call] = {
    "connection lost": CREATE.but(error=lost()),
    "no answer in time": CREATE.but(error=timed_out(), takes=60.0),
    "internal error": CREATE.but(status=500, answer=refusal("AutoBackup.0009")),
    "internal error without a body": CREATE.but(status=500, answer={}),
    "bad gateway": CREATE.but(status=502, raw=b"<html>502</html>"),
    "gateway time-out": CREATE.but(status=504, answer={}),
    "a web page with 200": CREATE.but(raw=b"<html>hello</html>"),
    "no ID in the answer": CREATE.but(answer={}),
    "a number for the ID": CREATE.but(answer={"backup_policy_id": 5}),
    "half a body": CREATE.but(raw=b'{"backup_pol', cut=True),
}
each_loss = pytest.mark.parametrize("gone", LOST.values(), ids=LOST.keys())


@each_loss
def test_a_lost_answer_is_followed_by_a_look_and_no_second_request(vbs_policy: Policy, gone: Call) -> None:
    calls = [listed(STRANGER), gone, listed(STRANGER), listed(STRANGER), listed(STRANGER, OURS), listed(STRANGER, OURS)]
    result = vbs_policy(NIGHTLY, calls)
    assert result["policy"]["id"] == POLICY
    assert result["changed"] is True
    assert result.pauses == pytest.approx((1.0, 1.1))


@each_loss
def test_only_after_a_minute_without_a_trace_it_is_sent_once_more(vbs_policy: Policy, gone: Call) -> None:
    result = vbs_policy(NIGHTLY, [listed(), gone, *NO_TRACE, CREATE, listed(OURS)])
    assert result["policy"]["id"] == POLICY
    assert 59 < sum(result.pauses) < 62
    assert len(result.writes) == 2


@each_loss
def test_lost_twice_without_a_trace_is_uncertain_and_never_sent_a_third_time(vbs_policy: Policy, gone: Call) -> None:
    result = vbs_policy(NIGHTLY, [listed(), gone, *NO_TRACE, gone, *NO_TRACE])
    assert result.failed
    assert "uncertain" in result["msg"]
    assert "'nightly'" in result["msg"]
    assert len(result.writes) == 2


def test_lost_twice_and_found_after_all_is_taken(vbs_policy: Policy) -> None:
    gone = LOST["connection lost"]
    result = vbs_policy(NIGHTLY, [listed(), gone, *NO_TRACE, gone, listed(OURS), listed(OURS)])
    assert result["policy"]["id"] == POLICY


def test_one_that_another_task_made_meanwhile_is_brought_to_what_was_asked_for(vbs_policy: Policy) -> None:
    body = {"scheduled_policy": schedule()}
    change = vbs("PUT", f"/v2/backuppolicy/{OTHER_POLICY}", body=body, answer={"backup_policy_id": OTHER_POLICY})
    late = policy(OTHER_POLICY, plan={"start_time": "03:00"})
    calls = [listed(), LOST["connection lost"], listed(late), listed(late), change, listed(THEIRS)]
    result = vbs_policy(NIGHTLY, calls)
    assert result["policy"]["id"] == OTHER_POLICY
    assert result["policy"]["start_times"] == ["22:00"]


def test_several_new_ones_after_a_lost_answer_are_an_error_that_names_them(vbs_policy: Policy) -> None:
    result = vbs_policy(NIGHTLY, [listed(), LOST["bad gateway"], listed(OURS, THEIRS)])
    assert result.failed
    assert POLICY in result["msg"]
    assert OTHER_POLICY in result["msg"]


def test_a_new_one_of_another_name_is_not_taken_for_it(vbs_policy: Policy) -> None:
    calls = [listed(), LOST["bad gateway"], listed(STRANGER), listed(STRANGER, OURS), listed(STRANGER, OURS)]
    result = vbs_policy(NIGHTLY, calls)
    assert (result["policy"]["id"], result.warnings) == (POLICY, [])


def test_a_look_that_fails_for_a_while_goes_on(vbs_policy: Policy) -> None:
    down = listed().but(status=503, answer=gateway("APIGW.0613"))
    calls = [listed(), LOST["bad gateway"], down, down, listed(OURS), listed(OURS)]
    assert vbs_policy({**NIGHTLY, "api_retries": 0}, calls)["policy"]["id"] == POLICY


def test_a_look_that_is_refused_says_that_the_outcome_is_unknown(vbs_policy: Policy) -> None:
    forbidden = listed().but(status=403, answer=gateway("APIGW.0302"))
    result = vbs_policy(NIGHTLY, [listed(), LOST["bad gateway"], forbidden])
    assert result.failed
    assert "uncertain" in result["msg"]
    assert "'nightly'" in result["msg"]


@pytest.mark.parametrize(
    "unsent",
    [
        CREATE.but(error=refused()),
        CREATE.but(status=429, answer=gateway("APIGW.0308")),
        CREATE.but(status=503, answer=gateway("APIGW.0613")),
    ],
    ids=["connection refused", "throttled", "unavailable"],
)
def test_a_request_that_was_never_done_is_repeated_at_once(vbs_policy: Policy, unsent: Call) -> None:
    result = vbs_policy(NIGHTLY, [listed(), unsent, unsent, CREATE, listed(OURS)])
    assert result["policy"]["id"] == POLICY


def test_a_passing_fault_that_the_service_reports_with_400_is_repeated(vbs_policy: Policy) -> None:
    fault = CREATE.but(status=400, answer=refusal("VolumeBackup.0014"))
    assert not vbs_policy(NIGHTLY, [listed(), fault, CREATE, listed(OURS)]).failed


def test_a_creation_with_a_dead_token_is_sent_again_with_a_new_one(vbs_policy: Policy) -> None:
    dead = with_token(CREATE).but(status=401, answer=gateway("APIGW.0307"))
    calls = [sign_in(), listed(), dead, sign_in(OTHER_TOKEN), with_token(CREATE, OTHER_TOKEN), listed(OURS)]
    assert vbs_policy(NIGHTLY, calls, auth=USER)["policy"]["id"] == POLICY


def test_a_look_that_fails_after_the_creation_does_not_hide_it(vbs_policy: Policy) -> None:
    forbidden = listed().but(status=403, answer=gateway("APIGW.0302"))
    result = vbs_policy(NIGHTLY, [listed(), CREATE, forbidden])
    assert result.failed
    assert f"; policy 'nightly' was made before that: {POLICY}" in result["msg"]
    assert result["changed"] is True
    assert (result["policy"]["id"], result["policy"]["name"]) == (POLICY, "nightly")


def test_a_look_that_fails_after_a_change_does_not_hide_it(vbs_policy: Policy) -> None:
    change = vbs("PUT", f"/v2/backuppolicy/{POLICY}", body={"scheduled_policy": {"status": "OFF"}}, answer={})
    forbidden = listed().but(status=403, answer=gateway("APIGW.0302"))
    result = vbs_policy({"name": "nightly", "enabled": False}, [listed(policy()), change, forbidden])
    assert (result.failed, result["changed"]) == (True, True)
    assert result["msg"].startswith("list policies (GET ")
    assert f"; policy {POLICY} was changed before that" in result["msg"]
    assert (result["policy"]["id"], result["policy"]["enabled"]) == (POLICY, False)


@pytest.mark.parametrize("enabled", [None, False])
def test_tags_that_went_before_a_failure_are_told(vbs_policy: Policy, enabled: bool | None) -> None:
    tags = f"/v2/backuppolicy/{POLICY}/tags"
    pairs = [{"key": "old", "value": "1"}, {"key": "stays", "value": "2"}]
    change = vbs("PUT", f"/v2/backuppolicy/{POLICY}", body={"scheduled_policy": {"status": "OFF"}}, answer={})
    new = {"tag": {"key": "new", "value": "3"}}
    calls = [
        listed(policy()),
        vbs("GET", tags, answer={"tags": pairs}),
        *([] if enabled is None else [change]),
        vbs("DELETE", f"{tags}/old", status=204),
        vbs("POST", tags, body=new, status=400, answer=refusal("AutoBackup.0213")),
    ]
    options = {"name": "nightly", "enabled": enabled, "tags": {"stays": "2", "new": "3"}}
    result = vbs_policy(options, calls)
    assert (result.failed, result["changed"]) == (True, True)
    assert result["policy"]["tags"] == {"stays": "2"}
    assert result["policy"]["enabled"] is (enabled is None)
    assert f"; policy {POLICY} was changed before that" in result["msg"]


def test_a_refusal_of_the_first_request_is_no_change(vbs_policy: Policy) -> None:
    change = vbs("PUT", f"/v2/backuppolicy/{POLICY}", body={"scheduled_policy": {"status": "OFF"}})
    refused = change.but(status=400, answer=refusal("AutoBackup.0213"))
    result = vbs_policy({"name": "nightly", "enabled": False}, [listed(policy()), refused])
    assert result["changed"] is False
    assert "policy" not in result.data
    assert "was changed" not in result["msg"]


def test_of_two_made_at_the_same_time_the_later_and_empty_is_taken_back(vbs_policy: Policy) -> None:
    take_back = vbs("DELETE", f"/v2/backuppolicy/{POLICY}", status=204)
    result = vbs_policy(NIGHTLY, [listed(), CREATE, listed(THEIRS, OURS), take_back])
    assert result["policy"]["id"] == OTHER_POLICY
    assert any(POLICY in warning and OTHER_POLICY in warning for warning in result.warnings)


def test_the_other_tasks_policy_is_brought_to_what_was_asked_for(vbs_policy: Policy) -> None:
    theirs = policy(OTHER_POLICY, plan={"frequency": 3})
    calls = [
        listed(),
        CREATE,
        listed(theirs, OURS),
        vbs("DELETE", f"/v2/backuppolicy/{POLICY}", status=204),
        vbs("PUT", f"/v2/backuppolicy/{OTHER_POLICY}", body={"scheduled_policy": schedule()}, answer={}),
        listed(THEIRS),
    ]
    result = vbs_policy(NIGHTLY, calls)
    assert result["policy"]["id"] == OTHER_POLICY
    assert result["policy"]["frequency"] == 1
    assert result["changed"] is True


def test_of_two_made_at_the_same_time_ours_stays_if_it_is_first(vbs_policy: Policy) -> None:
    result = vbs_policy(NIGHTLY, [listed(), CREATE, listed(OURS, THEIRS)])
    assert result["policy"]["id"] == POLICY
    assert any(POLICY in warning and OTHER_POLICY in warning for warning in result.warnings)


def test_one_that_already_holds_volumes_is_not_taken_back(vbs_policy: Policy) -> None:
    result = vbs_policy(NIGHTLY, [listed(), CREATE, listed(THEIRS, policy(count=1))])
    assert result["policy"]["id"] == POLICY
    assert result.warnings


def test_one_that_vanished_at_once_is_a_failure(vbs_policy: Policy) -> None:
    result = vbs_policy(NIGHTLY, [listed(), CREATE, listed()])
    assert result.failed
    assert POLICY in result["msg"]
