# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of a batch: a row for each volume, what is left to wait for, and one message for all failures."""

from __future__ import annotations

import typing as t
from collections.abc import Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_item import RUNNING, UNSENT, Item
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, WaitTimeoutError
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import pending
from ansible_collections.huaweicloud.backup.plugins.module_utils._model import stamp

# So many different reasons are told, and so many volumes for each.
_REASONS = 3
_VOLUMES = 3

Result = dict[str, t.Any]


def predicted_of(items: Sequence[Item], *, is_waiting: bool) -> Result:
    """The documented result as it will be, before anything is made or waited for."""
    result = result_of(items)
    for item, row in zip(items, result["backups"]):
        if item.phase == UNSENT:
            row.update(status="creating", changed=True)
        if item.phase in (UNSENT, RUNNING) and is_waiting:
            row["status"] = "available"
    if is_waiting:
        result.pop("pending", None)
    return result


def result_of(items: Sequence[Item], started_at: float | None = None) -> Result:
    """The documented result.

    :param started_at: when the batch began, in seconds since 1970.
    """
    rows = [item.as_result() for item in items]
    waiting = _pending(items, started_at)
    return {"backups": rows} if waiting is None else {"backups": rows, "pending": waiting}


def _pending(items: Sequence[Item], started_at: float | None) -> Result | None:
    """The jobs that go on, else the backups that others had begun."""
    left = [item for item in items if item.is_pending]
    jobs = [str(item.job["id"]) for item in left if item.job is not None]
    if not left:
        return None
    begun = None if started_at is None else stamp(started_at)
    if jobs:
        return pending("job", jobs, begun)
    return pending("backup", [str(item.backup_id) for item in left], begun)


def failure(items: Sequence[Item], started_at: float | None = None) -> BackupError:
    """One error for all items that failed; the whole result is beside it."""
    failed = [item for item in items if item.error is not None]
    by_reason: dict[str, list[Item]] = {}
    for item in failed:
        by_reason.setdefault(t.cast("BackupError", item.error).message, []).append(item)
    reasons = [_reason(text, of_it) for text, of_it in list(by_reason.items())[:_REASONS]]
    told = sum(len(of_it) for of_it in list(by_reason.values())[:_REASONS])
    more = f"; and {len(failed) - told} more, see backups" if told < len(failed) else ""
    first = _most_telling(failed)
    return BackupError(
        f"{len(failed)} of {len(items)} volumes have no good backup: {'; '.join(reasons)}{more}",
        code=first.code,
        http_status=first.http_status,
        request_id=first.request_id,
        advice=first.advice,
        retryable=all(t.cast("BackupError", item.error).retryable for item in failed),
        results={
            "changed": any(item.changed for item in items),
            **result_of(items, started_at),
        },
    )


def _most_telling(failed: Sequence[Item]) -> BackupError:
    """The first error that a new run alone does not cure, else the first that is no mere end of patience."""
    errors = [t.cast("BackupError", item.error) for item in failed]
    lasting = [error for error in errors if not error.retryable]
    known = [error for error in errors if not isinstance(error, WaitTimeoutError)]
    return (lasting or known or errors)[0]


def _reason(text: str, items: Sequence[Item]) -> str:
    """The reason, with the volumes where it does not name its own."""
    if len(items) == 1 and items[0].volume_id in text:
        return text
    names = ", ".join(item.volume_name or item.volume_id for item in items[:_VOLUMES])
    more = f" and {len(items) - _VOLUMES} more" if len(items) > _VOLUMES else ""
    return f"{names}{more}: {text}"
