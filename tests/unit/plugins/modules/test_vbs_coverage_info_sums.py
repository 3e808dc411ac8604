# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_coverage_info: the sums over all volumes and for each policy."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.backups import rows
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.coverage import (
    ERRORS,
    NO_POLICIES,
    OLD,
    ONE,
    everything,
    five,
    started,
    sums,
    task,
    tasks,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    OTHER_POLICY,
    VOLUME,
    backup,
    listed,
    policy,
)

Coverage = t.Callable[..., Result]


@pytest.fixture
def coverage(run: Coverage) -> Coverage:
    return functools.partial(run, "vbs_coverage_info")


def test_without_volumes_nothing_else_is_read(coverage: Coverage) -> None:
    nothing = {"volumes": 0, "gigabytes": 0}
    empty = {
        **nothing,
        "newest_age": None,
        "oldest_age": None,
        **dict.fromkeys(("protected", "stale", "failing", "unprotected"), nothing),
        "policies": [],
    }
    result = coverage({}, [ONE.but(answer={"volumes": []})])
    assert (result["volumes"], result["summary"]) == ([], empty)
    assert coverage({"volumes": []})["summary"] == empty


def test_the_summary_counts_each_verdict_in_all_and_for_each_policy(coverage: Coverage) -> None:
    project, ids = five()
    found = [
        backup("b1", volume_id=ids[0], **started("21T11:00:00")),
        backup("b2", volume_id=ids[1], **started("21T10:00:00")),
        backup("b3", volume_id=ids[2], **ERRORS, **started("20T10:00:00")),
        backup("b4", volume_id=ids[3], **started("18T12:00:00")),
        backup("b5", volume_id=ids[0], **started("17T12:00:00")),
    ]
    mine = tasks(task("21T10:59:00", resource_id=ids[0]), task("21T09:59:00", resource_id=ids[2]))
    theirs = tasks(task("21T09:58:00", resource_id=ids[1]), policy_id=OTHER_POLICY)
    calls = [project, everything(*found), listed(policy(), policy(OTHER_POLICY, "daily")), mine, theirs]
    result = coverage({"verdict": "protected"}, calls)
    assert [row["name"] for row in result["volumes"]] == ["data-1", "data-2"]
    none, summary = {"volumes": 0, "gigabytes": 0}, dict(result["summary"])
    policies = summary.pop("policies")
    assert summary == {
        "volumes": 5,
        "gigabytes": 150,
        "newest_age": 3600,
        "oldest_age": 3 * 86400,
        "protected": {"volumes": 2, "gigabytes": 30},
        "stale": {"volumes": 1, "gigabytes": 40},
        "failing": {"volumes": 1, "gigabytes": 30},
        "unprotected": {"volumes": 1, "gigabytes": 50},
    }
    daily, nightly, without = policies
    one = {"volumes": 1, "gigabytes": 20}
    assert daily == {"id": OTHER_POLICY, "name": "daily", **one, "newest_age": 7200, "oldest_age": 7200} | {
        "protected": one,
        **dict.fromkeys(("stale", "failing", "unprotected"), none),
    }
    assert (nightly["name"], nightly["protected"]["gigabytes"], nightly["failing"]["gigabytes"]) == ("nightly", 10, 30)
    assert (without["id"], without["name"], without["volumes"], without["unprotected"]["volumes"]) == (None, None, 2, 1)


@pytest.mark.parametrize("verdict", ["protected", "stale", "failing", "unprotected"])
def test_a_verdict_filters_the_rows_but_not_the_sums(coverage: Coverage, verdict: str) -> None:
    result = coverage({"verdict": verdict}, [ONE, rows(OLD), NO_POLICIES])
    assert [row["id"] for row in result["volumes"]] == ([VOLUME] if verdict == "stale" else [])
    assert sums(result) == {"protected": 0, "stale": 1, "failing": 0, "unprotected": 0}
