# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task that wants one backup, or none, will do (contract §3, vbs_backup)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import get_backup
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import resolve_snapshot, resolve_volume
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_create import (
    make_backup,
    make_backup_after_pause,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_follow import Begun, Made, follow
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_match import (
    SATISFYING,
    named,
    young,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_request import BackupRequest, volume_backups
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import service_time
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import (
    backup_is_done,
    pending,
    wait_for_backup,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import (
    check_description,
    check_duration,
    check_id,
    check_name,
    check_native_name,
    check_reference,
    check_tags,
    check_wait,
    is_uuid,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import (
    SliceOverError,
    Waiter,
    WaitOptions,
)

Options = Mapping[str, t.Any]


def check_backup_options(options: Options) -> None:
    """Refuse what the service would refuse (F §4.1, §4.6), and options that contradict each other."""
    if options["id"] is not None:
        check_id("id", options["id"])
    for name in ("volume", "snapshot"):
        if options[name] is not None:
            check_reference(name, options[name])
    if options["max_age"] is not None and (options["id"] is not None or options["state"] == "absent"):
        raise OptionError("max_age", "goes only with state present and without id")
    check_duration("max_age", options["max_age"])
    check_wait(options)
    if options["state"] == "absent":
        if options["id"] is None and options["name"] is None:
            raise OptionError("name", "is missing; say which backup to delete by name or id")
        if options["name"] is not None:
            check_reference("name", options["name"])
        return
    _check_identity(options)
    _check_form(options)


def _check_identity(options: Options) -> None:
    if options["id"] is not None:
        return
    if options["volume"] is None:
        raise OptionError("volume", "is missing; say which volume to back up, or give the id of a backup")
    if options["name"] is None and options["max_age"] is None:
        raise OptionError("name", "is missing; without name, max_age or id nobody can say whether there is one already")


def _check_form(options: Options) -> None:
    native = options["api"] == "native"
    if options["name"] is not None:
        if native:
            check_native_name("name", options["name"])
        else:
            check_name("name", options["name"], forbidden_prefix="auto" if options["id"] is None else None)
    if options["description"] is not None:
        check_description("description", options["description"], 255 if native else 64, native=native)
    for name in ("tags", "full") if native else ("force",):
        if options[name] is not None:
            raise OptionError(name, f"does not go with api {options['api']}")
    if options["tags"] is not None:
        check_tags("tags", options["tags"])


def plan_present(context: Context) -> Plan:
    """Find a backup that satisfies, else plan to make one."""
    options, client = context.options, context.client
    if options["id"] is not None:
        wire = get_backup(client, options["id"])
        if wire is None:
            raise OptionError("id", f"there is no backup {options['id']!r} in this project")
        backup_is_done(_model.backup(wire), f"use backup {options['id']}", {})
        return _plan_kept(context, wire)
    text = options["volume"]
    volume = None if is_uuid(text) else resolve_volume(client, "volume", text)
    rows, date = volume_backups(client, text if volume is None else volume["id"])
    kept = _satisfying(context, rows, date)
    if kept is None and volume is None:
        volume = resolve_volume(client, "volume", text)
        if volume["id"] != text:
            # The text looks like an ID, but is another volume's name.
            rows, date = volume_backups(client, volume["id"])
            kept = _satisfying(context, rows, date)
    if kept is not None:
        return _plan_kept(context, kept)
    return _plan_made(context, t.cast("JsonObject", volume), rows)


def _satisfying(context: Context, rows: list[JsonObject], date: float | None) -> JsonObject | None:
    """The newest row that makes a new backup needless."""
    seconds = check_duration("max_age", context.options["max_age"])
    if seconds is not None:
        return young(rows, service_time(context.clock, date, context.warn), seconds)
    return named(rows, context.options["name"])


def _plan_kept(context: Context, wire: JsonObject) -> Plan:
    shown = _model.backup(wire)
    result: dict[str, t.Any] = {"backup": shown, "job": None, "adopted": False}
    for difference in _differences(context.options, shown):
        context.warn(f"backup {shown['id']} stays as it is, although {difference}: the service cannot change a backup")
    if shown["status"] == "available":
        return Plan((), result)
    options = WaitOptions.of(context.options)
    if not options.wait:
        return Plan((), {**result, "pending": pending("backup", [shown["id"]], shown["created_at"])})

    def apply() -> Outcome:
        # Known anew, because the wait keeps what it was given up to date.
        return _wait_for_kept(context, _model.backup(wire), Waiter(options, context.clock))

    return Plan((), {**result, "backup": {**shown, "status": "available"}}, apply=apply, settle=True)


def _wait_for_kept(context: Context, shown: _model.Result, waiter: Waiter) -> Outcome:
    result = {"backup": dict(shown), "job": None, "adopted": False}
    what = f"wait for backup {shown['name']!r}"
    try:
        return Outcome({**result, "backup": wait_for_backup(context.client, shown, waiter, what=what, results=result)})
    except SliceOverError as over:
        over.state["kept"] = shown
        raise


def resume_present(context: Context, state: Mapping[str, t.Any]) -> Outcome:
    """Go on with what an earlier call of the module began."""
    waiter = Waiter(WaitOptions.of(context.options), context.clock, state["waiter"])
    if "kept" in state:
        return _wait_for_kept(context, state["kept"], waiter)
    if "begun" in state:
        made = follow(context.client, Begun.of(state["begun"]), waiter, context.warn)
    else:
        made = make_backup_after_pause(
            context.client,
            BackupRequest(**state["busy"]),
            state["before"],
            satisfies=lambda now, date: _satisfying(context, now, date),
            waiter=waiter,
            clock=context.clock,
            warn=context.warn,
        )
    return Outcome(_result(made), changed=not made.satisfied)


def _differences(options: Options, shown: _model.Result) -> list[str]:
    texts = ("name", "description") if options["max_age"] is None else ()
    found = [
        f"its {name} is {shown[name]!r}"
        for name in texts
        if options[name] is not None and options[name] != (shown[name] or "")
    ]
    snapshot = options["snapshot"]
    if snapshot is not None and is_uuid(snapshot) and shown["snapshot_id"] not in (None, snapshot):
        found.append(f"it is of snapshot {shown['snapshot_id']}")
    volume = options["volume"]
    if volume is not None and is_uuid(volume) and options["id"] is not None and shown["volume_id"] != volume:
        found.append(f"it is of volume {shown['volume_id']}")
    if options["full"] and shown["incremental"]:
        found.append("it is incremental")
    return found


def _plan_made(context: Context, volume: JsonObject, rows: list[JsonObject]) -> Plan:
    options = context.options
    if options["name"] is None and options["api"] == "vbs":
        raise OptionError("name", "is missing; there is no young enough backup, and a new one needs a name")
    if options["api"] == "vbs":
        context.client.require_vbs()
    request = _request(context, volume)
    wait = WaitOptions.of(options)
    predicted = _model.new_backup(
        name=request.name,
        volume_id=request.volume_id,
        size=_model.number(volume.get("size")),
        status="available" if wait.wait else "creating",
        snapshot_id=request.snapshot_id,
        description=request.description or None,
    )

    def apply() -> Outcome:
        made = make_backup(
            context.client,
            request,
            rows,
            satisfies=lambda now, date: _satisfying(context, now, date),
            waiter=Waiter(wait, context.clock),
            clock=context.clock,
            warn=context.warn,
        )
        result = _result(made)
        if made.backup["id"] is None:
            # Not waited for, and the service does not show it yet.
            result["backup"] = predicted
        return Outcome(result, changed=not made.satisfied)

    useless = [row for row in rows if row.get("name") == request.name and row.get("status") not in SATISFYING]
    for row in useless if options["max_age"] is None else []:
        context.warn(f"backup {row['id']} has this name too, but it is {row['status']}; a new one is made")
    result = {"backup": predicted, "job": None, "adopted": False}
    return Plan(("created",), result, after=comparable(predicted), apply=apply)


def _request(context: Context, volume: JsonObject) -> BackupRequest:
    options = context.options
    volume_id = str(volume["id"])
    snapshot = options["snapshot"]
    native = options["api"] == "native"
    if native and snapshot is None and context.client.signs_requests:
        raise OptionError("snapshot", "is missing; Huawei's clouds need it with api native (plain OpenStack does not)")
    return BackupRequest(
        volume_id=volume_id,
        name=options["name"],
        snapshot_id=None if snapshot is None else resolve_snapshot(context.client, "snapshot", snapshot, volume_id),
        description=options["description"],
        tags=None if options["tags"] is None else check_tags("tags", options["tags"]),
        full=bool(options["full"]),
        force=options["force"],
        native=native,
    )


def _result(made: Made) -> dict[str, t.Any]:
    result = {"backup": made.backup, "job": made.job, "adopted": made.adopted}
    return result if made.pending is None else {**result, "pending": made.pending}


def comparable(shown: _model.Result) -> dict[str, t.Any]:
    """For the diff: what a task can ask for, without what only the service decides."""
    return {key: shown[key] for key in ("name", "volume_id", "snapshot_id", "description") if shown[key] is not None}
