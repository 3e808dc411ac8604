# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which backup a job of a batch makes, and how it ended: from the listing; the job itself is read only where needed."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import get_backup
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.jobs import get_job
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_item import Item, UnseenError
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_listing import Listing
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    BackupError,
    TransportError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import (
    APPEARS_WITHIN,
    BACKUP_BAD,
    backup_is_done,
    job_is_done,
    vanished,
)

# So many jobs are read at each look at most, each in its turn: the listing tells all others.
_MOST_READS = 10
# A row may take a moment to show.
_LOOKS_WITHOUT = 2


class Jobs:
    """The jobs of one batch.

    :param take_turn: called before each request.
    """

    def __init__(
        self,
        client: Client,
        listing: Listing,
        clock: Clock,
        *,
        take_turn: Callable[[], None],
        warn: Callable[[str], None],
    ) -> None:
        self._client = client
        self._listing = listing
        self._clock = clock
        self._take_turn = take_turn
        self._warn = warn
        # How often each volume's job was read.
        self.reads: dict[str, int] = {}

    def fresh(self, item: Item) -> list[JsonObject]:
        """The rows that fit what was asked for and are new since the call."""
        rows = self._listing.rows(item.volume_id, since=item.baseline)
        return [row for row in rows if item.request.matches(row)]

    def judge(self, items: Sequence[Item]) -> None:
        """After a look: which backups are good, bad or still being made.

        :raises BackupError: a fault that may pass.
        """
        asking = [item for item in items if self._attempt(item, self._follow_row)]
        asking.sort(key=lambda item: self.reads.get(item.volume_id, 0))
        for item in asking[:_MOST_READS]:
            self._attempt(item, self._follow_job)

    def show(self, items: Sequence[Item]) -> None:
        """For who does not wait: the IDs of the backups that show already, and who else made one."""
        for item in items:
            if not self._find(item) and self.fresh(item):
                self._read(item)
                self._find(item)
            self._tell_twins(item)

    def _attempt(self, item: Item, work: Callable[[Item], bool]) -> bool:
        """Do it; a failure is the item's own, unless it may pass."""
        try:
            return work(item)
        except (AnswerError, ApiError, TransportError) as error:
            if error.retryable:
                raise
            item.end(UnseenError(error))
        except BackupError as error:
            error.results.clear()
            item.end(error)
        return False

    def _follow_row(self, item: Item) -> bool:
        """Judge the backup, if it shows; whether the job has to be asked because it does not."""
        if not self._find(item):
            item.looks += 1
            return item.looks >= _LOOKS_WITHOUT or bool(self.fresh(item))
        shown = _model.backup(t.cast("JsonObject", item.row))
        if shown["status"] in BACKUP_BAD and item.job is not None:
            # It says best why.
            self._read(item)
            job_is_done(item.job, item.what, {})
        if backup_is_done(shown, item.what, {}):
            item.end()
            self._tell_twins(item)
        return False

    def _follow_job(self, item: Item) -> bool:
        self._read(item)
        job = t.cast("_model.Result", item.job)
        if not job_is_done(job, item.what, {}):
            return False
        if item.backup_id is None or not self._find(item):
            raise BackupError(f"{item.what}: job {job['id']} succeeded, but its backup cannot be found")
        return self._follow_row(item)

    def _find(self, item: Item) -> bool:
        """Bring the backup's row up to date; whether there is one."""
        backup_id = item.backup_id
        if backup_id is None:
            fresh = self.fresh(item)
            item.row = fresh[0] if len(fresh) == 1 and _is_of_call(item, fresh[0]) else None
            return item.row is not None
        row = self._listing.shown(item.volume_id, backup_id)
        if row is None:
            self._take_turn()
            row = get_backup(self._client, backup_id)
        if row is None and item.row is not None:
            raise BackupError(f"{item.what}: backup {backup_id} is gone")
        item.row = row
        return row is not None

    def _read(self, item: Item) -> None:
        job = t.cast("_model.Result", item.job)
        self.reads[item.volume_id] = self.reads.get(item.volume_id, 0) + 1
        self._take_turn()
        wire = get_job(self._client, job["id"])
        if wire is not None:
            job.update({**_model.job(wire), "id": job["id"]})
        elif job["status"] is not None or self._clock.monotonic() - item.sent_at >= APPEARS_WITHIN:
            raise vanished(job["id"], item.what, {})

    def _tell_twins(self, item: Item) -> None:
        fresh = [str(row["id"]) for row in self.fresh(item)] if item.changed else []
        if set(fresh) - {item.backup_id}:
            ours = item.backup_id or f"that of job {(item.job or {})['id']}"
            ids = ", ".join(fresh if ours in fresh else [*fresh, ours])
            self._warn(
                f"{item.what}: another task made one of the same name at the same time; nothing was deleted: {ids}"
            )


def _is_of_call(item: Item, row: JsonObject) -> bool:
    """Whether a new row is no older than the call, by the service's own times.

    An older one is another task's, made between the last listing and the call, and its own does not show yet.
    """
    created = _model.seconds(row.get("created_at"))
    return item.made_after is None or created is None or created >= item.made_after
