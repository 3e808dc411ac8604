# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass, field

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, lost, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    OTHER_POLICY,
    POLICY,
    gateway,
    listed,
    policy,
    refusal,
    tags,
)

PolicyTags = t.Callable[..., Result]
Json = dict[str, t.Any]
Pairs = dict[str, str]

PATH = f"/v2/backuppolicy/{POLICY}/tags"
TEN = {f"k{number}": "x" for number in range(10)}


@pytest.fixture
def policy_tags(run: PolicyTags) -> PolicyTags:
    return functools.partial(run, "vbs_policy_tags")


def want(pairs: Json, **more: t.Any) -> Json:
    return {"policy": POLICY, "tags": pairs, **more}


def drop_these(pairs: Json) -> Json:
    return want(pairs, state="absent")


def add(key: str, value: str, **more: t.Any) -> Call:
    return vbs("POST", PATH, body={"tag": {"key": key, "value": value}}, status=204).but(**more)


def batch(action: str, pairs: t.Any, **more: t.Any) -> Call:
    rows = [{"key": key, "value": value} for key, value in pairs.items()]
    return vbs("POST", PATH + "/action", body={"action": action, "tags": rows}, status=204).but(**more)


def drop(key: str, **more: t.Any) -> Call:
    return vbs("DELETE", f"{PATH}/{key}", status=204).but(**more)


def drop_all(*keys: str, **more: t.Any) -> Call:
    body = {"action": "delete", "tags": [{"key": key} for key in keys]}
    return vbs("POST", PATH + "/action", body=body, status=204).but(**more)


@dataclass(frozen=True)
class Case:
    """The tags before, what is asked for, the requests that write, and what is added, removed and updated."""

    before: Pairs
    options: Json
    writes: list[Call]
    added: Pairs = field(default_factory=dict)
    removed: Pairs = field(default_factory=dict)
    updated: Pairs = field(default_factory=dict)

    @property
    def after(self) -> Pairs:
        kept = {key: value for key, value in self.before.items() if key not in self.removed}
        return {**kept, **self.updated, **self.added}


CHANGES = {
    "one new": Case({"b": "1"}, want({"a": "1"}), [add("a", "1")], {"a": "1"}),
    "a new one without a value": Case({}, want({"a": ""}), [add("a", "")], {"a": ""}),
    "a number": Case({}, want({"a": 1}), [add("a", "1")], {"a": "1"}),
    "Chinese": Case({}, want({"环境": "生产"}), [add("环境", "生产")], {"环境": "生产"}),
    "several new": Case({}, want({"a": "1", "b": "2"}), [batch("create", {"a": "1", "b": "2"})], {"a": "1", "b": "2"}),
    "another value": Case({"a": "1"}, want({"a": "2"}), [batch("update", {"a": "2"})], updated={"a": "2"}),
    "other values": Case(
        {"a": "1", "b": "1"},
        want({"a": "2", "b": ""}),
        [batch("update", {"a": "2", "b": ""})],
        updated={"a": "2", "b": ""},
    ),
    "new ones and other values": Case(
        {"a": "1"}, want({"b": "2", "a": "2"}), [batch("create", {"a": "2", "b": "2"})], {"b": "2"}, updated={"a": "2"}
    ),
    "purge one": Case({"a": "1", "b": "2"}, want({"a": "1"}, purge_tags=True), [drop("b")], removed={"b": "2"}),
    "purge all": Case(
        {"a": "1", "b": "2"}, want({}, purge_tags=True), [drop_all("a", "b")], removed={"a": "1", "b": "2"}
    ),
    "purge, then add: ten stay ten on the way": Case(
        TEN,
        want({"new": "y", **{key: "x" for key in TEN if key != "k9"}}, purge_tags=True),
        [drop("k9"), add("new", "y")],
        {"new": "y"},
        {"k9": "x"},
    ),
    "absent, whatever its value": Case({"a": "1", "b": "2"}, drop_these({"a": None}), [drop("a")], removed={"a": "1"}),
    "absent, with this value": Case({"a": "1"}, drop_these({"a": "1"}), [drop("a")], removed={"a": "1"}),
    "absent, with an empty value": Case(
        {"a": "", "b": "2"}, drop_these({"a": "", "b": ""}), [drop("a")], removed={"a": ""}
    ),
    "absent, several": Case(
        {"a": "1", "b": "2", "c": "3"},
        drop_these({"b": "2", "a": None, "c": "no", "d": None}),
        [drop_all("a", "b")],
        removed={"a": "1", "b": "2"},
    ),
    "absent, more than ten are named": Case(
        {"k1": "x"}, drop_these({**dict.fromkeys(TEN), "more": None}), [drop("k1")], removed={"k1": "x"}
    ),
    "absent, a key to be quoted": Case(
        {"a b#1%?": "1"}, drop_these({"a b#1%?": None}), [drop("a%20b%231%25%3F")], removed={"a b#1%?": "1"}
    ),
    "absent, a slash": Case({"a/b": "1"}, drop_these({"a/b": None}), [drop("a%2Fb")], removed={"a/b": "1"}),
    "absent, a dot": Case({".": "1"}, drop_these({".": None}), [drop_all(".")], removed={".": "1"}),
    "absent, two dots": Case({"..": "1"}, drop_these({"..": None}), [drop_all("..")], removed={"..": "1"}),
}


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES.keys())
def test_tags_change_with_the_fewest_requests(policy_tags: PolicyTags, case: Case) -> None:
    result = policy_tags(case.options, [tags(**case.before), *case.writes], diff=True)
    assert result["changed"] is True
    assert result["tags"] == case.after
    assert [result[name] for name in ("added", "removed", "updated")] == [case.added, case.removed, case.updated]
    assert result["diff"] == {"before": {"tags": case.before}, "after": {"tags": case.after}}
    predicted = policy_tags(case.options, [tags(**case.before)], check_mode=True, diff=True)
    assert dict(predicted.data, invocation=None) == dict(result.data, invocation=None)
    for check_mode in (True, False):
        again = policy_tags(case.options, [tags(**case.after)], check_mode=check_mode, diff=True)
        assert again["changed"] is False
        assert again["diff"]["before"] == again["diff"]["after"] == {"tags": case.after}
        assert [again[name] for name in ("tags", "added", "removed", "updated")] == [case.after, {}, {}, {}]


UNCHANGED = {
    "the same": ({"a": "1", "b": ""}, want({"b": "", "a": 1})),
    "some of them": ({"a": "1", "b": "2"}, want({"a": "1"})),
    "none": ({"a": "1"}, want({})),
    "purge none": ({}, want({}, purge_tags=True)),
    "absent, not there": ({"a": "1"}, drop_these({"b": None})),
    "absent, another value": ({"a": "1"}, drop_these({"a": "2"})),
    "absent, an empty value": ({"a": "1"}, drop_these({"a": ""})),
    "absent, none": ({"a": "1"}, drop_these({})),
    "ten": (TEN, want(TEN)),
    "more than ten, which another tool made": ({**TEN, "more": "y"}, want({"more": "y"})),
}


@pytest.mark.parametrize(("before", "options"), UNCHANGED.values(), ids=UNCHANGED.keys())
def test_what_is_so_already_costs_one_request(policy_tags: PolicyTags, before: Pairs, options: Json) -> None:
    result = policy_tags(options, [tags(**before)])
    assert (result["changed"], result["tags"]) == (False, before)


def test_a_name_is_looked_up(policy_tags: PolicyTags) -> None:
    result = policy_tags({**want({"a": "1"}), "policy": "nightly"}, [listed(policy()), tags(a="1")])
    assert result["changed"] is False


def test_an_id_that_is_none_is_tried_as_a_name(policy_tags: PolicyTags) -> None:
    gone = tags().but(status=404, answer=refusal("AutoBackup.0205"))
    calls = [gone, listed(policy(OTHER_POLICY, POLICY)), tags(OTHER_POLICY, a="1")]
    assert policy_tags(want({"a": "1"}), calls)["changed"] is False
    as_400 = tags().but(status=400, answer=refusal("AutoBackup.1100"))
    result = policy_tags(want({"a": "1"}), [as_400, listed(policy(OTHER_POLICY))])
    assert result["msg"].startswith(f"policy: there is no policy '{POLICY}'")


def test_equal_names_fail_and_list_the_ids(policy_tags: PolicyTags) -> None:
    result = policy_tags({**want({}), "policy": "nightly"}, [listed(policy(), policy(OTHER_POLICY))])
    assert result["msg"].startswith("policy: ")
    assert f"{POLICY}, {OTHER_POLICY}" in result["msg"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_more_than_ten_are_refused_with_the_count_before_any_write(policy_tags: PolicyTags, check_mode: bool) -> None:
    result = policy_tags(want({"new": "y", "newer": "y"}), [tags(**TEN)], check_mode=check_mode)
    assert result.failed
    assert "12 tags" in result["msg"]
    assert "10" in result["msg"]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (want({"a": "1"}, policy=""), "policy"),
        (want({"a": None}), "tags"),
        (want({"a": True}), "tags"),
        (want({"a": 1.5}), "tags"),
        (want({"a": ["1"]}), "tags"),
        (want({"": "1"}), "tags"),
        (want({"k" * 37: "1"}), "tags"),
        (want({"a": "v" * 44}), "tags"),
        (want({"a=b": "1"}), "tags"),
        (want({"a": "x/y"}), "tags"),
        (want({**TEN, "more": "y"}), "tags"),
        (drop_these({"a": False}), "tags"),
        (drop_these({"": None}), "tags"),
        (drop_these({"k" * 128: None}), "tags"),
        (drop_these({"a": "v" * 256}), "tags"),
        (drop_these({"a\n": None}), "tags"),
        (want({}, state="absent", purge_tags=True), "purge_tags"),
    ],
)
def test_bad_input_is_refused_by_the_options_name_before_any_request(
    policy_tags: PolicyTags, options: Json, named: str
) -> None:
    result = policy_tags(options)
    assert result.failed
    assert result["msg"].startswith(named + ":")


def test_what_was_removed_before_the_others_failed_is_not_hidden(policy_tags: PolicyTags) -> None:
    refused = add("b", "2", status=400, answer=refusal("AutoBackup.0215"))
    result = policy_tags(want({"b": "2"}, purge_tags=True), [tags(a="1"), drop("a"), refused])
    assert result.failed
    assert result["error"]["code"] == "AutoBackup.0215"
    assert result["changed"] is True
    assert [result[name] for name in ("tags", "added", "removed", "updated")] == [{}, {}, {"a": "1"}, {}]


@pytest.mark.parametrize(
    ("write", "options"),
    [
        (add("b", "2"), want({"b": "2"})),
        (batch("update", {"a": "2"}), want({"a": "2"})),
        (drop("a"), drop_these({"a": None})),
    ],
)
def test_a_refusal_is_told_and_nothing_is_claimed(policy_tags: PolicyTags, write: Call, options: Json) -> None:
    result = policy_tags(options, [tags(a="1"), write.but(status=403, answer=gateway("APIGW.0302"))])
    assert result.failed
    assert POLICY in result["msg"]
    assert (result["error"]["code"], result["changed"]) == ("APIGW.0302", False)


@pytest.mark.parametrize(
    ("write", "options", "after"),
    [
        (add("b", "2"), want({"b": "2"}), {"a": "1", "b": "2"}),
        (batch("update", {"a": "2"}), want({"a": "2"}), {"a": "2"}),
        (drop("a"), drop_these({"a": None}), {}),
    ],
)
def test_a_write_whose_answer_is_lost_is_sent_again(
    policy_tags: PolicyTags, write: Call, options: Json, after: Pairs
) -> None:
    result = policy_tags(options, [tags(a="1"), write.but(error=lost()), write])
    assert (result["changed"], result["tags"]) == (True, after)


def test_a_tag_that_is_gone_meanwhile_is_no_failure(policy_tags: PolicyTags) -> None:
    gone = drop("a", status=404, answer=refusal("AutoBackup.0216"))
    assert policy_tags(drop_these({"a": None}), [tags(a="1"), gone])["tags"] == {}


def test_a_policy_that_is_gone_meanwhile_is_a_failure(policy_tags: PolicyTags) -> None:
    gone = drop("a", status=404, answer=refusal("AutoBackup.0205"))
    assert policy_tags(drop_these({"a": None}), [tags(a="1"), gone])["error"]["code"] == "AutoBackup.0205"


@pytest.mark.parametrize(
    "answer", [{}, {"tags": None}, {"tags": {}}, {"tags": ["a"]}, {"tags": [{"value": "1"}]}, {"tags": [{"key": 1}]}]
)
def test_an_unusable_answer_is_a_clear_failure(policy_tags: PolicyTags, answer: Json) -> None:
    result = policy_tags(want({}), [tags().but(answer=answer)])
    assert result.failed
    assert f"tags of policy {POLICY}" in result["msg"]


def test_a_tag_without_a_value_has_an_empty_one(policy_tags: PolicyTags) -> None:
    answer = {"tags": [{"key": "a", "value": None}, {"key": "b"}]}
    assert policy_tags(want({"a": "", "b": ""}), [tags().but(answer=answer)])["changed"] is False
