# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Running a server backup policy now, never twice for one task: preconditions, call, lost answers (F §7.1)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ansible_collections.huaweicloud.backup.plugins.module_utils import _csbs_model, _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.csbs import (
    list_items,
    resolve_policy,
    run_policy,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._csbs_follow import Items, Run, Watch
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._lost import Creation, create_once
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import Waiter, WaitOptions

# The service is at work on this policy (F §7.1).
_BUSY_CODES = ("CSBS.1001", "CSBS.6030", "CSBS.2004")


def plan_present(context: Context) -> Plan:
    """Plan to start a run, or to go on waiting for the one that an earlier task of this kind started.

    :raises OptionError: the policy or a server is unknown, or the policy has no server.
    :raises BackupError: another run of the policy is going on, or a backup of this one has failed already.
    """
    client = context.client
    wire = resolve_policy(client, "policy", context.options["policy"])
    run, members = _asked(wire, context.options["servers"])
    items = list_items(client, policy_id=run.policy_id)
    known = _csbs_model.by_checkpoint(items)
    going = {key: rows for key, rows in known.items() if _is_going(rows, members)}
    for checkpoint_id, rows in going.items():
        if _is_same(rows, run):
            return _plan_resumed(context, run, checkpoint_id, rows)
    if going:
        raise BackupError(
            f"{run.what}: the policy is running already (checkpoint {', '.join(sorted(going))})",
            advice="wait until that run has ended, then run the task again",
            retryable=True,
        )
    return _plan_started(context, run, set(known))


def resume_present(context: Context, state: Mapping[str, t.Any]) -> Outcome:
    """Go on with what an earlier call of the module began."""
    waiter = Waiter(WaitOptions.of(context.options), context.clock, state["waiter"])
    return Outcome(Watch.of(context.client, waiter, state["watch"]).wait())


def _asked(wire: JsonObject, wanted: Sequence[str] | None) -> tuple[Run, set[str]]:
    """The run, and the IDs of all the policy's servers."""
    shown = _csbs_model.policy(wire)
    own = {row["id"]: row["name"] for row in shown["servers"] if row["id"] is not None}
    label = repr(shown["name"] or shown["id"])
    if not own:
        raise OptionError("policy", f"server backup policy {label} has no servers; bind servers to it first")
    chosen = list(own) if wanted is None else [_member(own, text, label) for text in wanted]
    servers = {server_id: name for server_id, name in own.items() if server_id in chosen}
    return Run(str(shown["id"]), shown["name"], servers, named=wanted is not None), set(own)


def _member(own: dict[str, t.Any], text: str, label: str) -> str:
    if text in own:
        return text
    found = sorted(server_id for server_id, name in own.items() if name == text)
    if len(found) > 1:
        ids = ", ".join(found)
        raise OptionError("servers", f"several servers of policy {label} are called {text!r}: {ids}; give the ID")
    if not found:
        names = ", ".join(sorted(str(name or server_id) for server_id, name in own.items()))
        raise OptionError("servers", f"{text!r} is no server of policy {label}; it has {names}")
    return found[0]


def _is_going(rows: Items, members: set[str]) -> bool:
    """Whether a checkpoint is still being made; only the policy's own servers count, should the filter not hold."""
    return any(row.get("status") in _csbs_model.PROTECTING and _csbs_model.server_id(row) in members for row in rows)


def _is_same(rows: Items, run: Run) -> bool:
    """Whether a run by hand is of exactly the servers asked for."""
    return set(map(_csbs_model.server_id, rows)) == set(run.servers) and not any(map(_csbs_model.is_automatic, rows))


def _plan_resumed(context: Context, run: Run, checkpoint_id: str, items: Items) -> Plan:
    options = WaitOptions.of(context.options)
    waiter = Waiter(options, context.clock)
    watch = _watch(context, run, {**_csbs_model.checkpoint(items), "id": checkpoint_id}, waiter, items=items)
    if not options.wait:
        return Plan((), watch.unfinished())
    # Where one has failed already, waiting for the others changes nothing in that.
    watch.check(watch.unfinished())
    predicted = _predicted(run, checkpoint=watch.checkpoint, items=items, wait=True)
    return Plan((), predicted, apply=lambda: Outcome(watch.wait()), settle=True)


def _plan_started(context: Context, run: Run, before: set[str]) -> Plan:
    options = WaitOptions.of(context.options)

    def apply() -> Outcome:
        watch = _start(context, run, before)
        return Outcome(watch.wait() if options.wait else watch.unfinished())

    result = _predicted(run, checkpoint=run.checkpoint(), items=(), wait=options.wait)
    named = [{"id": server_id, "name": name} for server_id, name in run.servers.items()]
    after = {"policy_id": run.policy_id, "policy_name": run.policy_name, "servers": named}
    return Plan(("started",), result, after=after, apply=apply)


def _predicted(run: Run, *, checkpoint: _model.Result, items: Items, wait: bool) -> dict[str, t.Any]:
    """What a task that goes well will give back; what only the service knows is null."""
    servers = run.entries(items)
    # What is done already stays as the service tells it.
    for row in servers if wait else ():
        if row["status"] != "available":
            row.update(status="available", progress=100, error=None)
    status = "available" if wait else "protecting"
    return {"checkpoint": {**checkpoint, "status": status}, "servers": servers, "adopted": False}


def _watch(context: Context, run: Run, known: _model.Result, waiter: Waiter, *, items: Items = ()) -> Watch:
    here = _model.stamp(context.clock.now())
    status, created = known["status"] or "protecting", known["created_at"] or here
    shown = run.checkpoint(id=known["id"], status=status, created_at=created)
    return Watch(context.client, run, shown, waiter, items=items)


def _start(context: Context, run: Run, before: set[str]) -> Watch:
    """Send the one call, or find again what it started."""
    options = WaitOptions.of(context.options)
    waiter = Waiter(options, context.clock)
    made: list[JsonObject] = []
    _sent, found = create_once(_creation(context.client, run, before, made), options=options, clock=context.clock)
    if found is not None:
        items = found["items"]
        return replace(
            _watch(context, run, _csbs_model.checkpoint(items), waiter.restarted(), items=items), adopted=True
        )
    answer = made[-1]
    known = {
        "id": answer["id"],
        "status": _model.text(answer.get("status")),
        "created_at": _model.moment(answer.get("created_at")),
    }
    return _watch(context, run, known, waiter.restarted())


def _creation(client: Client, run: Run, before: set[str], made: list[JsonObject]) -> Creation:
    def send() -> str:
        made.append(run_policy(client, run.policy_id, list(run.servers) if run.named else None, what=run.what))
        return str(made[-1]["id"])

    def find() -> JsonObject | None:
        items = list_items(client, policy_id=run.policy_id)
        found = _csbs_model.by_checkpoint(items)
        fits = {key: rows for key, rows in found.items() if key not in before and _may_be_of(rows, run)}
        if len(fits) > 1:
            raise BackupError(
                f"{run.what}: the answer was lost, and several new checkpoints fit: {', '.join(sorted(fits))}",
                advice="decide which to keep and delete the others",
            )
        return next(({"items": rows} for rows in fits.values()), None)

    return Creation(
        send=send,
        find=find,
        is_same=lambda error: error.code in _BUSY_CODES,
        how_to_look=f"Look with csbs_checkpoint_info for a new checkpoint of {run.count} of policy {run.policy_name!r}",
    )


def _may_be_of(rows: Items, run: Run) -> bool:
    """Whether a checkpoint may be this run's: by hand, of servers asked for. Items may appear one after the other."""
    return set(map(_csbs_model.server_id, rows)) <= set(run.servers) and not any(map(_csbs_model.is_automatic, rows))
