# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Following one run of a server backup policy until each server has its backup (F §7.1, 7.5)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from ansible_collections.huaweicloud.backup.plugins.module_utils import _csbs_model, _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.csbs import list_items
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._error_classes import CONFLICT, TRANSIENT
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, WaitTimeoutError, table_row
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import pending
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import Progress, SliceOverError, Waiter

# A server that still has no item so long after the last one appeared or ended gets none.
_QUIET = 60.0
_SHOWN = 5

Items = Sequence[JsonObject]


@dataclass(frozen=True)
class Run:
    """What is asked for: a policy, and these of its servers, by ID with their names, in the policy's order.

    :param named: whether the task named them; else they are all, and the service picks them.
    """

    policy_id: str
    policy_name: str | None
    servers: Mapping[str, str | None]
    named: bool

    @property
    def what(self) -> str:
        """For messages."""
        return f"run server backup policy {self.policy_name or self.policy_id!r} for {self.count}"

    @property
    def count(self) -> str:
        """For messages."""
        return "1 server" if len(self.servers) == 1 else f"{len(self.servers)} servers"

    def checkpoint(self, **known: t.Any) -> _model.Result:
        """A checkpoint of this run, in documented form."""
        own = {"policy_id": self.policy_id, "policy_name": self.policy_name}
        return {**_csbs_model.checkpoint(()), **own, **known}

    def entries(self, items: Items) -> list[_model.Result]:
        """Each server's backup in documented form; then those of servers that nobody asked for."""
        rows: list[_model.Result] = []
        for server_id, name in self.servers.items():
            own = [item for item in items if _csbs_model.server_id(item) == server_id]
            found = [_csbs_model.server(item, name) for item in own]
            rows.extend(found or [_csbs_model.no_backup(server_id, name)])
        others = [item for item in items if _csbs_model.server_id(item) not in self.servers]
        return rows + [_csbs_model.server(item) for item in others]


@dataclass
class Watch:
    """One checkpoint that is waited for, and what is known of it so far."""

    client: Client
    run: Run
    checkpoint: _model.Result
    waiter: Waiter
    adopted: bool = False
    items: Items = ()
    news_at: float = 0.0
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, client: Client, waiter: Waiter, saved: Mapping[str, t.Any]) -> Watch:
        """What an earlier call of the module left."""
        own = {**saved, "run": Run(**saved["run"]), "seen": set(saved["seen"])}
        return cls(client, waiter=waiter, **own)

    def saved(self) -> dict[str, t.Any]:
        """What the next call of the module needs."""
        kept = {key: getattr(self, key) for key in ("checkpoint", "adopted", "items", "news_at")}
        return {**kept, "run": asdict(self.run), "seen": sorted(self.seen)}

    def result(self) -> dict[str, t.Any]:
        """What a task gives back."""
        return {"checkpoint": self.checkpoint, "servers": self.run.entries(self.items), "adopted": self.adopted}

    def unfinished(self) -> dict[str, t.Any]:
        """The same with what is needed to go on waiting later."""
        waiting = pending("checkpoint", [str(self.checkpoint["id"])], self.checkpoint["created_at"])
        return {**self.result(), "pending": waiting}

    def wait(self) -> dict[str, t.Any]:
        """The result once every server has a good backup.

        :raises BackupError: some have none; the others' are in its results.
        :raises WaitTimeoutError: the limit was reached.
        :raises SliceOverError: the call's time is over; C(watch) is in its state.
        """
        try:
            self.waiter.until(
                self._look,
                what=self._standing,
                # A call whose answer was lost was a change all the same.
                results=lambda: {**self.unfinished(), **self._change()},
                progress=self._progress,
            )
        except SliceOverError as over:
            over.state["watch"] = self.saved()
            raise
        except WaitTimeoutError as error:
            # It may end before the task runs again, which would then make another one.
            error.advice = (
                "look with csbs_checkpoint_info: as long as it is protecting, running the same task again goes on"
                " waiting; once it has ended, that would make another checkpoint"
            )
            error.retryable = False
            raise
        self.checkpoint["status"] = "available"
        self.check({**self.result(), **self._change()})
        return self.result()

    def check(self, results: dict[str, t.Any]) -> None:
        """Whether all servers have a good backup, or may still get one where the checkpoint is not finished.

        :param results: what is handed on with a failure.
        :raises BackupError: some have none and will get none.
        """
        coming = (None, *_csbs_model.PROTECTING) if self.checkpoint["status"] == "protecting" else ()
        for row in results["servers"]:
            row["error"] = row["error"] or (None if row["status"] in coming else _why_not_good(row))
        bad = [row for row in results["servers"] if row["error"] is not None]
        if bad:
            results["checkpoint"]["status"] = "protecting" if coming else "error"
            raise _failed(self, results, bad)

    def _change(self) -> dict[str, bool]:
        return {"changed": True} if self.adopted else {}

    def _look(self) -> bool | None:
        self.items = list_items(self.client, checkpoint_id=str(self.checkpoint["id"]))
        ids = {str(item["id"]) for item in self.items}
        working = any(item.get("status") in _csbs_model.PROTECTING for item in self.items)
        if working or not ids <= self.seen:
            self.seen |= ids
            self.news_at = self.waiter.age
        missing = set(self.run.servers) - set(map(_csbs_model.server_id, self.items))
        if working or (missing and self.waiter.age - self.news_at < _QUIET):
            self.checkpoint["status"] = "protecting"
            return None
        return True

    def _progress(self) -> Progress:
        rows = self.run.entries(self.items)
        going = [row for row in rows if row["status"] in (None, *_csbs_model.PROTECTING)]
        failed = sum(1 for row in rows if row["status"] == "error")
        what = "is being finished"
        if going:
            share = "" if going[0]["progress"] is None else f" {going[0]['progress']}%"
            what = f"{going[0]['name'] or going[0]['id']} {going[0]['status'] or 'has not begun'}{share}"
        return Progress(len(rows) - len(going), len(rows), failed, what)

    def _standing(self) -> str:
        rows = self.run.entries(self.items)
        done = sum(row["status"] not in (None, *_csbs_model.PROTECTING) for row in rows)
        status = self.checkpoint["status"]
        return f"{self.run.what}: checkpoint {self.checkpoint['id']} was {status} ({done} of {len(rows)} done)"


def _why_not_good(row: _model.Result) -> str | None:
    if row["status"] in _csbs_model.GOOD:
        return None
    if row["item_id"] is None:
        return "the service made no backup of it"
    if row["status"] in _csbs_model.DELETING:
        return f"its backup is being deleted ({row['status']})"
    return f"its backup is in the unknown state {row['status']!r}"


def _failed(watch: Watch, result: dict[str, t.Any], bad: list[_model.Result]) -> BackupError:
    named = "; ".join(f"{row['name'] or 'server'} ({row['id']}): {row['error']}" for row in bad[:_SHOWN])
    more = f"; and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
    codes = {_csbs_model.failure(item).code for item in watch.items if item.get("status") == "error"}
    code = codes.pop() if len(codes) == 1 else None
    row = table_row(code)
    advice = "ask csbs_protectable_info whether they can be backed up, then run it for them again"
    return BackupError(
        f"{watch.run.what}: {len(bad)} of {len(result['servers'])} have no good backup in checkpoint"
        f" {watch.checkpoint['id']}: {named}{more}",
        code=code,
        advice=row.advice if row else advice,
        retryable=row is not None and row.kind in (TRANSIENT, CONFLICT),
        results=result,
    )
