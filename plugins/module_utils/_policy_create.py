# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Making one policy, never two (architecture.md, Retries and lost answers)."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping, Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policies import (
    create_policy,
    delete_policy,
    list_policies,
    pick_policy,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._clock import Clock
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import BackupError
from ansible_collections.huaweicloud.backup.plugins.module_utils._lost import LOOK, Creation, create_once


class MadePolicy(t.NamedTuple):
    """The policy of that name.

    ``may_differ``: another task may have made it, with other options. It was first, and what this one made was taken
    back; or this one's answer was lost, and what was found again has only the name to be known by.
    """

    wire: JsonObject
    may_differ: bool


def make_policy(
    client: Client,
    clock: Clock,
    warn: Callable[[str], None],
    body: Mapping[str, t.Any],
    before: Sequence[JsonObject],
) -> MadePolicy:
    """Create a policy of a name that no policy had in the listing before.

    :raises UncertainError: nobody can say whether it was made.
    :raises BackupError: several new ones of the name, or it vanished at once.
    """
    name = str(body["backup_policy_name"])
    known = {row["backup_policy_id"] for row in before}

    def find() -> JsonObject | None:
        fresh = _of_name(list_policies(client), name, known)
        if len(fresh) > 1:
            ids = ", ".join(str(row["backup_policy_id"]) for row in fresh)
            raise BackupError(
                f"create policy {name!r}: the answer was lost, and there are several new ones: {ids}",
                advice="delete all but one of them, then run the task again",
            )
        return fresh[0] if fresh else None

    creation = Creation(
        send=lambda: create_policy(client, body),
        find=find,
        how_to_look=f"Look at the list of policies for the name {name!r}",
    )
    sent, found = create_once(creation, options=LOOK, clock=clock)
    policy_id = sent if found is None else str(found["backup_policy_id"])
    try:
        made = _settle(client, warn, name, str(policy_id), known)
    except BackupError as error:
        error.message = f"{error.message}; policy {name!r} was made before that: {policy_id}"
        error.results.update(policy={"id": str(policy_id)}, changed=True)
        raise
    return made._replace(may_differ=made.may_differ or found is not None)


def _settle(client: Client, warn: Callable[[str], None], name: str, policy_id: str, known: set[str]) -> MadePolicy:
    """List once more: of two made at the same time the first stays, and the later, still empty, is taken back."""
    rows = list_policies(client)
    ours = pick_policy(rows, policy_id, None)
    if ours is None:
        raise BackupError(f"create policy {name!r}: the list of policies does not have it (any more)")
    fresh = _of_name(rows, name, known)
    first = fresh[0] if fresh else ours
    if len(fresh) > 1:
        ids = ", ".join(str(row["backup_policy_id"]) for row in fresh)
        warn(f"policy {name!r} was made more than once at the same time: {ids}")
        if first["backup_policy_id"] != policy_id and ours.get("policy_resource_count") == 0:
            delete_policy(client, policy_id)
            return MadePolicy(first, may_differ=True)
    return MadePolicy(ours, may_differ=False)


def _of_name(rows: Sequence[JsonObject], name: str, known: set[str]) -> list[JsonObject]:
    return [row for row in rows if row.get("backup_policy_name") == name and row["backup_policy_id"] not in known]
