# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from chaos import output_promises, state_promises
from chaos.results import TaskResult, passes, read_results
from chaos.wanted import ANY_NAME, Play, PolicyWanted, Wanted

PLAY = Play(
    "protect",
    Wanted(
        backups=[("v1", "first")],
        policies={"nightly": PolicyWanted({"status": "ON"}, members=frozenset({"v1"}), tags={"env": "prod"})},
        shares=[("first", "p2")],
        gone=[("backups", "old")],
        kept=[("policies", "beside")],
        once=r"/restore$",
    ),
    modules=3,
)


def backup(one: str, **more: Any) -> dict[str, Any]:
    row = {"id": one, "name": "first", "volume_id": "v1", "status": "available", "policy_id": None}
    return {**row, "service_metadata": {"ST": 0}, **more}


def policy(one: str, name: str, **more: Any) -> dict[str, Any]:
    schedule = {"status": "ON"}
    return {"id": one, "name": name, "scheduled_policy": schedule, "members": ["v1"], "tags": {"env": "prod"}, **more}


STATE: dict[str, Any] = {
    "backups": [backup("b1")],
    "policies": [policy("p1", "nightly"), policy("beside", "beside")],
    "shares": [{"id": "s1", "backup_id": "b1", "to_project_id": "p2"}],
    "checkpoints": [],
    "other": {"backups": [], "policies": [], "checkpoints": [], "jobs": []},
}
KNOWN = ["beside"]


def state(**more: Any) -> dict[str, Any]:
    return {**copy.deepcopy(STATE), **more}


def test_a_state_as_asked_breaks_no_promise() -> None:
    assert state_promises.duplicates(STATE, PLAY, KNOWN) == {}
    assert state_promises.orphans(STATE, PLAY, KNOWN) == []
    assert state_promises.missing(STATE, PLAY) == []
    assert state_promises.harm(STATE, STATE, PLAY) == []


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("backups", backup("b2")),
        ("backups", backup("b2", status="creating")),
        ("policies", policy("p2", "nightly")),
        ("shares", {"id": "s2", "backup_id": "b1", "to_project_id": "p2"}),
    ],
)
def test_what_is_there_twice_is_a_duplicate(kind: str, row: dict[str, Any]) -> None:
    twice = state(**{kind: [*STATE[kind], row]})
    ((_what, ids),) = state_promises.duplicates(twice, PLAY, KNOWN).items()
    assert row["id"] in ids
    assert len(ids) == 2


def test_two_backups_of_a_volume_are_a_duplicate_where_the_name_does_not_matter() -> None:
    play = Play("role", Wanted(backups=[("v1", ANY_NAME)]), modules=1)
    twice = state(backups=[backup("b1", name="a"), backup("b2", name="b")])
    assert list(state_promises.duplicates(twice, play, KNOWN).values()) == [["b1", "b2"]]


@pytest.mark.parametrize(
    "row", [backup("b2", status="error"), backup("b2", policy_id="p1"), backup("b2", service_metadata={"ST": 1})]
)
def test_failed_backups_and_those_of_a_policy_or_server_are_no_duplicates(row: dict[str, Any]) -> None:
    assert state_promises.duplicates(state(backups=[backup("b1"), row]), PLAY, KNOWN) == {}


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("backups", backup("b2", volume_id="v2")),
        ("policies", policy("p2", "other")),
        ("shares", {"id": "s2", "backup_id": "b1", "to_project_id": "p3"}),
    ],
)
def test_what_nobody_asked_for_is_an_orphan(kind: str, row: dict[str, Any]) -> None:
    assert len(state_promises.orphans(state(**{kind: [*STATE[kind], row]}), PLAY, KNOWN)) == 1


def test_nothing_may_happen_in_another_project() -> None:
    assert state_promises.orphans(state(other={**STATE["other"], "jobs": [{}]}), PLAY, KNOWN)


@pytest.mark.parametrize(
    "changed",
    [
        {"backups": []},
        {"backups": [backup("b1", status="error")]},
        {"backups": [backup("b1"), backup("old", name="x")]},
        {"policies": []},
        {"policies": [policy("p1", "nightly"), policy("p2", "nightly")]},
        {"policies": [policy("p1", "nightly", members=[])]},
        {"policies": [policy("p1", "nightly", tags={})]},
        {"policies": [policy("p1", "nightly", scheduled_policy={"status": "OFF"})]},
        {"shares": []},
    ],
)
def test_a_state_that_is_not_as_asked_is_noticed(changed: dict[str, Any]) -> None:
    assert state_promises.missing(state(**changed), PLAY)


@pytest.mark.parametrize("policies", [[], [policy("beside", "beside", members=[])]])
def test_what_was_to_stay_must_not_be_touched(policies: list[dict[str, Any]]) -> None:
    assert state_promises.harm(STATE, state(policies=policies), PLAY)


def request(status: int | None, fault: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"method": "POST", "path": "/v2/p/cloudbackups/b1/restore", "status": status, "fault": fault}


def test_an_action_may_be_carried_out_only_once_within_a_pass() -> None:
    others = [request(503), request(None), request(200, {"status": 200, "raw": "<html>"})]
    assert state_promises.done_twice([request(200), *others], PLAY) == []
    assert state_promises.done_twice([request(200), request(202)], PLAY)
    assert state_promises.creations([request(200), request(None)]) == {"restores": 1}


@pytest.mark.parametrize(
    "line",
    [
        "Traceback (most recent call last):",
        'fatal: [localhost]: FAILED! => {"msg": "unexpected KeyError at x.py line 3 of huaweicloud.backup 1.0.0"}',
        '  "msg": "MODULE FAILURE: No start of json char found"',
    ],
)
def test_a_traceback_is_noticed(line: str) -> None:
    assert output_promises.tracebacks(f"TASK [x]\n{line}\n")


def test_a_secret_in_the_output_is_noticed_and_not_repeated() -> None:
    (said,) = output_promises.leaks("token=abcdefgh", {"abcdefgh", "other"})
    assert "abcdefgh" not in said


def failure(message: str, **more: Any) -> TaskResult:
    error = {"code": None, "message": message, "http_status": None, "request_id": None, "advice": "x"}
    return TaskResult("a task", "fatal", {"msg": f"{message}. X.", "error": {**error, "retryable": True, **more}})


def test_a_failure_with_the_cause_that_was_there_is_fine() -> None:
    fine = [failure("list (GET http://x): busy (HTTP 503)"), TaskResult("ok", "ok", {})]
    assert output_promises.unexplained(fine, {"503"}, PLAY) == []


@pytest.mark.parametrize(
    "failed",
    [
        failure("list (GET http://x): busy (HTTP 500)"),
        failure("something went wrong"),
        TaskResult("a task", "failed", {"msg": "list: busy (HTTP 503)"}),
        failure("list: busy (HTTP 503)", advice=""),
        TaskResult("a task", "fatal", {}),
    ],
)
def test_a_failure_that_does_not_name_what_was_injected_is_noticed(failed: TaskResult) -> None:
    assert output_promises.unexplained([failed], {"503"}, PLAY)


def test_a_conflict_must_name_both_in_one_place() -> None:
    ids = ["aaaa-1111", "bbbb-2222"]
    warning = "[WARNING]: another task made one of the same name at the same\ntime: aaaa-\n1111, bbbb-2222"
    assert output_promises.named_together(warning, ids)
    assert not output_promises.named_together("at the same time: aaaa-1111", ids)
    assert not output_promises.named_together("aaaa-1111, bbbb-2222", ids)


def test_info_tasks_must_return_all_rows() -> None:
    play = Play("look", Wanted(), modules=1, counts={"All": 2})
    whole = TaskResult("All", "ok", {"backups": [1, 2]})
    assert output_promises.wrong_counts([whole, TaskResult("Other", "ok", {})], play) == []
    assert output_promises.wrong_counts([TaskResult("All", "ok", {"backups": [1]})], play)


def test_a_pass_that_ended_well_shows_what_it_was_to_show() -> None:
    play = Play("look", Wanted(), modules=1, counts={"All": 2})
    whole = [TaskResult("All", "ok", {"backups": [1, 2]})]
    assert output_promises.unread([whole, whole], play) == []
    assert output_promises.unread([[]], PLAY) == ["pass 1 shows no result"]
    assert output_promises.unread([], PLAY) == ["there is no pass in the output"]
    other = [TaskResult("Other", "ok", {})]
    assert output_promises.unread([whole, other], play) == ["a pass ended well without a result of All"]


OUTPUT = f"""
PLAYBOOK: again.yml ****
TASK [The policy] ****
changed: [localhost] => {json.dumps({"changed": True})}
TASK [Backups] ****
ok: [localhost] => (item=data-01) => {json.dumps({"changed": False})}
failed: [localhost] (item=data-02) => {json.dumps({"msg": "no"})}
PLAYBOOK: again.yml ****
TASK [The policy] ****
fatal: [localhost]: FAILED! => {json.dumps({"msg": "no"})}
ok: [localhost] => {{"cut off": tr
"""


def test_results_are_read_from_the_lines_of_the_output() -> None:
    first, second = (read_results(part) for part in passes(OUTPUT))
    assert [(one.task, one.status, one.failed) for one in first] == [
        ("The policy", "changed", False),
        ("Backups", "ok", False),
        ("Backups", "failed", True),
    ]
    assert [one.failed for one in second] == [True]
