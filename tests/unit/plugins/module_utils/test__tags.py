# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._tags import (
    TagPlan,
    add_tags,
    plan_removal,
    plan_tags,
    remove_tags,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.clients import during
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import vbs

Tags = dict[str, str]

TAGS = "/v2/backuppolicy/p1/tags"


def applied(client: Client, plan: TagPlan) -> None:
    remove_tags(client, "p1", plan)
    add_tags(client, "p1", plan)


@pytest.mark.parametrize(
    ("current", "wanted", "purge", "added", "updated", "removed"),
    [
        ({}, {}, True, {}, {}, {}),
        ({"a": "1"}, {"a": "1"}, True, {}, {}, {}),
        ({"a": "1"}, {"a": "2"}, True, {}, {"a": "2"}, {}),
        ({"a": "1"}, {"a": ""}, True, {}, {"a": ""}, {}),
        ({"a": ""}, {"a": ""}, True, {}, {}, {}),
        ({}, {"a": ""}, False, {"a": ""}, {}, {}),
        ({"a": "1"}, {}, True, {}, {}, {"a": "1"}),
        ({"a": "1"}, {}, False, {}, {}, {}),
        ({"b": "2", "a": "1"}, {"c": "3"}, True, {"c": "3"}, {}, {"a": "1", "b": "2"}),
        ({"b": "2", "a": "1"}, {"c": "3", "a": "4"}, False, {"c": "3"}, {"a": "4"}, {}),
        ({"a": "1"}, {"A": "1"}, True, {"A": "1"}, {}, {"a": "1"}),
    ],
)
def test_the_least_that_turns_one_into_the_other(
    current: Tags, wanted: Tags, purge: bool, added: Tags, updated: Tags, removed: Tags
) -> None:
    plan = plan_tags(current, wanted, purge=purge)
    assert (plan.added, plan.updated, plan.removed) == (added, updated, removed)
    assert plan.before == current
    assert plan.after == (wanted if purge else {**current, **wanted})
    assert plan.is_empty is (plan.before == plan.after)


@pytest.mark.parametrize(
    ("unwanted", "removed"),
    [
        ({}, {}),
        ({"a": None}, {"a": "1"}),
        ({"a": "1", "b": "2"}, {"a": "1"}),
        ({"b": ""}, {"b": ""}),
        ({"a": "", "c": None}, {}),
    ],
)
def test_a_removal_fits_any_value_or_only_the_one_given(unwanted: dict[str, str | None], removed: Tags) -> None:
    plan = plan_removal({"b": "", "a": "1"}, unwanted)
    assert (plan.added, plan.updated, plan.removed) == ({}, {}, removed)
    assert plan.after == {key: value for key, value in plan.before.items() if key not in removed}


def test_more_than_ten_at_the_end_are_refused_with_their_number() -> None:
    ten = {str(number): "" for number in range(10)}
    assert plan_tags(ten, {"x": ""}, purge=True).after == {"x": ""}
    with pytest.raises(OptionError, match="11 tags") as caught:
        plan_tags(ten, {"x": ""}, purge=False)
    assert caught.value.option == "tags"
    # What another tool made beyond the limit is no reason to refuse what adds none.
    assert plan_tags({**ten, "x": "1"}, {"x": "2"}, purge=False).updated == {"x": "2"}


def test_at_most_two_requests_and_deletions_come_first() -> None:
    plan = plan_tags({"a": "1", "b": "1"}, {"c": "3", "d": "4"}, purge=True)
    calls = [
        vbs("POST", f"{TAGS}/action", body={"action": "delete", "tags": [{"key": "a"}, {"key": "b"}]}, status=204),
        vbs(
            "POST",
            f"{TAGS}/action",
            body={"action": "create", "tags": [{"key": "c", "value": "3"}, {"key": "d", "value": "4"}]},
            status=204,
        ),
    ]
    during(calls, lambda client: applied(client, plan))


def test_nothing_to_do_sends_nothing() -> None:
    during([], lambda client: applied(client, plan_tags({"a": "1"}, {"a": "1"}, purge=True)))
    delete = vbs("DELETE", f"{TAGS}/a", status=204)
    during([delete], lambda client: applied(client, plan_tags({"a": "1"}, {}, purge=True)))


def test_changed_values_go_with_the_new_ones_or_as_an_update() -> None:
    pairs = [{"key": "a", "value": "2"}, {"key": "b", "value": "1"}]
    both = vbs("POST", f"{TAGS}/action", body={"action": "create", "tags": pairs}, status=204)
    during([both], lambda client: applied(client, plan_tags({"a": "1"}, {"b": "1", "a": "2"}, purge=False)))
    update = vbs("POST", f"{TAGS}/action", body={"action": "update", "tags": pairs[:1]}, status=204)
    during([update], lambda client: applied(client, plan_tags({"a": "1"}, {"a": "2"}, purge=True)))
