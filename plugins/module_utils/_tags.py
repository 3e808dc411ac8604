# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tags are to become, shared by every module that sets a policy's tags (contract §2, F §6.9)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policy_tags import (
    delete_policy_tags,
    set_policy_tags,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_tag_count


class TagPlan(t.NamedTuple):
    """Tags to set, keys to delete, and the tags as they will be."""

    to_set: dict[str, str]
    to_delete: list[str]
    after: dict[str, str]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not self.to_set and not self.to_delete


def plan_tags(current: Mapping[str, str], wanted: Mapping[str, str], *, purge: bool) -> TagPlan:
    """The least that turns the one into the other.

    :raises OptionError: more than ten tags at the end, with the count.
    """
    to_set = {key: value for key, value in wanted.items() if current.get(key) != value}
    to_delete = sorted(key for key in current if key not in wanted) if purge else []
    after = {key: value for key, value in {**current, **wanted}.items() if key not in to_delete}
    check_tag_count("tags", len(after))
    return TagPlan(to_set, to_delete, after)


def apply_tags(client: Client, policy_id: str, plan: TagPlan) -> None:
    """At most two requests; deletions first, so that the limit of ten is never passed on the way."""
    if plan.to_delete:
        delete_policy_tags(client, policy_id, plan.to_delete)
    if plan.to_set:
        set_policy_tags(client, policy_id, plan.to_set)
