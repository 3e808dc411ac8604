# Copyright: (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._tags import TagPlan, apply_tags, plan_tags
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.clients import during
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import vbs

TAGS = "/v2/backuppolicy/p1/tags"


@pytest.mark.parametrize(
    ("current", "wanted", "purge", "expected"),
    [
        ({}, {}, True, TagPlan({}, [], {})),
        ({"a": "1"}, {"a": "1"}, True, TagPlan({}, [], {"a": "1"})),
        ({"a": "1"}, {"a": "2"}, True, TagPlan({"a": "2"}, [], {"a": "2"})),
        ({"a": "1"}, {"a": ""}, True, TagPlan({"a": ""}, [], {"a": ""})),
        ({"a": ""}, {"a": ""}, True, TagPlan({}, [], {"a": ""})),
        ({}, {"a": ""}, False, TagPlan({"a": ""}, [], {"a": ""})),
        ({"a": "1"}, {}, True, TagPlan({}, ["a"], {})),
        ({"a": "1"}, {}, False, TagPlan({}, [], {"a": "1"})),
        ({"b": "1", "a": "1"}, {"c": "3"}, True, TagPlan({"c": "3"}, ["a", "b"], {"c": "3"})),
        ({"b": "1", "a": "1"}, {"c": "3"}, False, TagPlan({"c": "3"}, [], {"b": "1", "a": "1", "c": "3"})),
        ({"a": "1"}, {"A": "1"}, True, TagPlan({"A": "1"}, ["a"], {"A": "1"})),
    ],
)
def test_the_least_that_turns_one_into_the_other(
    current: dict[str, str], wanted: dict[str, str], purge: bool, expected: TagPlan
) -> None:
    plan = plan_tags(current, wanted, purge=purge)
    assert plan == expected
    assert plan.is_empty is (current == expected.after)


def test_more_than_ten_at_the_end_are_refused_with_their_number() -> None:
    ten = {str(number): "" for number in range(10)}
    assert plan_tags(ten, {"x": ""}, purge=True).after == {"x": ""}
    with pytest.raises(OptionError, match="11 tags") as caught:
        plan_tags(ten, {"x": ""}, purge=False)
    assert caught.value.option == "tags"


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
    during(calls, lambda client: apply_tags(client, "p1", plan))


def test_nothing_to_do_sends_nothing() -> None:
    during([], lambda client: apply_tags(client, "p1", TagPlan({}, [], {"a": "1"})))
    during([vbs("DELETE", f"{TAGS}/a", status=204)], lambda client: apply_tags(client, "p1", TagPlan({}, ["a"], {})))
