# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    POLICY,
    listed,
    policy,
    refusal,
    tags,
)

Policy = t.Callable[..., Result]
Pairs = dict[str, str]

TAGS = f"/v2/backuppolicy/{POLICY}/tags"


@pytest.fixture
def vbs_policy(run: Policy) -> Policy:
    return functools.partial(run, "vbs_policy")


def add(key: str, value: str) -> Call:
    return vbs("POST", TAGS, body={"tag": {"key": key, "value": value}}, status=204)


def add_all(**pairs: str) -> Call:
    rows = [{"key": key, "value": value} for key, value in pairs.items()]
    return vbs("POST", TAGS + "/action", body={"action": "create", "tags": rows}, status=204)


def change_all(**pairs: str) -> Call:
    rows = [{"key": key, "value": value} for key, value in pairs.items()]
    return vbs("POST", TAGS + "/action", body={"action": "update", "tags": rows}, status=204)


def drop(key: str) -> Call:
    return vbs("DELETE", f"{TAGS}/{key}", status=204)


def drop_all(*keys: str) -> Call:
    rows = [{"key": key} for key in keys]
    return vbs("POST", TAGS + "/action", body={"action": "delete", "tags": rows}, status=204)


CHANGES: dict[str, tuple[Pairs, Pairs, bool, list[Call], Pairs]] = {
    "one new": ({}, {"a": "1"}, True, [add("a", "1")], {"a": "1"}),
    "several new": ({}, {"a": "1", "b": ""}, True, [add_all(a="1", b="")], {"a": "1", "b": ""}),
    # Only of the batch call it is documented that it overwrites.
    "another value": ({"a": "1"}, {"a": "2"}, True, [change_all(a="2")], {"a": "2"}),
    "other values": (
        {"a": "1", "b": "1"},
        {"a": "2", "b": "2"},
        True,
        [change_all(a="2", b="2")],
        {"a": "2", "b": "2"},
    ),
    "one new and another value": (
        {"a": "1"},
        {"a": "2", "b": "1"},
        True,
        [add_all(a="2", b="1")],
        {"a": "2", "b": "1"},
    ),
    "dots, which cannot be part of an address": ({".": "1"}, {}, True, [drop_all(".")], {}),
    "one to remove": ({"a": "1", "b": "2"}, {"a": "1"}, True, [drop("b")], {"a": "1"}),
    "a key to be quoted": ({"a #1": "1"}, {}, True, [drop("a%20%231")], {}),
    "several to remove": ({"a": "1", "b": "2", "c": "3"}, {"a": "1"}, True, [drop_all("b", "c")], {"a": "1"}),
    "all to remove": ({"a": "1", "b": "2"}, {}, True, [drop_all("a", "b")], {}),
    "both ways in two requests": (
        {"a": "1", "b": "2"},
        {"c": "3", "d": "4"},
        True,
        [drop_all("a", "b"), add_all(c="3", d="4")],
        {"c": "3", "d": "4"},
    ),
    "ten stay ten on the way": (
        {f"k{number}": "x" for number in range(10)},
        {"new": "y", **{f"k{number}": "x" for number in range(9)}},
        True,
        [drop("k9"), add("new", "y")],
        {"new": "y", **{f"k{number}": "x" for number in range(9)}},
    ),
    "others stay without purge": ({"a": "1"}, {"b": "2"}, False, [add("b", "2")], {"a": "1", "b": "2"}),
}
each_change = pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES.keys())


@each_change
def test_tags_change_with_the_fewest_requests(vbs_policy: Policy, case: t.Any) -> None:
    before, wanted, purge, writes, after = case
    options = {"name": "nightly", "tags": wanted, "purge_tags": purge}
    result = vbs_policy(options, [listed(policy()), tags(**before), *writes], diff=True)
    assert result["changed"] is True
    assert result["policy"]["tags"] == after
    assert (result["diff"]["before"]["tags"], result["diff"]["after"]["tags"]) == (before, after)
    predicted = vbs_policy(options, [listed(policy()), tags(**before)], check_mode=True, diff=True)
    assert (predicted["changed"], predicted["policy"]) == (True, result["policy"])
    assert predicted["diff"] == result["diff"]
    assert not vbs_policy(options, [listed(policy()), tags(**after)])["changed"]


@pytest.mark.parametrize(
    ("before", "options"),
    [
        ({"a": "1"}, {"tags": {"a": 1}}),
        ({}, {"tags": {}}),
        ({"a": "1"}, {"tags": {}, "purge_tags": False}),
        ({"a": "1", "b": "2"}, {"tags": {"b": "2"}, "purge_tags": False}),
    ],
)
def test_tags_that_are_already_so_are_two_requests_and_no_change(
    vbs_policy: Policy, before: Pairs, options: dict[str, t.Any]
) -> None:
    result = vbs_policy({"name": "nightly", **options}, [listed(policy()), tags(**before)])
    assert result["changed"] is False
    assert result["policy"]["tags"] == before


def test_tags_left_out_are_neither_read_nor_changed(vbs_policy: Policy) -> None:
    result = vbs_policy({"name": "nightly"}, [listed(policy())], diff=True)
    assert result["policy"]["tags"] is None
    assert "tags" not in result["diff"]["before"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_more_than_ten_in_the_end_are_refused_before_any_write(vbs_policy: Policy, check_mode: bool) -> None:
    before = {f"k{number}": "x" for number in range(10)}
    options = {"name": "nightly", "tags": {"new": "y"}, "purge_tags": False, "enabled": False}
    result = vbs_policy(options, [listed(policy()), tags(**before)], check_mode=check_mode)
    assert result.failed
    assert "tags" in result["msg"]
    assert "11" in result["msg"]


def test_a_schedule_and_tags_change_in_two_requests_and_one_look(vbs_policy: Policy) -> None:
    put = vbs("PUT", f"/v2/backuppolicy/{POLICY}", body={"scheduled_policy": {"status": "OFF"}}, answer={})
    after = policy(plan={"status": "OFF"})
    calls = [listed(policy()), tags(), put, add("a", "1"), listed(after)]
    result = vbs_policy({"name": "nightly", "enabled": False, "tags": {"a": "1"}}, calls)
    assert (result["policy"]["enabled"], result["policy"]["tags"]) == (False, {"a": "1"})


def test_what_was_changed_before_the_tags_failed_is_not_hidden(vbs_policy: Policy) -> None:
    put = vbs("PUT", f"/v2/backuppolicy/{POLICY}", body={"scheduled_policy": {"status": "OFF"}}, answer={})
    refused = add("a", "1").but(status=400, answer=refusal("AutoBackup.0214"))
    options = {"name": "nightly", "enabled": False, "tags": {"a": "1"}}
    result = vbs_policy(options, [listed(policy()), tags(), put, refused])
    assert result.failed
    assert result["error"]["code"] == "AutoBackup.0214"
    assert result["changed"] is True


def test_tags_removed_before_the_others_failed_are_not_hidden(vbs_policy: Policy) -> None:
    refused = add("b", "2").but(status=400, answer=refusal("AutoBackup.0214"))
    calls = [listed(policy()), tags(a="1"), drop("a"), refused]
    result = vbs_policy({"name": "nightly", "tags": {"b": "2"}}, calls)
    assert result.failed
    assert result["changed"] is True


def test_a_tag_that_is_gone_meanwhile_is_no_failure(vbs_policy: Policy) -> None:
    gone = drop("a").but(status=404, answer=refusal("AutoBackup.0216"))
    assert not vbs_policy({"name": "nightly", "tags": {}}, [listed(policy()), tags(a="1"), gone]).failed


@pytest.mark.parametrize("given", [{"name": "nightly"}, {"id": POLICY}])
def test_absent_deletes_and_again_does_nothing(vbs_policy: Policy, given: dict[str, t.Any]) -> None:
    options = {**given, "state": "absent"}
    delete = vbs("DELETE", f"/v2/backuppolicy/{POLICY}", status=204)
    predicted = vbs_policy(options, [listed(policy())], check_mode=True, diff=True)
    result = vbs_policy(options, [listed(policy()), delete], diff=True)
    assert (predicted["changed"], predicted["policy"], predicted["diff"]) == (True, None, result["diff"])
    assert (result["changed"], result["policy"]) == (True, None)
    assert result["diff"]["before"]["name"] == "nightly"
    assert result["diff"]["after"] == {}
    for check_mode in (True, False):
        again = vbs_policy(options, [listed(policy("another", "weekly"))], check_mode=check_mode)
        assert (again["changed"], again["policy"]) == (False, None)


def test_a_policy_that_was_deleted_by_another_is_no_failure(vbs_policy: Policy) -> None:
    gone = vbs("DELETE", f"/v2/backuppolicy/{POLICY}", status=404, answer=refusal("AutoBackup.0205"))
    assert not vbs_policy({"name": "nightly", "state": "absent"}, [listed(policy()), gone]).failed


def test_a_deletion_that_failed_in_the_back_end_is_sent_again(vbs_policy: Policy) -> None:
    delete = vbs("DELETE", f"/v2/backuppolicy/{POLICY}", status=204)
    fault = delete.but(status=400, answer=refusal("AutoBackup.1300"))
    assert not vbs_policy({"name": "nightly", "state": "absent"}, [listed(policy()), fault, delete]).failed


def test_a_refused_deletion_is_a_failure(vbs_policy: Policy) -> None:
    delete = vbs("DELETE", f"/v2/backuppolicy/{POLICY}", status=400, answer=refusal("AutoBackup.0100"))
    result = vbs_policy({"name": "nightly", "state": "absent"}, [listed(policy()), delete])
    assert result["error"]["code"] == "AutoBackup.0100"


def test_absent_takes_names_that_the_service_would_not_give(vbs_policy: Policy) -> None:
    name = "an old name with blanks"
    delete = vbs("DELETE", f"/v2/backuppolicy/{POLICY}", status=204)
    assert vbs_policy({"name": name, "state": "absent"}, [listed(policy(name=name)), delete])["changed"]
