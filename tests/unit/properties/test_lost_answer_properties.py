# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whatever answers are lost: never two where one was asked for, and what is told is true (architecture.md, Retries)."""

from __future__ import annotations

import typing as t

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud

Json = dict[str, t.Any]

# Before the work is done, or after it; some prove that nothing was done, others nothing.
ON_CREATION = st.lists(
    st.sampled_from(
        (
            {"drop": "before"},
            {"drop": "after"},
            {"drop": "after"},
            {"truncate": 7},
            {"status": 429, "headers": {"Retry-After": "2"}},
            {"status": 500, "body": {"error": {"code": "VolumeBackup.0900", "message": "internal"}}},
            {"status": 502, "raw": "<html>bad gateway</html>"},
            {"status": 503, "raw": ""},
        )
    ),
    max_size=3,
)
ON_READING = st.lists(st.sampled_from(({"drop": "before"}, {"status": 503, "raw": ""}, {"truncate": 3})), max_size=3)


class Case(t.NamedTuple):
    """Something to make: options, and the path of its creating call and of its listing."""

    name: str
    options: Json
    creation: str
    listing: str


POLICY = Case(
    "vbs_policy",
    {"name": "nightly", "start_times": ["22:00"], "frequency": 1, "retention_count": 7},
    "/backuppolicy$",
    "/backuppolicy$",
)
BACKUP = Case("vbs_backup", {"name": "before", "volume": "data-01"}, "/cloudbackups$", "/backups/detail")
NATIVE = Case(
    "vbs_backup",
    {**BACKUP.options, "api": "native", "snapshot": "snap-01"},
    "/backups$",
    "/backups/detail",
)


# Each case is a long one.
@settings(max_examples=settings().max_examples // 5)
@given(
    st.sampled_from((POLICY, BACKUP, BACKUP, NATIVE)),
    ON_CREATION,
    ON_READING,
    st.integers(1, 3),
    st.sampled_from((1.0, 40.0, 400.0)),
    st.booleans(),
)
def test_there_are_never_two_and_the_result_is_true(
    case: Case, lost: list[Json], unread: list[Json], after: int, job_seconds: float, shows: bool
) -> None:
    cloud = Cloud({"job_seconds": job_seconds, "volume_backing_up": shows}, 1)
    try:
        # Older ones, of which none is what was asked for.
        cloud.add("backups", name="before", status="error", age=604800)
        cloud.add("policies", name="weekly")
        before = made(cloud, case)
        cloud.fail("POST", case.creation, *lost)
        for fault in unread:
            rule = {"match": {"method": "GET", "path": case.listing}, "skip": after, "fault": fault}
            cloud.sim.faults.add(rule)
        result = cloud.run(case.name, case.options)
        _is_true(cloud, case, result, before)
    finally:
        cloud.close()


def made(cloud: Cloud, case: Case) -> set[str]:
    """The IDs of what there is of the kind."""
    cloud.sim.timeline.run_due()
    table: t.Any = cloud.project.policies if case is POLICY else cloud.project.backups
    return {row.id for row in table}


def _is_true(cloud: Cloud, case: Case, result: Result, before: set[str]) -> None:
    # A backup that was started shows in the end.
    cloud.clock.advance(1000)
    new = made(cloud, case) - before
    assert len(new) <= 1
    if result.failed:
        assert result["error"]["advice"]
        assert "nightly" in result["msg"] or "before" in result["msg"] or "list" in result["msg"]
    else:
        shown = result["policy"] if case is POLICY else result["backup"]
        assert {shown["id"]} == new
        assert result["changed"] is True
    again = cloud.run(case.name, case.options)
    assert not again.failed, again["msg"]
    assert len(made(cloud, case) - before) == 1
    assert again["changed"] is not bool(new)
