# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_coverage_info: what makes each verdict, and what sums there are. It is noon of 2026-11-21."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.backups import rows
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.coverage import (
    ERRORS,
    GOOD,
    NO_POLICIES,
    OLD,
    ONE,
    only,
    started,
    sums,
    task,
    tasks,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    OTHER_BACKUP,
    OTHER_POLICY,
    OTHER_VOLUME,
    POLICY,
    VOLUME,
    Json,
    backup,
    bad_request,
    gateway,
    listed,
    policy,
    refusal,
)

Coverage = t.Callable[..., Result]

GOOD_STATES = ("available", "restoring")


@pytest.fixture
def coverage(run: Coverage) -> Coverage:
    return functools.partial(run, "vbs_coverage_info")


# Backups and tasks of a volume, then its verdict, the hour of its last backup, and whether an attempt failed since.
CASES: dict[str, tuple[list[Json], list[Json], tuple[str, str | None, bool]]] = {
    "nothing": ([], [], ("unprotected", None, False)),
    "a good one": ([GOOD], [], ("protected", "21T11", False)),
    "a good one that is restored from": ([{**GOOD, "status": "restoring"}], [], ("protected", "21T11", False)),
    "one of the future": ([backup(**started("22T11:00:10"))], [], ("protected", "22T11", False)),
    "an old one": ([OLD], [], ("stale", "19T11", False)),
    "one that failed": ([{**GOOD, **ERRORS}], [], ("failing", None, True)),
    "one that failed after a good one": (
        [backup(**ERRORS, **started("21T11:30:00")), GOOD],
        [],
        ("protected", "21T11", True),
    ),
    "one that failed at the moment of a good one": (
        [backup(**ERRORS, **started("21T11:00:10")), GOOD],
        [],
        ("protected", "21T11", False),
    ),
    "some that failed before and after a good one": (
        [backup(**ERRORS, **started("21T11:30:00")), GOOD, backup(**ERRORS, **started("20T11:30:00"))],
        [],
        ("protected", "21T11", True),
    ),
    "one that failed before a good one": (
        [GOOD, backup(**ERRORS, **started("20T11:30:00"))],
        [],
        ("protected", "21T11", False),
    ),
    "one that failed after an old one": ([{**GOOD, **ERRORS}, OLD], [], ("failing", "19T11", True)),
    "one that failed before an old one": (
        [OLD, backup(**ERRORS, **started("18T11:00:10"))],
        [],
        ("stale", "19T11", False),
    ),
    "one that is made": ([{**GOOD, "status": "creating"}], [], ("unprotected", None, False)),
    "one that is made after an old one": ([{**GOOD, "status": "creating"}, OLD], [], ("stale", "19T11", False)),
    "one that is deleted": ([{**GOOD, "status": "deleting"}], [], ("unprotected", None, False)),
    "one that a restore left unclear": ([{**GOOD, "status": "error_restoring"}], [], ("unprotected", None, False)),
    "one in a state that nobody knows": ([{**GOOD, "status": ["available"]}], [], ("unprotected", None, False)),
    "a good one of no time": ([backup(created_at=None)], [], ("stale", None, False)),
    "a good one of an impossible time": ([backup(**started("31T25:00:00"))], [], ("stale", "31T25", False)),
    "a good one of no time and one that failed": (
        [backup(**ERRORS, **started("21T11:30:00")), backup(created_at=None)],
        [],
        ("failing", None, True),
    ),
    "one that failed at no time": ([backup(**ERRORS, created_at="soon")], [], ("failing", None, True)),
    "another volume's": ([{**GOOD, "volume_id": OTHER_VOLUME}], [], ("unprotected", None, False)),
    "one of no volume": ([{**GOOD, "volume_id": [VOLUME]}], [], ("unprotected", None, False)),
    "a task that failed without a backup": ([], [task("21T10:00:00", "EXECUTE_FAIL")], ("failing", None, True)),
    "a task that ended too late": ([OLD], [task("21T10:00:00", "EXECUTE_TIMEOUT")], ("failing", "19T11", True)),
    "a task that failed after a good one": (
        [GOOD],
        [task("21T11:30:00", "EXECUTE_FAIL")],
        ("protected", "21T11", True),
    ),
    "a task that failed before a good one": (
        [GOOD],
        [task("21T10:00:00", "EXECUTE_FAIL")],
        ("protected", "21T11", False),
    ),
    "a task that was left out": ([OLD], [task("21T10:00:00", "SKIP")], ("stale", "19T11", False)),
    "a task that runs": ([], [task("21T11:59:00", "RUNNING")], ("unprotected", None, False)),
    "a task that failed just within max_age": (
        [],
        [task("20T10:00:00", "EXECUTE_FAIL")],
        ("failing", None, True),
    ),
    "a task that failed long ago": ([], [task("20T09:59:00", "EXECUTE_FAIL")], ("unprotected", None, False)),
    "a task that failed at no time": (
        [],
        [task("21T10:00:00", "EXECUTE_FAIL", created_at=None)],
        ("unprotected", None, False),
    ),
    "a task of another volume": (
        [],
        [task("21T10:00:00", "EXECUTE_FAIL", resource_id=OTHER_VOLUME)],
        ("unprotected", None, False),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_verdict_is_the_first_that_holds(coverage: Coverage, name: str) -> None:
    backups, done, (verdict, hour, failed) = CASES[name]
    result = coverage({}, [ONE, rows(*backups), listed(policy()), tasks(*done)])
    row = only(result)
    assert (row["verdict"], row["last_attempt_failed"]) == (verdict, failed)
    created = (row["last_backup"] or {}).get("created_at")
    assert (created and created[8:13]) == hour
    assert (row["last_backup"] is not None) == any(
        one["status"] in GOOD_STATES for one in backups if one["volume_id"] == VOLUME
    )
    assert sums(result)[verdict] == 1


def test_a_row_is_as_documented(coverage: Coverage) -> None:
    failed = task("21T11:30:00", "EXECUTE_FAIL", code="VolumeBackup.0064", message="ended in error")
    calls = [ONE, rows(GOOD), listed(policy()), tasks(failed, task("21T10:00:00"))]
    assert only(coverage({}, calls)) == {
        "id": VOLUME,
        "name": "data-1",
        "size": 40,
        "verdict": "protected",
        "last_backup": {"id": BACKUP, "name": "before", "created_at": "2026-11-21T11:00:10Z"},
        "age": 3590,
        "last_attempt_failed": True,
        "last_task": {
            "job_id": "task-21T11:30:00",
            "status": "EXECUTE_FAIL",
            "created_at": "2026-11-21T11:30:00Z",
            "finished_at": None,
            "backup_name": "autobk_1a2b",
            "volume_id": VOLUME,
            "vbs_job_id": None,
            "code": "VolumeBackup.0064",
            "message": "ended in error",
        },
        "policy": {"id": POLICY, "name": "nightly"},
    }


@pytest.mark.parametrize(("max_age", "verdict"), [("3590s", "stale"), ("3591s", "protected"), ("0s", "stale")])
def test_protected_is_what_is_younger_than_max_age(coverage: Coverage, max_age: str, verdict: str) -> None:
    assert only(coverage({"max_age": max_age}, [ONE, rows(GOOD), NO_POLICIES]))["verdict"] == verdict


def test_of_two_at_the_same_moment_the_first_in_the_services_order_is_shown(coverage: Coverage) -> None:
    twin = {**GOOD, "id": OTHER_BACKUP}
    assert only(coverage({}, [ONE, rows(twin, GOOD), NO_POLICIES]))["last_backup"]["id"] == OTHER_BACKUP


def test_a_time_in_the_future_is_age_0(coverage: Coverage) -> None:
    assert only(coverage({}, [ONE, rows({**GOOD, **started("22T11:00:10")}), NO_POLICIES]))["age"] == 0


def test_max_age_may_be_older_than_time(coverage: Coverage) -> None:
    assert only(coverage({"max_age": "999999999w"}, [ONE, rows(OLD), NO_POLICIES]))["verdict"] == "protected"


def test_the_policy_is_that_of_the_newest_task(coverage: Coverage) -> None:
    calls = [
        ONE,
        rows(GOOD),
        listed(policy(), policy(OTHER_POLICY, "weekly")),
        tasks(task("21T09:00:00")),
        tasks(task("21T10:00:00", "RUNNING"), policy_id=OTHER_POLICY),
    ]
    row = only(coverage({}, calls))
    assert (row["policy"]["name"], row["last_task"]["status"]) == ("weekly", "RUNNING")


def test_tasks_are_read_only_back_to_max_age(coverage: Coverage) -> None:
    """The first page is full, but its last row is too old already."""
    many = [task("21T10:00:00", job_id=f"t{number}") for number in range(19)]
    page = tasks(*many, task("20T09:00:00")).but(answer={"count": 90, "tasks": [*many, task("20T09:00:00")]})
    assert only(coverage({}, [ONE, rows(GOOD), listed(policy()), page]))["policy"]["id"] == POLICY


def test_a_policy_that_is_gone_meanwhile_has_no_tasks(coverage: Coverage) -> None:
    gone = tasks().but(status=404, answer=refusal("AutoBackup.0205"))
    assert only(coverage({}, [ONE, rows(GOOD), listed(policy()), gone]))["policy"] is None


def test_ages_are_counted_from_the_services_time_and_a_wrong_clock_warns(coverage: Coverage) -> None:
    late = rows(GOOD).but(headers={"Date": "Sat, 21 Nov 2026 13:00:10 GMT"})
    result = coverage({}, [ONE, late, NO_POLICIES])
    assert only(result)["age"] == 7200
    (warning,) = result.warnings
    assert "clock" in warning
    near = coverage({}, [ONE, rows(GOOD).but(headers={"Date": "Sat, 21 Nov 2026 12:05:00 GMT"}), NO_POLICIES])
    assert (only(near)["age"], near.warnings) == (3890, [])
    assert only(coverage({}, [ONE, rows(GOOD).but(headers={"Date": None}), NO_POLICIES]))["age"] == 3590


@pytest.mark.parametrize(
    "refused",
    [
        {"status": 404, "answer": gateway("APIGW.0101")},
        {"status": 400, "answer": refusal("BackupService.4008")},
    ],
)
def test_without_policies_backups_alone_decide_and_a_warning_says_so(coverage: Coverage, refused: Json) -> None:
    result = coverage({}, [ONE, rows(GOOD), NO_POLICIES.but(**refused)])
    assert only(result)["verdict"] == "protected"
    (warning,) = result.warnings
    assert "without the tasks of policies" in warning


@pytest.mark.parametrize(
    "refused",
    [{"status": 403, "answer": gateway("APIGW.0302")}, {"status": 400, "answer": bad_request()}],
)
def test_any_other_refusal_of_a_part_is_a_failure(coverage: Coverage, refused: Json) -> None:
    calls = [ONE, rows(GOOD), listed(policy()), tasks()]
    for number in range(len(calls)):
        assert coverage({}, [*calls[:number], calls[number].but(**refused)]).failed


def test_strange_volumes_become_nulls_and_no_crash(coverage: Coverage) -> None:
    strange = {"id": VOLUME, "name": {}, "size": "x"}
    result = coverage({}, [ONE.but(answer={"volumes": [strange]}), rows(GOOD), listed(policy(name=None)), tasks()])
    row = only(result)
    assert (row["name"], row["size"], result["summary"]["gigabytes"]) == (None, None, 0)


def test_check_mode_reads_the_same(coverage: Coverage) -> None:
    result = coverage({}, [ONE, rows(GOOD), NO_POLICIES], check_mode=True, diff=True)
    assert only(result)["verdict"] == "protected"


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"volumes": [""]}, "volumes:"),
        ({"max_age": "26"}, "max_age:"),
        ({"max_age": ""}, "max_age:"),
        ({"verdict": "good"}, "value of verdict"),
    ],
)
def test_bad_input_is_refused_by_the_options_name_before_any_request(
    coverage: Coverage, options: Json, named: str
) -> None:
    assert coverage(options)["msg"].startswith(named)
