# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deleting a checkpoint or one server's part of it, and seeing it off until it is gone (F §7.6)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils import _csbs_model, _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.csbs import (
    delete_checkpoint,
    get_item,
    list_items,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._csbs_follow import Items
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import ApiError, BackupError, JobFailedError
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import pending
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import (
    Progress,
    SliceOverError,
    Waiter,
    WaitOptions,
)

_IMAGED = "CSBS.8007"
_BUSY = (*_csbs_model.PROTECTING, *_csbs_model.RESTORING)


def plan_absent(context: Context) -> Plan:
    """Plan to delete what is meant, or to wait until it is gone.

    :raises OptionError: several servers have the name.
    :raises BackupError: it is being made or restored.
    """
    options = context.options
    items = list_items(context.client, checkpoint_id=options["id"])
    chosen = _chosen(items, options["server"])
    _check_free(items, chosen, _what(options))
    rest = [row for row in items if row not in chosen]
    result = _result(rest)
    deletion = _Deletion(context, chosen, rest)
    if all(map(_is_leaving, chosen)):
        if not options["wait"] and chosen:
            return Plan((), {**result, "pending": deletion.pending()})
        return Plan((), result, apply=deletion.see_off, settle=bool(chosen))
    after = _comparable(options["id"], rest)
    return Plan(("deleted",), result, before=_comparable(options["id"], items), after=after, apply=deletion.run)


def resume_absent(context: Context, state: Mapping[str, t.Any]) -> Outcome:
    """Go on with what an earlier call of the module began."""
    return _Deletion(context, [], []).resume(state)


def _what(options: t.Mapping[str, t.Any]) -> str:
    part = "" if options["server"] is None else f"the part of server {options['server']!r} of "
    return f"delete {part}checkpoint {options['id']}"


def _is_leaving(row: JsonObject) -> bool:
    return row.get("status") in _csbs_model.DELETING


def _chosen(items: Items, server: str | None) -> list[JsonObject]:
    """The items to delete: all, or those of one server, by ID or by the name that the items show."""
    if server is None:
        return list(items)
    found = _csbs_model.find_server(map(_csbs_model.server, items), server)
    return [row for row in items if found is not None and _csbs_model.server_id(row) == found]


def _check_free(items: Items, chosen: Items, what: str) -> None:
    """Nothing may be at work on it; as long as any part of a checkpoint is being made, the whole of it is busy."""
    busy = [row for row in chosen if row.get("status") in _BUSY]
    busy += [row for row in items if chosen and row not in busy and row.get("status") in _csbs_model.PROTECTING]
    if busy:
        shown = ", ".join(f"{row['name'] or row['id']} is {row['status']}" for row in map(_csbs_model.server, busy))
        raise BackupError(
            f"{what}: it is being worked on ({shown}), and the service deletes it only after that",
            advice="wait until it has ended, then run the task again",
            retryable=True,
        )


def _result(items: Items) -> dict[str, t.Any]:
    """What is left."""
    shown = _csbs_model.checkpoint(items) if items else None
    return {"checkpoint": shown, "servers": [_csbs_model.server(row) for row in items], "adopted": False}


def _comparable(checkpoint_id: str, items: Items) -> dict[str, t.Any]:
    """For the diff: which servers the checkpoint has backups of."""
    shown = [_csbs_model.server(row) for row in items]
    return {"id": checkpoint_id, "servers": [{"id": row["id"], "name": row["name"]} for row in shown]} if shown else {}


class _Deletion:
    """The deletion of some items of a checkpoint."""

    def __init__(self, context: Context, chosen: Items, rest: Items) -> None:
        self._context = context
        self._client = context.client
        self._id: str = context.options["id"]
        self._what = _what(context.options)
        self._options = WaitOptions.of(context.options)
        self._waiter = Waiter(self._options, context.clock)
        self._started = _model.stamp(context.clock.now())
        self._rest = rest
        # The items whose deletion is not sent yet, None for all in one call, and whether the first was refused.
        self._unsent: list[str | None] = []
        self._refused = False
        # As they were, and as they are while they are still there.
        self._before = {str(row["id"]): row for row in chosen}
        self._left = dict(self._before)
        self._began: set[str] = set()

    def pending(self) -> dict[str, t.Any]:
        """How to go on waiting later."""
        return pending("deletion", [self._id], self._started)

    def run(self) -> Outcome:
        """Delete, then see it off: one call for all of it, or one for each item where a part is meant or left."""
        staying = [key for key, row in self._before.items() if not _is_leaving(row)]
        whole = self._context.options["server"] is None and len(staying) == len(self._before)
        self._unsent = [None] if whole else list(staying)
        return self.see_off()

    def see_off(self) -> Outcome:
        """Send what is not sent yet, then wait where asked until it is gone."""
        try:
            self._send()
            if self._options.wait:
                self._waiter.until(self._look, what=self._standing, results=self._unfinished, progress=self._progress)
                return Outcome(_result(self._rest))
        except SliceOverError as over:
            over.state["deletion"] = self._saved()
            raise
        return Outcome({**_result(self._rest), "pending": self.pending()})

    def resume(self, state: Mapping[str, t.Any]) -> Outcome:
        """Go on with what an earlier call of the module began."""
        self._waiter = Waiter(self._options, self._context.clock, state["waiter"])
        for name, value in state["deletion"].items():
            setattr(self, f"_{name}", value)
        self._began = set(self._began)
        return self.see_off()

    def _saved(self) -> dict[str, t.Any]:
        kept = ("started", "rest", "unsent", "refused", "before", "left")
        return {**{name: getattr(self, f"_{name}") for name in kept}, "began": sorted(self._began)}

    def _send(self) -> None:
        """Where somebody else deletes a part of it already, the service may refuse until that is done."""
        while self._unsent:
            if self._refused:
                self._waiter.pause(progress=self._progress)
            self._refused = False
            try:
                delete_checkpoint(self._client, self._id, item_id=self._unsent[0])
            except ApiError as error:
                if not self._is_going(error, self._unsent[0]):
                    self._refused = True
                    continue
            del self._unsent[0]

    def _is_going(self, error: ApiError, item_id: str | None) -> bool:
        """Whether a refusal only says that it is being deleted already; False where that is so of a part of it."""
        if error.http_status not in (400, 409) or error.code == _IMAGED:
            raise error
        self._refresh()
        left = [row for key, row in self._left.items() if item_id in (None, key)]
        leaving = [row for row in left if _is_leaving(row)]
        if len(leaving) == len(left):
            return True
        if not leaving or not self._options.wait or self._waiter.is_over:
            error.results.update(self._still_there())
            raise error
        return False

    def _look(self) -> bool | None:
        self._refresh()
        for item_id, row in self._left.items():
            if row.get("status") == "error" and self._has_failed(item_id, row):
                failure = _csbs_model.failure(row)
                name = _csbs_model.server(row)["name"] or _csbs_model.server_id(row)
                raise JobFailedError(
                    f"{self._what}: the backup of server {name} was not deleted",
                    code=failure.code,
                    reason=failure.reason,
                    results=self._still_there(),
                )
        return None if self._left else True

    def _refresh(self) -> None:
        """What is still there: in the list, or missing from it but still readable."""
        listed = {str(row["id"]): row for row in list_items(self._client, checkpoint_id=self._id)}
        for item_id in list(self._left):
            row = listed.get(item_id) or get_item(self._client, item_id)
            if row is None:
                del self._left[item_id]
                continue
            self._left[item_id] = row
            if _is_leaving(row):
                self._began.add(item_id)

    def _has_failed(self, item_id: str, row: JsonObject) -> bool:
        """An item that was in error before stays so until its deletion begins."""
        touched = row.get("updated_at") != self._before[item_id].get("updated_at")
        return item_id in self._began or (touched and _csbs_model.failed_operation(row) == "delete")

    def _progress(self) -> Progress:
        first = next(iter(self._left.values()), {})
        name = _csbs_model.server(first)["name"] or self._id
        total = len(self._before)
        return Progress(total - len(self._left), total, 0, f"{name} {first.get('status')}")

    def _standing(self) -> str:
        left = list(self._left.values())
        states = ", ".join(sorted({str(row.get("status")) for row in left}))
        return f"{self._what}: {len(left)} of {len(self._before)} server backups were still there ({states})"

    def _still_there(self) -> dict[str, t.Any]:
        return _result([*self._rest, *self._left.values()])

    def _unfinished(self) -> dict[str, t.Any]:
        return {**self._still_there(), "pending": self.pending()}
