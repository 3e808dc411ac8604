# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_policy_info: the service's search finds what the options say, however many pages it takes."""

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.huaweicloud.backup.plugins.module_utils._api import policy_tags
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud

KEYS = st.sampled_from(["env", "team", "note"])
VALUES = st.sampled_from(["", "1", "2"])
TAGS = st.dictionaries(KEYS, VALUES)
CONDITION = st.dictionaries(KEYS, VALUES | st.lists(VALUES, min_size=1, unique=True), min_size=1)
CONDITIONS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("tags", "tags_any", "not_tags", "not_tags_any"), CONDITION),
        "name_contains": st.sampled_from(["a", "b", "ab"]),
    },
)


def hits(tags: dict[str, str], condition: dict[str, t.Any]) -> list[bool]:
    return [tags.get(key) in (value if isinstance(value, list) else [value]) for key, value in condition.items()]


def fits(name: str, tags: dict[str, str], asked: dict[str, t.Any]) -> bool:
    """What the options' documentation says."""
    return (
        all(hits(tags, asked.get("tags", {})))
        and ("tags_any" not in asked or any(hits(tags, asked["tags_any"])))
        and ("not_tags" not in asked or not all(hits(tags, asked["not_tags"])))
        and not any(hits(tags, asked.get("not_tags_any", {})))
        and asked.get("name_contains", "") in name
    )


@settings(max_examples=settings().max_examples // 3)
@given(st.lists(st.tuples(st.sampled_from(("a", "b", "ab", "ba")), TAGS), max_size=6), CONDITIONS)
def test_a_search_finds_what_the_options_say_page_by_page(
    held: list[tuple[str, dict[str, str]]], asked: dict[str, t.Any]
) -> None:
    cloud = Cloud({"policies_per_project": 0}, 0)
    try:
        for name, tags in held:
            cloud.add("policies", name=name, tags=dict(tags))
        _compare(cloud, asked, [(name, tags) for name, tags in held if fits(name, tags, asked)])
    finally:
        cloud.close()


def _compare(cloud: Cloud, asked: dict[str, t.Any], wanted: list[tuple[str, dict[str, str]]]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(policy_tags, "_PAGE", 2)
        found = cloud.run("vbs_policy_info", asked)
    assert [(row["name"], row["tags"]) for row in found["policies"]] == [
        (name, tags if asked else None) for name, tags in wanted
    ]
    assert found["count"] == len(wanted)
    pages = max(1, (len(wanted) + 1) // 2) if asked else 0
    assert [(body["action"], body["limit"], body["offset"]) for body in searches(found)] == [
        ("filter", "2", str(2 * page)) for page in range(pages)
    ]
    counted = cloud.run("vbs_policy_info", {**asked, "count_only": True})
    assert (counted["policies"], counted["count"]) == ([], len(wanted))
    if asked:
        assert [body["action"] for body in searches(counted)] == ["count"]
        assert len(counted.sent) == 1


def searches(result: Result) -> list[dict[str, t.Any]]:
    """The bodies of the searches that went out."""
    return [json.loads(sent.body) for sent in result.sent if sent.url.endswith("/resource_instances/action")]
