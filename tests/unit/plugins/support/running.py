# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The calls that a run of a policy makes (F §6.7, §6.8)."""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import POLICY, VOLUME, Json

OPTIONS = {"policy": "nightly"}
GOOD = "EXECUTE_SUCCESS"
ENDED = (GOOD, "EXECUTE_FAIL", "EXECUTE_TIMEOUT", "SKIP")


def task(number: int, status: str = GOOD, **more: t.Any) -> Json:
    """A task (F §14.4); a higher number is a newer one."""
    end = {"finished_at": f"2026-11-21T12:{number:02d}:59.456"} if status in ENDED else {}
    return {
        "job_id": f"77777777-2222-3333-4444-0000000000{number:02d}",
        "status": status,
        "created_at": f"2026-11-21T12:{number:02d}:00.123",
        **end,
        "backup_name": f"autobk_{number:04d}",
        "resource_id": VOLUME,
        "resource_type": "volume",
        **more,
    }


def tasks(*rows: Json, policy_id: str = POLICY, count: int | None = None, offset: int | None = None) -> Call:
    """A page of tasks, newest first."""
    query = "sort_key=created_at&sort_dir=desc&limit=1000" + ("" if offset is None else f"&offset={offset}")
    answer = {"count": len(rows) if count is None else count, "tasks": list(rows)}
    return vbs("GET", f"/v2/backuppolicy/{policy_id}/backuptasks?{query}", answer=answer)


def start(**more: t.Any) -> Call:
    """The run itself: no body, and none in the answer."""
    return vbs("POST", f"/v2/backuppolicy/{POLICY}/action", status=204).but(**more)
