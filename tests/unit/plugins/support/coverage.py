# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A project at noon of 2026-11-21: its volumes, their backups, and what policies did."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, evs, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    POLICY,
    VOLUME,
    Json,
    backup,
    listed,
    volume,
)

ONE = evs("GET", "/v2/volumes/detail?limit=1000", answer={"volumes": [volume()]})
NO_POLICIES = listed()
ERRORS = {"status": "error", "fail_reason": "no space"}


def started(time: str) -> Json:
    """When a backup was started."""
    return {"created_at": f"2026-11-{time}.000000"}


def task(time: str, status: str = "EXECUTE_SUCCESS", **more: t.Any) -> Json:
    """A task (F §14.4)."""
    known = {"created_at": f"2026-11-{time}.123", "backup_name": "autobk_1a2b", "resource_id": VOLUME}
    return {"job_id": f"task-{time}", "status": status, "resource_type": "volume", **known, **more}


def tasks(*found: Json, policy_id: str = POLICY) -> Call:
    """A policy's newest tasks."""
    url = f"/v2/backuppolicy/{policy_id}/backuptasks?sort_key=created_at&sort_dir=desc&limit=1000"
    return vbs("GET", url, answer={"count": len(found), "tasks": list(found)})


def only(result: Result) -> Json:
    """The row of the one volume."""
    (row,) = result["volumes"]
    assert result["changed"] is False
    return t.cast("Json", row)


def sums(result: Result) -> dict[str, int]:
    """How many volumes there are of each verdict."""
    return {name: result["summary"][name]["volumes"] for name in ("protected", "stale", "failing", "unprotected")}


def five() -> tuple[Call, list[str]]:
    """Five volumes of 10 to 50 GB, and their IDs."""
    ids = [f"{number:08d}-2222-3333-4444-555555555555" for number in range(1, 6)]
    found = [volume(one, f"data-{number}", size=10 * number) for number, one in enumerate(ids, 1)]
    return ONE.but(answer={"volumes": found}), ids


def everything(*found: Json) -> Call:
    """The first page of all backups."""
    return vbs("GET", "/v2/backups/detail?limit=1000", answer={"backups": list(found)})


GOOD, OLD = backup(**started("21T11:00:10")), backup(**started("19T11:00:10"))
