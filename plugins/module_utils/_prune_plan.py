# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a retention by hand reads and foresees: all reading is done before the first deletion (contract §4)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model, _prune
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.backups import list_backups
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.paging import text_of
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.shares import list_shares
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import resolve_volumes
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import service_time
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    BackupError,
    OptionError,
    ServiceMissingError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._prune import Candidate, Choice, Rules
from ansible_collections.huaweicloud.backup.plugins.module_utils._prune_apply import Pruning, results
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import (
    check_duration,
    check_range,
    check_reference,
    check_wait,
    is_uuid,
)

_MOST_KEPT = 1_000_000
# For the diff: what names a backup.
_NAMED = ("id", "name", "volume_id", "created_at")


def check_prune_options(options: Mapping[str, t.Any]) -> None:
    """Refuse what can be no name, ID, number or age, and a prefix that the task itself excludes."""
    for volume in options["volumes"] or ():
        check_reference("volumes", volume)
    prefix = options["name_prefix"]
    if prefix is not None:
        check_reference("name_prefix", prefix)
        if prefix.startswith(_prune.AUTOMATIC_PREFIX) and not options["include_automatic"]:
            raise OptionError("name_prefix", f"{prefix!r} is of automatic backups only; they need include_automatic")
    check_range("keep_last", options["keep_last"], 0, _MOST_KEPT)
    check_duration("older_than", options["older_than"])
    check_wait(options)


def plan_prune(context: Context) -> Plan:
    """Read backups, and shares where that may decide, then plan what goes.

    :raises BackupError: something could not be read to its end, so that nobody can say what may go.
    """
    options = context.options
    if options["volumes"] == []:
        return _plan(context, Choice((), (), ()))
    rules = Rules(
        name_prefix=options["name_prefix"],
        keep_last=options["keep_last"],
        older_than=check_duration("older_than", options["older_than"]),
        include_automatic=options["include_automatic"],
    )
    volume_ids = _volume_ids(context)
    rows, date = _read(context.client, volume_ids)
    found = _prune.survey(rows, rules, context.client.project_id)
    reasons = _prune.retain(found, rules, _now(context, date))
    may_go = any(reasons[one.id] is None and one.shown["status"] != "deleting" for one in found)
    shared = _shared(context.client) if may_go else frozenset()
    return _plan(context, _prune.choose(found, reasons, shared, in_waves=options["wait"]))


def resume_prune(context: Context, state: Mapping[str, t.Any]) -> Outcome:
    """Go on with what an earlier call of the module began."""
    return Pruning.of(context, state).run()


def _plan(context: Context, choice: Choice) -> Plan:
    going = choice.going
    return Plan(
        ("deleted",) if going else (),
        results(going, choice.kept),
        before={"backups": [_named(one) for one in going]},
        after={"backups": []},
        apply=lambda: Pruning(context, choice).run(),
        settle=bool(choice.leaving),
    )


def _named(one: Candidate) -> _model.Result:
    return {key: one.shown[key] for key in _NAMED}


def _volume_ids(context: Context) -> frozenset[str] | None:
    """The volumes that are meant; None is all. An ID is a filter, because backups outlive volumes (contract §2)."""
    texts = context.options["volumes"]
    if texts is None:
        return None
    names = [text for text in texts if not is_uuid(text)]
    named = resolve_volumes(context.client, "volumes", names) if names else []
    return frozenset((*(text for text in texts if is_uuid(text)), *(str(row["id"]) for row in named)))


def _read(client: Client, volume_ids: frozenset[str] | None) -> tuple[list[JsonObject], float | None]:
    """The backups of these volumes in one listing, and the moment that the service gives with its first page."""
    only = next(iter(volume_ids)) if volume_ids is not None and len(volume_ids) == 1 else None
    rows: list[JsonObject] = []
    date: float | None = None
    for page, answer in list_backups(client, volume_id=only):
        rows.extend(row for row in page if volume_ids is None or row.get("volume_id") in volume_ids)
        date = answer.date if date is None else date
    return rows, date


def _now(context: Context, date: float | None) -> float:
    """The service's time (contract §2, ages)."""
    if context.options["older_than"] is None:
        return context.clock.now()
    if date is None:
        raise AnswerError("list backups: the answer has no Date, so nobody can say how old a backup is")
    return service_time(context.clock, date, context.warn)


def _shared(client: Client) -> frozenset[str]:
    """The IDs of the project's shared backups (F §5.3).

    Plain OpenStack has no sharing. Elsewhere a list that cannot be read ends the task.
    """
    try:
        client.require_vbs()
    except ServiceMissingError:
        return frozenset()
    try:
        return frozenset(text_of(row, "backup_id", "list shares") for row in list_shares(client, {}))
    except BackupError as error:
        error.message = f"{error.message}; nothing was deleted, because a shared backup must stay"
        raise
