# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bringing the projects that a backup is shared with to what is wanted, as sets (contract §3, F §5)."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.paging import text_of
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.shares import (
    delete_share,
    delete_shares_of,
    list_shares,
    share_backup,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError
from ansible_collections.huaweicloud.backup.plugins.module_utils._lost import LOOK, Creation, create_once

Rows = list[JsonObject]


@dataclass(frozen=True)
class SharePlan:
    """What to do. ``before`` are the backup's shares; ``missing`` the projects to share with; ``leaving`` shares."""

    backup_id: str
    before: Rows
    missing: list[str]
    leaving: Rows

    @property
    def staying(self) -> Rows:
        """The shares that are left alone."""
        going = {row["id"] for row in self.leaving}
        return [row for row in self.before if row["id"] not in going]

    def predicted(self, project_id: str) -> JsonObject:
        """The result as it will be; what only the service decides is null.

        :param project_id: the project that shares.
        """
        made = [
            {"backup_id": self.backup_id, "from_project_id": project_id, "to_project_id": one} for one in self.missing
        ]
        return _result([*self.staying, *made], self.missing, _gone(self.before, self.staying))


@dataclass
class _Progress:
    """What has been reached so far, for the result, also that of a failure."""

    plan: SharePlan
    rows: Rows

    def result(self) -> JsonObject:
        held = _projects(self.rows)
        added = [one for one in self.plan.missing if one in held]
        return _result(self.rows, added, _gone(self.plan.before, self.rows))


def read_shares(client: Client, backup_id: str) -> Rows:
    """The shares of one backup; each has its ID and its project.

    :raises AnswerError: one has not.
    """
    rows = [row for row in list_shares(client, {"backup_id": backup_id}) if row.get("backup_id") == backup_id]
    for row in rows:
        text_of(row, "to_project_id", f"list shares of backup {backup_id}")
    return rows


def plan_present(backup_id: str, rows: Rows, projects: Iterable[str], *, purge: bool) -> SharePlan:
    """Share with those that are missing; with ``purge`` end all other shares."""
    wanted = list(dict.fromkeys(projects))
    held = _projects(rows)
    leaving = [row for row in rows if purge and row["to_project_id"] not in wanted]
    return SharePlan(backup_id, rows, [one for one in wanted if one not in held], leaving)


def plan_absent(backup_id: str, rows: Rows, projects: Iterable[str] | None) -> SharePlan:
    """End the shares with these projects; with None all."""
    unwanted = None if projects is None else set(projects)
    return SharePlan(backup_id, rows, [], [row for row in rows if unwanted is None or row["to_project_id"] in unwanted])


def apply_shares(client: Client, clock: Clock, warn: Callable[[str], None], plan: SharePlan) -> JsonObject:
    """Share first, then end shares: the result as documented.

    :raises BackupError: with the result as far as it was reached.
    """
    progress = _Progress(plan, plan.before)
    try:
        if plan.missing:
            _share(client, clock, progress)
            _check_made(warn, progress)
        _end_shares(client, progress)
    except BackupError as error:
        reached = progress.result()
        changed = bool(reached["added"] or reached["removed"]) or client.has_written
        error.results.update(reached, changed=changed)
        raise
    return progress.result()


def comparable(result: JsonObject) -> JsonObject:
    """For the diff: who shares what with whom."""
    names = ("backup_id", "from_project_id", "to_project_id")
    return {"shares": [{name: row[name] for name in names} for row in result["shares"]]}


def shown(rows: Iterable[JsonObject]) -> JsonObject:
    """The result of a plan without changes."""
    return _result(rows, [], [])


def _share(client: Client, clock: Clock, progress: _Progress) -> None:
    """One creating call for all missing projects, then one more listing."""
    plan = progress.plan
    made: Rows = []

    def still_missing() -> list[str]:
        held = _projects(progress.rows)
        return [one for one in plan.missing if one not in held]

    def send() -> str:
        made.extend(share_backup(client, plan.backup_id, still_missing()))
        return plan.backup_id

    def find() -> JsonObject | None:
        progress.rows = read_shares(client, plan.backup_id)
        return None if still_missing() else {"backup_id": plan.backup_id}

    def is_shared_by_now(_error: BackupError) -> bool:
        try:
            return find() is not None
        except BackupError:
            return False

    creation = Creation(
        send=send,
        find=find,
        is_same=is_shared_by_now,
        how_to_look=f"Look at the shares of backup {plan.backup_id} (vbs_share_info shows them)",
    )
    create_once(creation, options=LOOK, clock=clock)
    # The answer itself says what was made, in case that the list fails or is late.
    progress.rows = _with_made(progress.rows, made)
    progress.rows = _with_made(read_shares(client, plan.backup_id), made)


def _check_made(warn: Callable[[str], None], progress: _Progress) -> None:
    plan, rows = progress.plan, progress.rows
    held = _projects(rows)
    lacking = [one for one in plan.missing if one not in held]
    if lacking:
        raise BackupError(
            f"share backup {plan.backup_id}: the service said done, but it is not shared with {', '.join(lacking)}",
            advice="check the project IDs, then run the task again",
        )
    for project_id in plan.missing:
        ids = [str(row["id"]) for row in rows if row["to_project_id"] == project_id]
        if len(ids) > 1:
            warn(
                f"backup {plan.backup_id} is shared with project {project_id} more than once, maybe by another task at"
                f" the same time: {', '.join(sorted(ids))}; nothing was taken back"
            )


def _end_shares(client: Client, progress: _Progress) -> None:
    plan = progress.plan
    if not plan.leaving:
        return
    # Where the service finds nothing under the backup's ID, the shares' own IDs still tell.
    if not plan.staying and not plan.missing and delete_shares_of(client, plan.backup_id):
        progress.rows = []
        return
    for leaving in plan.leaving:
        delete_share(client, leaving["id"])
        progress.rows = [row for row in progress.rows if row["id"] != leaving["id"]]


def _with_made(rows: Rows, made: Rows) -> Rows:
    held = _projects(rows)
    return [*rows, *(row for row in made if row["to_project_id"] not in held)]


def _projects(rows: Iterable[JsonObject]) -> set[str]:
    return {row["to_project_id"] for row in rows}


def _gone(before: Iterable[JsonObject], now: Iterable[JsonObject]) -> list[str]:
    return sorted(_projects(before) - _projects(now))


def _result(rows: Iterable[JsonObject], added: Sequence[str], removed: Sequence[str]) -> JsonObject:
    ordered = sorted((_model.share(row) for row in rows), key=_order)
    return {"shares": ordered, "added": list(added), "removed": list(removed)}


def _order(row: _model.Result) -> tuple[t.Any, ...]:
    """By project, so that check mode's prediction has the same order as what the service lists later."""
    return (row["to_project_id"] or "", row["created_at"] or "", row["id"] or "")
