# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deleting what a plan chose, and seeing all of it off together, with one listing for each look (F §4.4)."""

from __future__ import annotations

import typing as t
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import delete_backup, list_backups
from ansible_collections.huaweicloud.backup.plugins.module_utils._error_classes import AUTH
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    ApiError,
    BackupError,
    JobFailedError,
    ServiceMissingError,
    saved_error,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import pending
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome
from ansible_collections.huaweicloud.backup.plugins.module_utils._prune import (
    DEPENDENTS,
    NOT_DELETED,
    Candidate,
    Choice,
    ordered,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import (
    Progress,
    SliceOverError,
    Waiter,
    WaitOptions,
)

Kept = Sequence[tuple[Candidate, str]]

# So many deletions in a row without an answer, each tried several times, say that it is not about one backup.
_MOST_UNANSWERED = 3
# How many a message names.
_SHOWN = 5


def results(deleted: Iterable[Candidate], kept: Kept, failures: Sequence[_model.Result] = ()) -> _model.Result:
    """The result as documented."""
    return {
        "deleted": [one.result() for one in deleted],
        "kept": [one.result(reason) for one, reason in kept],
        "failures": list(failures),
    }


class Pruning:
    """One run's deletions. A refusal of one does not stop the others."""

    def __init__(self, context: Context, choice: Choice) -> None:
        self._client = context.client
        self._clock = context.clock
        self._options = WaitOptions.of(context.options)
        self._choice = choice
        self._concerned = [*choice.going, *choice.leaving]
        volumes = {str(one.shown["volume_id"]) for one in self._concerned}
        # What the looks list: the one volume, or the project.
        self._volume_id = volumes.pop() if len(volumes) == 1 else None
        self._started = _model.stamp(context.clock.now())
        # What is not gone yet, with its row when last seen; what went out and was taken; and what became of the rest.
        self._left: dict[str, JsonObject] = {one.id: one.shown for one in choice.leaving}
        self._accepted: set[str] = set()
        self._errors: dict[str, BackupError] = {}
        self._still_needed: set[str] = set()
        self._listed: dict[str, JsonObject] = {}
        self._passed_over: set[str] = set()
        # How many waves were sent.
        self._sent = 0
        self._waiter: Waiter | None = None

    @classmethod
    def of(cls, context: Context, state: Mapping[str, t.Any]) -> Pruning:
        """What an earlier call of the module left."""
        saved = state["pruning"]
        pruning = cls(context, Choice.of(saved["choice"]))
        pruning._started, pruning._sent, pruning._left = saved["started"], saved["sent"], saved["left"]
        pruning._accepted, pruning._still_needed = set(saved["accepted"]), set(saved["still_needed"])
        pruning._passed_over = set(saved["passed_over"])
        pruning._errors = {key: BackupError(**error) for key, error in saved["errors"].items()}
        pruning._waiter = Waiter(pruning._options, context.clock, state["waiter"])
        return pruning

    def _saved(self) -> _model.Result:
        """What the next call of the module needs."""
        return {
            "choice": self._choice.saved(),
            "started": self._started,
            "sent": self._sent,
            "left": self._left,
            "accepted": sorted(self._accepted),
            "still_needed": sorted(self._still_needed),
            "passed_over": sorted(self._passed_over),
            "errors": {key: saved_error(error) for key, error in self._errors.items()},
        }

    def run(self) -> Outcome:
        """Delete, wave by wave, and wait where asked.

        :raises BackupError: one was not deleted, with all that was reached.
        :raises SliceOverError: the call's time is over; C(pruning) is in its state.
        """
        try:
            for wave in self._choice.waves[self._sent :]:
                self._delete(wave)
            if self._options.wait:
                self._see_off()
            if self._errors:
                raise self._failure(next(iter(self._errors.values())))
        except SliceOverError as over:
            over.state["pruning"] = self._saved()
            raise
        except BackupError as error:
            error.results.update(self._results(), changed=bool(self._accepted), pending=self._pending())
            raise
        found = self._results()
        return Outcome({**found, "pending": self._pending()} if self._left else found)

    def _delete(self, wave: Sequence[Candidate]) -> None:
        if any(one.has_dependents for one in wave):
            # What depends on them is on its way out.
            self._see_off()
        ended = self._send(wave)
        self._sent += 1
        if any(one.id in self._errors for one in wave):
            self._reconsider()
        if ended is not None:
            raise self._failure(ended)

    def _send(self, wave: Iterable[Candidate]) -> BackupError | None:
        """Start the deletions of a wave: the error with which it makes no sense to go on."""
        # Newest first, so that increments go before what they may depend on where the service does not tell.
        unanswered = 0
        for one in wave:
            if one.has_dependents and self._listed.get(one.id, {}).get("has_dependent_backups", True):
                # One that should have gone is still there, or something else depends on it.
                self._still_needed.add(one.id)
                continue
            try:
                delete_backup(self._client, one.id)
            except BackupError as error:
                self._errors[one.id] = error
                unanswered = 0 if _is_refusal(error) else unanswered + 1
                if _concerns_all(error) or unanswered == _MOST_UNANSWERED:
                    return error
                continue
            unanswered = 0
            self._accept(one)
        return None

    def _accept(self, one: Candidate) -> None:
        self._accepted.add(one.id)
        self._left[one.id] = one.shown

    def _reconsider(self) -> None:
        """Take back what a listing disproves: the answer was lost, or another task deleted it in the same moment."""
        # Where that cannot be read either, the errors themselves are what there is to say.
        with suppress(BackupError):
            pages = self._list()
            for one in self._choice.going:
                row = self._listed.get(one.id)
                is_going = pages == 1 if row is None else row.get("status") == "deleting"
                if one.id in self._errors and is_going:
                    del self._errors[one.id]
                    self._accept(one)

    def _see_off(self) -> None:
        if not self._left:
            return
        if self._waiter is None:
            self._waiter = Waiter(self._options, self._clock)
        self._waiter.until(self._look, what=self._standing, results=dict, progress=self._progress)

    def _look(self) -> bool | None:
        try:
            pages = self._list()
        except ApiError as error:
            if error.missing_object:
                # The next page was to begin after a row that is gone by now.
                return None
            raise
        for backup_id in list(self._left):
            row = self._listed.get(backup_id)
            if row is None and pages > 1 and backup_id not in self._passed_over:
                # When rows go away between two pages, another may be passed over. It is not so twice in a row.
                self._passed_over.add(backup_id)
            elif row is None:
                del self._left[backup_id]
            else:
                self._passed_over.discard(backup_id)
                self._follow(backup_id, row)
        return None if self._left else True

    def _list(self) -> int:
        """Read where all of them stand: how many pages it took."""
        pages = [page for page, _answer in list_backups(self._client, volume_id=self._volume_id)]
        self._listed = {str(row["id"]): row for page in pages for row in page}
        return len(pages)

    def _follow(self, backup_id: str, row: JsonObject) -> None:
        before, status = self._left[backup_id], row.get("status")
        began = before["status"] == "deleting"
        # One that was in error before stays so, untouched, until its deletion begins.
        touched = (status, _model.moment(row.get("updated_at"))) != (before["status"], before["updated_at"])
        if status != "deleting" and (began or (touched and _is_bad(status))):
            del self._left[backup_id]
            self._errors[backup_id] = JobFailedError(
                f"delete backup {backup_id}: it ended in {status}",
                code=None,
                reason=_model.text(row.get("fail_reason")),
            )
        elif status == "deleting":
            self._left[backup_id] = {**before, "status": status}

    def _results(self) -> _model.Result:
        kept = {one.id: reason for one, reason in self._choice.kept}
        deleted = []
        for one in self._choice.going:
            if one.id in self._accepted and one.id not in self._errors:
                deleted.append(one)
            else:
                kept[one.id] = DEPENDENTS if one.id in self._still_needed else NOT_DELETED
        kept.update((one.id, NOT_DELETED) for one in self._choice.leaving if one.id in self._errors)
        everything = ordered((*(one for one, _reason in self._choice.kept), *self._concerned))
        failures = [
            {"id": backup_id, "code": error.code, "message": error.as_result()["message"]}
            for backup_id, error in self._errors.items()
        ]
        return results(deleted, [(one, kept[one.id]) for one in everything if one.id in kept], failures)

    def _pending(self) -> _model.Result | None:
        return pending("deletion", list(self._left), self._started) if self._left else None

    def _standing(self) -> str:
        return f"delete backups: {len(self._left)} were still there ({_some(list(self._left), ', ')})"

    def _progress(self) -> Progress:
        total, left, failed = len(self._concerned), len(self._left), len(self._errors)
        unsent = sum(len(wave) for wave in self._choice.waves[self._sent :])
        names = {one.id: one.shown["name"] for one in self._concerned}
        first = next(iter(self._left))
        return Progress(max(total - left - unsent, failed), total, failed, f"{names.get(first) or first} deleting")

    def _failure(self, first: BackupError) -> BackupError:
        """One error for all that were not deleted; its code and advice are the first one's."""
        errors = list(self._errors.values()) or [first]
        staying = sum(row["reason"] == NOT_DELETED for row in self._results()["kept"])
        return BackupError(
            f"{staying} of {len(self._concerned)} backups were not deleted:"
            f" {_some([error.message for error in errors], '; ')}",
            code=first.code,
            http_status=first.http_status,
            request_id=first.request_id,
            advice=first.advice,
            retryable=all(error.retryable for error in errors),
        )


def _is_refusal(error: BackupError) -> bool:
    return isinstance(error, ApiError) and (error.http_status or 0) < 500


def _concerns_all(error: BackupError) -> bool:
    """Whether it would be the same for every backup."""
    return isinstance(error, ServiceMissingError) or (isinstance(error, ApiError) and error.kind == AUTH)


def _is_bad(status: t.Any) -> bool:
    return isinstance(status, str) and status.startswith("error")


def _some(texts: Sequence[str], between: str) -> str:
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return between.join(texts[:_SHOWN]) + more
