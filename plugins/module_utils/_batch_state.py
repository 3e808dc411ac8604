# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What one call of a batch hands over to the next, and how far the batch is."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_request import BackupRequest
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_item import (
    BUSY,
    ENDED,
    LOST,
    RUNNING,
    UNSENT,
    Item,
    UnseenError,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_listing import Listing
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_send import Sender, Spent
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    BackupError,
    WaitTimeoutError,
    saved_error,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._follow import standing
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import Progress

Saved = dict[str, t.Any]

# What a batch asks of the kind of an error later on.
_TIMED_OUT, _UNSEEN, _OTHER = "timed out", "unseen", "other"
_WAITING = {BUSY: "waits for its volume, which is busy", LOST: "is looked for", UNSENT: "is not started yet"}


def save(items: Sequence[Item], listing: Listing, sender: Sender) -> Saved:
    """As JSON has it."""
    return {
        "items": [_save_item(item) for item in items],
        "listing": listing.saved(),
        "pace": sender.pace.saved(),
        "in_vain": sender.in_vain,
        "stopped": _save_error(sender.stopped),
    }


def restore_items(saved: Mapping[str, t.Any]) -> list[Item]:
    """The items of an earlier call."""
    return [_restore_item(item) for item in saved["items"]]


def restore_sender(sender: Sender, saved: Mapping[str, t.Any]) -> None:
    """Send on as an earlier call did."""
    sender.pace.restore(saved["pace"])
    sender.in_vain, sender.stopped = saved["in_vain"], _restore_error(saved["stopped"])


def progress_of(items: Sequence[Item]) -> Progress:
    """How far all of them are, and the first one that is not at its end."""
    ended = [item for item in items if item.phase == ENDED]
    failed = sum(1 for item in ended if item.error is not None)
    going = sorted((item for item in items if item.phase != ENDED), key=lambda item: item.phase != RUNNING)
    what = "is being finished"
    if going:
        item = going[0]
        state = _WAITING.get(item.phase) or ("creating" if item.row is None else standing(_model.backup(item.row)))
        what = f"{item.volume_name or item.volume_id} {state}"
    return Progress(len(ended), len(items), failed, what)


def _save_item(item: Item) -> Saved:
    known = {field.name: getattr(item, field.name) for field in fields(item)}
    errors = {"error": _save_error(item.error), "lost": _save_error(item.lost)}
    return {**known, "request": asdict(item.request), "spent": asdict(item.spent), **errors}


def _restore_item(saved: Mapping[str, t.Any]) -> Item:
    errors = {"error": _restore_error(saved["error"]), "lost": _restore_error(saved["lost"])}
    return Item(**{**saved, "request": BackupRequest(**saved["request"]), "spent": Spent(**saved["spent"]), **errors})


def _save_error(error: BackupError | None) -> Saved | None:
    if error is None:
        return None
    kinds = {WaitTimeoutError: _TIMED_OUT, UnseenError: _UNSEEN}
    return {"kind": kinds.get(type(error), _OTHER), "parts": saved_error(error)}


def _restore_error(saved: Mapping[str, t.Any] | None) -> BackupError | None:
    if saved is None:
        return None
    error = BackupError(**saved["parts"])
    if saved["kind"] == _TIMED_OUT:
        return WaitTimeoutError(error.message)
    return UnseenError(error) if saved["kind"] == _UNSEEN else error
