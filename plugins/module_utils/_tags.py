# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tags are to become, shared by every module that reads or sets a policy's tags (contract §2, F §6.9)."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policies import find_policy, list_policies
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policy_tags import (
    delete_policy_tags,
    get_policy_tags,
    set_policy_tags,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import ApiError
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_tag_count, is_uuid

Tags = dict[str, str]


class TagPlan(t.NamedTuple):
    """Tags to add, to give another value, to remove (each with its value), and all tags before and after."""

    added: Tags
    updated: Tags
    removed: Tags
    before: Tags
    after: Tags

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        return not self.added and not self.updated and not self.removed


def plan_tags(current: Mapping[str, str], wanted: Mapping[str, str], *, purge: bool) -> TagPlan:
    """The least that turns the one into the other.

    :raises OptionError: more than ten tags at the end, with the count.
    """
    added = {key: value for key, value in wanted.items() if key not in current}
    updated = {key: value for key, value in wanted.items() if key in current and current[key] != value}
    removed = {key: current[key] for key in sorted(current) if purge and key not in wanted}
    after = {key: value for key, value in {**current, **wanted}.items() if key not in removed}
    if len(after) > len(current):
        check_tag_count("tags", len(after))
    return TagPlan(added, updated, removed, dict(current), after)


def plan_removal(current: Mapping[str, str], unwanted: Mapping[str, str | None]) -> TagPlan:
    """Remove these keys; None matches any value, a text only that value."""
    removed = {
        key: value for key, value in sorted(current.items()) if key in unwanted and unwanted[key] in (None, value)
    }
    after = {key: value for key, value in current.items() if key not in removed}
    return TagPlan({}, {}, removed, dict(current), after)


def remove_tags(client: Client, policy_id: str, plan: TagPlan) -> None:
    """The first half of a plan, at most one request: first, so that the limit of ten is never passed on the way."""
    if plan.removed:
        delete_policy_tags(client, policy_id, list(plan.removed))


def add_tags(client: Client, policy_id: str, plan: TagPlan) -> None:
    """The second half of a plan, at most one request."""
    if plan.added or plan.updated:
        set_policy_tags(client, policy_id, {**plan.updated, **plan.added}, all_exist=not plan.added)


def find_policy_tags(client: Client, option: str, text: str) -> tuple[str, Tags]:
    """A policy's ID and tags; one request where the text is the ID.

    :raises OptionError: unknown, or several policies of this name.
    """
    if is_uuid(text):
        try:
            return text, get_policy_tags(client, text)
        except ApiError as error:
            if not error.missing_object:
                raise
    policy_id = str(find_policy(list_policies(client), option, text)["backup_policy_id"])
    return policy_id, get_policy_tags(client, policy_id)
