# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a batch does where the answer to a creating call is lost: C(_lost.create_once), one step at each look."""

from __future__ import annotations

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.volumes import get_volume
from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_create import the_new_one
from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_item import RUNNING, Item
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError
from ansible_collections.huaweicloud.backup.plugins.module_utils._lost import PATIENCE, still_unknown, uncertain
from ansible_collections.huaweicloud.backup.plugins.module_utils._waiter import WaitOptions


def look_for_lost(client: Client, item: Item, fresh: list[JsonObject], options: WaitOptions, clock: Clock) -> None:
    """Adopt what was made, look on, or let it be sent once more.

    :param fresh: the rows that fit and are new since the call.
    :raises BackupError: several fit, or nobody can know.
    """
    found = the_new_one(item.request, fresh)
    if found is not None:
        item.row, item.changed, item.phase = found, True, RUNNING
        return
    age = clock.monotonic() - item.lost_at
    limit = max(options.timeout, PATIENCE) if options.wait else PATIENCE
    if age < PATIENCE or (age < limit and _is_busy(client, item)):
        return
    if item.is_second_try:
        raise uncertain(item.lost or BackupError(item.what), item.how_to_look)
    item.is_second_try = True
    item.send_anew()


def _is_busy(client: Client, item: Item) -> bool:
    try:
        volume = get_volume(client, item.volume_id)
    except BackupError as error:
        raise still_unknown(item.lost or BackupError(item.what), error, item.how_to_look) from None
    return volume is not None and volume.get("status") == "backing-up"
