# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a batch will do, and what it did (contract §4, vbs_backup_batch)."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import list_volumes
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_match import (
    SATISFYING,
    named,
    young,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_request import BackupRequest
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_item import ENDED, RUNNING, UNSENT, Item
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_listing import Listing
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_names import (
    backup_name,
    check_template,
    date_of,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_pace import Pace
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_pool import open_pool
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_result import failure, predicted_of, result_of
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_run import Batch
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_send import Sender
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_state import restore_items, restore_sender
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import service_time
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError, OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._plan import Context, Outcome, Plan
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import (
    check_description,
    check_duration,
    check_range,
    check_reference,
    check_tags,
    check_wait,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import SliceOverError, WaitOptions

_MOST_AT_ONCE = 32
# The number of the look that a plan is made from.
_PLANNED_AT = 1
# Of what is wrong with a list, or not good enough, so many are named.
_NAMED = 10

Options = Mapping[str, t.Any]


def check_batch_options(options: Options) -> None:
    """Refuse what the service would refuse (F §4.1), and what gives no name."""
    _refuse_all(_problems(options["volumes"], lambda text: str(check_reference("volumes", text))))
    check_template("name", options["name"])
    if options["description"] is not None:
        check_description("description", options["description"], 64)
    if options["tags"] is not None:
        check_tags("tags", options["tags"])
    check_range("concurrency", options["concurrency"], 1, _MOST_AT_ONCE)
    check_duration("max_age", options["max_age"])
    check_wait(options)


def plan_batch(context: Context) -> Plan:
    """Find the volumes and their backups, each with one listing, then plan to make those that are missing."""
    if not context.options["volumes"]:
        return Plan((), {"backups": []})
    date = date_of(context.clock.now())
    volumes = find_volumes(context.options["volumes"], list_volumes(context.client))
    items = [_item(context.options, volume, date) for volume in volumes]
    listing = Listing(context.client, [item.volume_id for item in items])
    satisfies = _Satisfies(context, listing)
    try:
        missing = _find_missing(context, items, listing, satisfies)
    except BackupError as error:
        # Nobody knows which of them have a backup, so none is said to have one.
        for item in items:
            item.end(error)
        error.results.update(backups=[item.as_result() for item in items])
        raise
    _warn_of_useless(context, listing, missing)
    _warn_of_descriptions(context, items)
    wait = WaitOptions.of(context.options)
    if context.check_mode and any(item.error is not None for item in items):
        raise failure(items)
    return Plan(
        ("created",) if missing else (),
        predicted_of(items, is_waiting=wait.wait),
        before={"backups": _shown([item for item in items if item.row is not None])},
        after={"backups": _shown(items)},
        apply=lambda: _apply(context, items, listing, satisfies),
        settle=any((item.phase == RUNNING and wait.wait) or item.error is not None for item in items),
    )


def _find_missing(context: Context, items: list[Item], listing: Listing, satisfies: _Satisfies) -> list[Item]:
    """Judge each volume by the backups that are there: those that need one."""
    listing.read()
    for item in items:
        _judge(item, satisfies)
    missing = [item for item in items if item.phase == UNSENT]
    if missing:
        context.client.require_vbs("with vbs_backup and its option api set to native")
    return missing


def find_volumes(texts: Sequence[str], rows: t.Iterable[JsonObject]) -> list[JsonObject]:
    """The volumes of IDs and names, in order.

    :raises OptionError: one or more are unknown, ambiguous, or given twice; all of them are told.
    """
    by_id: dict[str, JsonObject] = {}
    by_name: dict[str, list[JsonObject]] = {}
    for row in rows:
        by_id[row["id"]] = row
        if row.get("name"):
            by_name.setdefault(str(row["name"]), []).append(row)
    given: dict[str, str] = {}
    found = []

    def find(text: str) -> None:
        matches = [by_id[text]] if text in by_id else by_name.get(text, [])
        if not matches:
            raise OptionError("volumes", f"there is no volume {text!r} in this project")
        if len(matches) > 1:
            ids = ", ".join(sorted(str(row["id"]) for row in matches))
            raise OptionError("volumes", f"several volumes are called {text!r}: {ids}; give the ID")
        volume_id = str(matches[0]["id"])
        if volume_id in given:
            raise OptionError("volumes", f"{given[volume_id]!r} and {text!r} are the same volume; name each once")
        given[volume_id] = text
        found.append(matches[0])

    _refuse_all(_problems(texts, find))
    return found


def _problems(texts: Sequence[str], check: Callable[[str], t.Any]) -> list[str]:
    problems = []
    for text in texts:
        try:
            check(text)
        except OptionError as error:
            problems.append(error.message.partition(": ")[2])
    return problems


def _refuse_all(problems: Sequence[str]) -> None:
    if problems:
        more = f"; and {len(problems) - _NAMED} more" if len(problems) > _NAMED else ""
        raise OptionError("volumes", "; ".join(problems[:_NAMED]) + more)


def _item(options: Options, volume: JsonObject, date: str) -> Item:
    name, volume_id = _model.text(volume.get("name")), str(volume["id"])
    request = BackupRequest(
        volume_id=volume_id,
        name=backup_name(options["name"], volume_name=name, volume_id=volume_id, date=date),
        description=options["description"],
        tags=None if options["tags"] is None else check_tags("tags", options["tags"]),
    )
    return Item(request, name)


class _Satisfies:
    """Which row of the last look makes a new backup of an item's volume needless.

    Once it is planned, only what another task made meanwhile does: one that was there and did not satisfy does not
    begin to, say when a restore from it has ended; what check mode said holds.
    """

    def __init__(self, context: Context, listing: Listing) -> None:
        self._context = context
        self._listing = listing
        self._limit = check_duration("max_age", context.options["max_age"])
        # The age of a whole look is measured at one moment.
        self._now = (0, 0.0)

    def __call__(self, item: Item) -> JsonObject | None:
        is_planned = self._listing.number > _PLANNED_AT
        rows = self._listing.rows(item.volume_id, since=_PLANNED_AT if is_planned else 0)
        if self._limit is None:
            return named(rows, item.request.name)
        if self._now[0] != self._listing.number:
            context = self._context
            self._now = (self._listing.number, service_time(context.clock, self._listing.date, context.warn))
        return young(rows, self._now[1], self._limit)


def _judge(item: Item, satisfies: _Satisfies) -> None:
    try:
        row = satisfies(item)
    except BackupError as error:
        error.message = f"{item.what}: {error.message}"
        item.end(error)
        return
    if row is not None:
        item.keep(row)


def _apply(context: Context, items: Sequence[Item], listing: Listing, satisfies: _Satisfies) -> Outcome:
    return _run(context, items, listing, satisfies, started_at=context.clock.now())


def resume_batch(context: Context, state: Mapping[str, t.Any]) -> Outcome:
    """Go on with what an earlier call of the module began."""
    items = restore_items(state["batch"])
    listing = Listing(context.client, [item.volume_id for item in items])
    listing.restore(state["batch"]["listing"])
    satisfies = _Satisfies(context, listing)
    return _run(context, items, listing, satisfies, started_at=state["started_at"], saved=state)


def _run(
    context: Context,
    items: Sequence[Item],
    listing: Listing,
    satisfies: _Satisfies,
    *,
    started_at: float,
    saved: Mapping[str, t.Any] | None = None,
) -> Outcome:
    options, clock = context.options, context.clock
    with open_pool(min(options["concurrency"], len(items)), options["api_timeout"], clock) as pool:
        sender = Sender(context.client, pool, Pace(options["concurrency"]), clock, options["api_retries"])
        if saved is not None:
            restore_sender(sender, saved["batch"])
        batch = Batch(
            context.client,
            items,
            listing,
            sender,
            satisfies=satisfies,
            options=WaitOptions.of(options),
            clock=clock,
            warn=context.warn,
        )
        try:
            batch.run(saved)
        except SliceOverError as over:
            over.state["started_at"] = started_at
            raise
    if any(item.error is not None for item in items):
        raise failure(items, started_at)
    return Outcome(
        result_of(items, started_at),
        changed=any(item.changed for item in items),
        before={"backups": _shown([item for item in items if not item.changed])},
        after={"backups": _shown(items)},
    )


def _shown(items: Sequence[Item]) -> list[dict[str, t.Any]]:
    """For the diff: what a task can ask for, without what only the service decides."""
    return [
        {"volume_id": item.volume_id, "volume_name": item.volume_name, "name": item.as_result()["name"]}
        for item in items
    ]


def _warn_of_useless(context: Context, listing: Listing, missing: Sequence[Item]) -> None:
    if context.options["max_age"] is not None:
        return
    useless = [
        f"{row['id']} ({row.get('status')})"
        for item in missing
        for row in listing.rows(item.volume_id)
        if row.get("name") == item.request.name and row.get("status") not in SATISFYING
    ]
    if useless:
        context.warn(f"these have the names of backups to make, but are no good; new ones are made: {_few(useless)}")


def _warn_of_descriptions(context: Context, items: Sequence[Item]) -> None:
    wanted = context.options["description"]
    if wanted is None or context.options["max_age"] is not None:
        return
    kept = [_model.backup(item.row) for item in items if item.row is not None and item.phase in (ENDED, RUNNING)]
    differing = [str(row["id"]) for row in kept if (row["description"] or "") != wanted]
    if differing:
        context.warn(
            f"these stay as they are, although their description is another: {_few(differing)};"
            " the service cannot change a backup"
        )


def _few(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else ""
    return ", ".join(texts[:_NAMED]) + more
