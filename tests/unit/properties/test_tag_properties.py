# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vbs_policy_tags: for any tags and any options, check mode tells what the run does, and a second run does nothing."""

from __future__ import annotations

import typing as t

from hypothesis import event, given
from hypothesis import strategies as st

from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud

Json = dict[str, t.Any]
Tags = dict[str, str]

POLICY = "66666666-2222-3333-4444-555555555555"
# Some that need quoting in an address or cannot be in one, and enough to have more than ten.
KEYS = st.sampled_from((".", "..", "a b#1", "50%?", "环境", *(f"k{number}" for number in range(8))))
VALUES = st.sampled_from(("", "1", "2", "x y"))
HELD = st.dictionaries(KEYS, VALUES, max_size=10)
# A number is what YAML makes of an unquoted one.
WANTED = st.dictionaries(KEYS, VALUES | st.sampled_from((1, 2)), max_size=10)
POLICY_NAMES = st.sampled_from((POLICY, "nightly"))
OPTIONS = st.one_of(
    st.fixed_dictionaries(
        {"policy": POLICY_NAMES, "tags": WANTED, "state": st.just("present"), "purge_tags": st.booleans()}
    ),
    st.fixed_dictionaries(
        {
            "policy": POLICY_NAMES,
            "tags": st.dictionaries(KEYS, VALUES | st.none(), max_size=13),
            "state": st.just("absent"),
        }
    ),
)
PARTS = ("tags", "added", "removed", "updated")


def expected(held: Tags, options: Json) -> Tags:
    """What tags there should be in the end."""
    named = {key: None if value is None else str(value) for key, value in options["tags"].items()}
    if options["state"] == "absent":
        return {key: value for key, value in held.items() if key not in named or named[key] not in (None, value)}
    wanted = {key: str(value) for key, value in named.items()}
    return wanted if options["purge_tags"] else {**held, **wanted}


@given(HELD, OPTIONS)
def test_check_mode_tells_what_the_run_does_and_a_second_run_does_nothing(held: Tags, options: Json) -> None:
    cloud = Cloud({}, 0)
    try:
        policy = cloud.add("policies", id=POLICY, name="nightly", tags=dict(held))
        other = cloud.add("policies", name="weekly", tags={"k1": "1"})
        _compare(cloud, policy, options, expected(held, options))
        assert other.tags == {"k1": "1"}
    finally:
        cloud.close()


def _compare(cloud: Cloud, policy: t.Any, options: Json, wanted: Tags) -> None:
    held = dict(policy.tags)
    predicted = cloud.run("vbs_policy_tags", options, check_mode=True)
    assert policy.tags == held
    real = cloud.run("vbs_policy_tags", options)
    assert predicted.failed == real.failed == (len(wanted) > 10)
    if real.failed:
        event("too many")
        assert f"{len(wanted)} tags" in real["msg"]
        assert (predicted["msg"], policy.tags, real.writes) == (real["msg"], held, [])
        return
    assert policy.tags == real["tags"] == wanted
    assert real["added"] == {key: value for key, value in wanted.items() if key not in held}
    assert real["removed"] == {key: value for key, value in held.items() if key not in wanted}
    assert real["updated"] == {key: value for key, value in wanted.items() if held.get(key, value) != value}
    assert [predicted[key] for key in ("changed", "diff", *PARTS)] == [real[key] for key in ("changed", "diff", *PARTS)]
    assert real["changed"] == (wanted != held)
    assert real["diff"] == {"before": {"tags": held}, "after": {"tags": wanted}}
    assert len(real.writes) == bool(real["removed"]) + bool(real["added"] or real["updated"])
    for check_mode in (True, False):
        again = cloud.run("vbs_policy_tags", options, check_mode=check_mode)
        assert (again["changed"], again.writes) == (False, [])
        assert [again[key] for key in PARTS] == [wanted, {}, {}, {}]
        # With the ID an unchanged run costs one request.
        assert len(again.sent) == (1 if options["policy"] == POLICY else 2)
