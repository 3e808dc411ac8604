# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The whole of a batch: send, look at all together, and send again what was refused or lost, until each is at its end.

The rules are those for one backup (architecture.md, Retries): after a lost answer it looks for a minute, adopts what is
new and fits, sends once more, and stops where nobody can know. What is new is judged by the last listing before each
call. While much is to be sent, that listing is read again every ten seconds, so that a backup of the same name that
another task made meanwhile satisfies, and is not taken for a lost one.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import create_backup_later
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_item import (
    BUSY,
    ENDED,
    LOST,
    RUNNING,
    UNSENT,
    Item,
    UnseenError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_jobs import Jobs
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_listing import Listing
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_lost import look_for_lost
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_send import Order, Sender
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_state import progress_of, save
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._error_classes import CONFLICT
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    BackupError,
    LostAnswerError,
    TransportError,
    WaitTimeoutError,
    saved_error,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import BACKUP_WORKING
from ansible_collections.huaweicloud.backup.plugins.module_utils._lost import PATIENCE, still_unknown
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import (
    Progress,
    SliceOverError,
    Waiter,
    WaitOptions,
    time_out,
)

# For so many seconds calls are sent before the listing is read again.
_ROUND = 10.0
_SHORTEST_ROUND = 2.0
# What a second's rounding of the service's time may hide.
_ROUNDING = 1.0

Satisfies = Callable[[Item], t.Optional[JsonObject]]


class Batch:
    """Makes the backups that are to be made and follows those that are being made.

    :param satisfies: the row of the last listing that makes a creating call needless, if there is one.
    """

    def __init__(
        self,
        client: Client,
        items: Sequence[Item],
        listing: Listing,
        sender: Sender,
        *,
        satisfies: Satisfies,
        options: WaitOptions,
        clock: Clock,
        warn: Callable[[str], None],
    ) -> None:
        self._client = client
        self._items = items
        self._listing = listing
        self._sender = sender
        self._satisfies = satisfies
        self._options = options
        self._clock = clock
        self._jobs = Jobs(client, listing, clock, take_turn=sender.take_turn, warn=warn)
        self._is_late = False

    def run(self, saved: Mapping[str, t.Any] | None = None) -> None:
        """Come to the end of each item that is not at its end; with C(wait) off, to where it is being made.

        :param saved: what an earlier call of the module left.
        :raises SliceOverError: the call's time is over; C(batch) is in its state.
        """
        known = saved["batch"] if saved is not None else {"left": None, "reads": {}, "is_late": False}
        self._jobs.reads, self._is_late = known["reads"], known["is_late"]
        # Everything was sent before the wait began.
        left = Waiter(self._options, self._clock, known["left"]) if known["left"] else None
        try:
            if left is None or saved is None:
                waiter = Waiter(self._options, self._clock, None if saved is None else saved["waiter"])
                self._send_all(waiter)
                if self._goes_on():
                    left = waiter.restarted()
                    self._wait(left, self._patient(left))
                elif self._of(RUNNING):
                    self._show()
            else:
                self._wait(left, Waiter(self._options._replace(wait=True), self._clock, saved["waiter"]))
        except SliceOverError as over:
            own = {"reads": self._jobs.reads, "is_late": self._is_late}
            over.state["batch"] = {**own, "left": None if left is None else left.saved()}
            over.state["batch"].update(save(self._items, self._listing, self._sender))
            raise

    def _show(self) -> None:
        """What is not waited for, but shows already, has an ID."""
        try:
            self._look()
            self._jobs.show(self._of(RUNNING))
        except BackupError as error:
            self._end_unseen(error)

    def _of(self, *phases: str) -> list[Item]:
        return [item for item in self._items if item.phase in phases]

    def _goes_on(self) -> bool:
        """Whether there is anything to wait for; what is uncertain is looked for even if nobody waits."""
        phases = (UNSENT, LOST, BUSY, RUNNING) if self._options.wait else (UNSENT, LOST)
        return bool(self._of(*phases))

    def _send_all(self, waiter: Waiter) -> None:
        while True:
            if self._clock.ends_at is not None and self._clock.monotonic() >= self._clock.ends_at:
                raise SliceOverError(self._progress(), waiter.saved())
            self._send()
            if not self._of(UNSENT):
                return
            if self._options.wait and waiter.is_over:
                self._end_unsent(self._no_time_left())
                return
            try:
                self._look()
            except (AnswerError, ApiError, TransportError):
                # The wait judges what may pass; nothing more is sent without a look.
                return
            self._spare()

    def _send(self) -> None:
        orders = [self._order(item) for item in self._of(UNSENT)]
        now = self._clock.monotonic()
        # Nor longer than the call has time, but each of them sends something.
        until = min(now + _ROUND, max(self._clock.ends_at or now + _ROUND, now + _SHORTEST_ROUND))
        left = self._sender.send(orders, until)
        if left and self._sender.stopped is not None:
            self._end_unsent(self._sender.stopped)

    def _order(self, item: Item) -> Order:
        def prepare() -> Callable[[], t.Any]:
            item.baseline = item.baseline if item.is_second_try else self._listing.number
            return create_backup_later(self._client, item.request.body())

        def done(answer: tuple[str, float | None], took: float) -> None:
            job_id, date = answer
            item.job, item.changed, item.phase, item.looks = _model.new_job(job_id), True, RUNNING, 0
            item.sent_at = self._clock.monotonic() - took
            item.made_after = None if date is None else date - took - _ROUNDING

        return Order(prepare, done, lambda error: self._failed(item, error), item.spent)

    def _failed(self, item: Item, error: BackupError) -> None:
        is_conflict = isinstance(error, ApiError) and error.kind == CONFLICT and error.retryable
        if isinstance(error, LostAnswerError) or (item.is_second_try and isinstance(error, TransportError)):
            # That the second was not sent says nothing of the first.
            item.phase, item.lost, item.lost_at = LOST, error, self._clock.monotonic()
        elif is_conflict and item.is_second_try:
            # The first was done after all.
            item.phase, item.lost_at = LOST, self._clock.monotonic()
        elif is_conflict and self._options.wait and not self._is_late:
            item.phase, item.error = BUSY, error
        else:
            item.end(error)

    def _patient(self, left: Waiter) -> Waiter:
        """The wait as such, which goes on beyond its limit as long as something is looked for."""
        limit = left.options.timeout
        if self._of(LOST):
            # Twice a minute, or as long as the service shows that it is at it.
            limit = 2 * max(limit if self._options.wait else PATIENCE, PATIENCE) + PATIENCE // 2
        return Waiter(WaitOptions(wait=True, timeout=limit, interval=self._options.interval), self._clock)

    def _wait(self, left: Waiter, patient: Waiter) -> None:
        try:
            patient.until(lambda: self._step(left), what=lambda: "", results=dict, progress=self._progress)
        except WaitTimeoutError:
            self._is_late = True
            self._end_rest()
        except BackupError as error:
            self._end_unseen(error)

    def _progress(self) -> Progress:
        return progress_of(self._items)

    def _step(self, left: Waiter) -> bool | None:
        """One look and what follows from it; true where nothing is left to wait for."""
        try:
            self._look()
        except (AnswerError, ApiError, TransportError) as error:
            if self._may_pass(error):
                return None
            raise
        self._spare()
        for item in self._of(LOST):
            self._judge_lost(item)
        self._jobs.judge(self._of(RUNNING))
        if left.is_over:
            self._is_late = True
            self._end_late()
        self._send()
        return None if self._goes_on() else True

    def _look(self) -> None:
        wanted = {item.backup_id for item in self._of(RUNNING) if item.backup_id is not None}
        for item in self._of(BUSY):
            wanted |= {str(row["id"]) for row in self._working(item)}
        self._listing.refresh(wanted, self._sender.take_turn)

    def _spare(self) -> None:
        """Send nothing for what another task made meanwhile, and wait for volumes that still show to be busy."""
        for item in self._of(UNSENT, BUSY):
            if item.is_second_try:
                continue
            try:
                row = self._satisfies(item)
            except BackupError as error:
                item.end(error)
                continue
            if row is not None:
                item.error = None
                item.keep(row)
            elif item.phase == BUSY and not self._working(item):
                item.send_anew()

    def _working(self, item: Item) -> list[JsonObject]:
        """What keeps the volume busy, as far as the last look shows it."""
        rows = self._listing.rows(item.volume_id)
        return [row for row in rows if row.get("status") in BACKUP_WORKING and self._listing.is_shown(row)]

    def _judge_lost(self, item: Item) -> None:
        try:
            look_for_lost(self._client, item, self._jobs.fresh(item), self._options, self._clock)
        except BackupError as error:
            item.end(error)

    def _may_pass(self, error: BackupError) -> bool:
        """Whether the fault that lost an answer may still be there, and pass, as may a proxy's own page."""
        lost = self._of(LOST)
        ages = [self._clock.monotonic() - item.lost_at for item in lost]
        if lost and isinstance(error, AnswerError):
            return max(ages) < PATIENCE
        return False

    def _end_late(self) -> None:
        for item in self._of(RUNNING):
            item.end(time_out(self._options.timeout, item.state(), {}))
        for item in self._of(BUSY):
            item.end_busy(self._options.timeout)

    def _end_rest(self) -> None:
        self._end_late()
        self._end_lost(self._no_time_left())
        self._end_unsent(self._no_time_left())

    def _no_time_left(self) -> BackupError:
        return time_out(self._options.timeout, "there was no time left", {})

    def _end_unseen(self, error: BackupError) -> None:
        self._end_lost(error)
        self._end_unsent(error)
        for item in self._of(RUNNING):
            item.end(UnseenError(error))
        for item in self._of(BUSY):
            item.phase = ENDED

    def _end_lost(self, error: BackupError) -> None:
        for item in self._of(LOST):
            item.end(still_unknown(t.cast("BackupError", item.lost), error, item.how_to_look))

    def _end_unsent(self, cause: BackupError) -> None:
        for item in self._of(UNSENT):
            if item.is_second_try:
                item.end(still_unknown(t.cast("BackupError", item.lost), cause, item.how_to_look))
                continue
            parts = saved_error(cause)
            item.end(BackupError(**{**parts, "message": f"{item.what}: it was not sent: {cause.message}"}))
