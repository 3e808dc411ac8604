# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One volume of a batch: what is wanted for it, how far that is, and what the result says of it."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_request import BackupRequest
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_send import Spent
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    BackupError,
    CausedError,
    WaitTimeoutError,
)

# To be sent; refused because the volume is busy; sent, but the answer is lost; being made; at its end.
UNSENT, BUSY, LOST, RUNNING, ENDED = "unsent", "busy", "lost", "running", "ended"


@dataclass
class Item:
    """A volume and its backup.

    :param row: the backup as last seen.
    :param baseline: the number of the last listing before the creating call; what it had is not what was made.
    :param made_after: the service's time at the creating call, if it says it, in seconds since 1970.
    :param lost: why the answer is lost, and ``lost_at`` since when, on a clock that does not jump.
    :param is_second_try: whether the call is sent once more after its answer was lost.
    :param sent_at: when the call that was answered went out, on a clock that does not jump.
    :param looks: how many looks did not show the backup of the job that runs.
    :param spent: what the call that is to be sent has cost already.
    """

    request: BackupRequest
    volume_name: str | None
    phase: str = UNSENT
    row: JsonObject | None = None
    job: _model.Result | None = None
    changed: bool = False
    error: BackupError | None = None
    baseline: int = 0
    sent_at: float = 0.0
    made_after: float | None = None
    lost: BackupError | None = None
    lost_at: float = 0.0
    is_second_try: bool = False
    looks: int = 0
    spent: Spent = field(default_factory=Spent)

    @property
    def volume_id(self) -> str:
        """The volume's ID."""
        return self.request.volume_id

    @property
    def what(self) -> str:
        """For messages."""
        return self.request.what

    @property
    def how_to_look(self) -> str:
        """For messages about what nobody can know."""
        return f"Look at the backups of volume {self.volume_id} for the name {self.request.name!r}"

    @property
    def backup_id(self) -> str | None:
        """The ID of the backup, as soon as it is known."""
        if self.row is not None:
            return str(self.row["id"])
        return None if self.job is None else _model.text(self.job["entities"].get("backup_id"))

    def keep(self, row: JsonObject) -> None:
        """This backup is there already, or was made by another task meanwhile."""
        self.row = row
        self.phase = ENDED if row.get("status") == "available" else RUNNING

    def send_anew(self) -> None:
        """It is to be sent, as a call of its own."""
        self.phase, self.error, self.spent = UNSENT, None, Spent()

    def end(self, error: BackupError | None = None) -> None:
        """It is at its end, good or bad."""
        self.phase, self.error = ENDED, error

    def end_busy(self, limit: int) -> None:
        """Its volume was busy until the limit, in seconds."""
        self.phase = ENDED
        if self.error is not None:
            self.error.message += f". It was still so when wait_timeout ({limit} s) was reached"

    @property
    def is_pending(self) -> bool:
        """Whether the service may still be at it."""
        has_begun = self.job is not None or self.row is not None
        gave_up = isinstance(self.error, (WaitTimeoutError, UnseenError))
        return has_begun and (self.phase == RUNNING or gave_up)

    def state(self) -> str:
        """How far it is, for messages."""
        status = "creating" if self.row is None else self.row.get("status")
        if self.job is None:
            return f"{self.what}: backup {self.backup_id} was {status}"
        return f"{self.what}: the backup of job {self.job['id']} was {status}"

    def as_result(self) -> dict[str, t.Any]:
        """The documented row."""
        shown = {} if self.row is None else _model.backup(self.row)
        is_making = self.row is None and self.job is not None and self.error is None
        return {
            "volume_id": self.volume_id,
            "volume_name": self.volume_name,
            "name": shown.get("name", self.request.name),
            "backup_id": self.backup_id,
            "job_id": None if self.job is None else self.job["id"],
            "status": shown.get("status", "creating" if is_making or self.is_pending else None),
            "changed": self.changed,
            "error": None if self.error is None else self.error.as_result(),
        }


class UnseenError(CausedError):
    """Looking failed, so that nobody saw how it ends."""

    def __init__(self, cause: BackupError) -> None:
        super().__init__(cause, retryable=cause.retryable)
