# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_coverage_info: whatever pages it skips, each verdict is the one that all backups and tasks together give."""

from __future__ import annotations

import typing as t

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud

HOUR = 3600
MAX_AGE = 10
VERDICTS = ("protected", "stale", "failing", "unprotected")

# Volume, state, and age in hours; a few more than there are volumes, so that some are of volumes long gone.
WHICH = st.integers(0, 6)
HOURS = st.integers(0, 20)
BACKUPS = st.lists(
    st.tuples(WHICH, st.sampled_from(["available", "restoring", "error", "creating", "deleting"]), HOURS), max_size=14
)
TASKS = st.lists(
    st.tuples(WHICH, st.sampled_from(["EXECUTE_SUCCESS", "EXECUTE_FAIL", "EXECUTE_TIMEOUT", "SKIP", "RUNNING"]), HOURS),
    max_size=5,
)
Happened = list[tuple[int, str, int]]


def judge(number: int, backups: Happened, tasks: Happened) -> tuple[str, int | None, bool]:
    """Verdict, age in hours, and whether an attempt failed since, straight from the documentation."""
    good = [age for which, status, age in backups if which == number and status in ("available", "restoring")]
    bad = [age for which, status, age in backups if which == number and status == "error"]
    # A task of exactly that age is still within it.
    bad += [
        age
        for which, status, age in tasks
        if which == number and status in ("EXECUTE_FAIL", "EXECUTE_TIMEOUT") and age <= MAX_AGE
    ]
    failed = bool(bad) and (not good or min(bad) < min(good))
    age = min(good, default=None)
    if age is None and not bad:
        return "unprotected", age, failed
    if age is not None and age < MAX_AGE:
        return "protected", age, failed
    return ("failing" if failed else "stale"), age, failed


@settings(max_examples=settings().max_examples // 4)
@given(st.integers(0, 6), st.integers(1, 4), BACKUPS, TASKS, st.none() | st.lists(WHICH, max_size=5))
def test_each_verdict_is_that_of_all_backups_and_tasks(
    count: int, page: int, backups: Happened, tasks: Happened, asked: list[int] | None
) -> None:
    cloud = Cloud({"max_page": page, "backups_per_volume": 0, "policies_per_project": 0}, count)
    try:
        ids = [volume.id for volume in cloud.project.volumes]
        gone = "99999999-2222-3333-4444-555555555555"
        policies = [cloud.add("policies", name=name).id for name in ("nightly", "weekly")]
        for which, status, age in backups:
            cloud.add("backups", volume_id=([*ids, *[gone] * 7])[which], status=status, age=age * HOUR)
        for number, (which, status, age) in enumerate(tasks):
            resource = ([*ids, *[gone] * 7])[which]
            cloud.add("tasks", policy_id=policies[number % 2], resource_id=resource, status=status, age=age * HOUR)
        chosen = None if asked is None else [which for which in asked if which < count]
        options: dict[str, t.Any] = {"max_age": f"{MAX_AGE}h"}
        if chosen is not None:
            options["volumes"] = [ids[which] for which in chosen]
        result = cloud.run("vbs_coverage_info", options)
        expected = {ids[which]: judge(which, backups, tasks) for which in (range(count) if chosen is None else chosen)}
        _compare(result, expected)
        # Never more requests than all pages, one for each volume, and the tasks.
        assert len(result.sent) <= 2 * len(ids) + len(backups) + 1 + 2 * len(tasks) + 5
    finally:
        cloud.close()


def _compare(result: Result, expected: dict[str, tuple[str, int | None, bool]]) -> None:
    found = {
        row["id"]: (row["verdict"], None if row["age"] is None else row["age"] // HOUR, row["last_attempt_failed"])
        for row in result["volumes"]
    }
    assert found == expected
    counted = {name: result["summary"][name]["volumes"] for name in VERDICTS}
    assert counted == {name: [row[0] for row in expected.values()].count(name) for name in VERDICTS}
    assert sum(policy["volumes"] for policy in result["summary"]["policies"]) == len(expected)
