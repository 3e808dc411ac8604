# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The server backup service's shapes: whatever comes in, what goes out has the documented types."""

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.huaweicloud.backup.plugins.module_utils import _csbs_model
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.contract import documented_results

Json = dict[str, t.Any]

WORDS = (
    "id",
    "name",
    "status",
    "description",
    "enabled",
    "resources",
    "scheduled_operations",
    "operation_definition",
    "trigger",
    "properties",
    "pattern",
    "max_backups",
    "retention_duration_days",
    "permanent",
    "tags",
    "key",
    "value",
    "created_at",
    "resource_id",
    "checkpoint_id",
    "extend_info",
    "resource_name",
    "progress",
    "fail_code",
    "fail_op",
    "fail_reason",
    "Code",
    "Description",
    "auto_trigger",
    "resource_type",
    "result",
    "error_code",
    "error_msg",
    "type",
)
TEXTS = ("available", "protecting", "error", "True", "false", "-1", "7", "2024-01-02T03:04:05.000001", "{}", "[]", "")
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.sampled_from((*TEXTS, "x")), st.sampled_from(WORDS)
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(WORDS), inner, max_size=6),
        # An object as text.
        st.dictionaries(st.sampled_from(WORDS), inner, max_size=3).map(json.dumps),
    ),
    max_leaves=30,
)
OBJECTS = st.dictionaries(st.sampled_from(WORDS), ANYTHING, max_size=20)
TYPES: dict[str, t.Any] = {"str": str, "int": int, "bool": bool, "list": list, "dict": dict}


def check(row: t.Any, value: t.Any) -> None:
    """Hold a value against its RETURN documentation."""
    if value is None:
        return
    assert isinstance(value, TYPES[row["type"]]), value
    assert row["type"] == "bool" or not isinstance(value, bool)
    if "contains" in row:
        for entry in value if isinstance(value, list) else [value]:
            assert set(entry) == set(row["contains"])
            for key, inner in entry.items():
                check(row["contains"][key], inner)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(OBJECTS)
def test_any_object_becomes_the_documented_shape(wire: Json) -> None:
    wire = {**wire, "checkpoint_id": "c1"}
    check(documented_results("csbs_policy_info")["policies"], [_csbs_model.policy(wire)])
    check(documented_results("csbs_checkpoint_info")["checkpoints"], [_csbs_model.listed_checkpoint([wire])])
    check(documented_results("csbs_checkpoint")["checkpoint"], _csbs_model.checkpoint([wire]))
    check(documented_results("csbs_protectable_info")["servers"], [_csbs_model.protectable(wire)])
    assert str(_csbs_model.failure(wire))
    assert _csbs_model.is_automatic(wire) in (True, False)


@pytest.mark.parametrize(
    ("value", "shown"),
    [("True", True), (" false ", False), (True, True), (1, None), ("1", None), ("", None), (None, None), ([], None)],
)
def test_booleans(value: t.Any, shown: bool | None) -> None:
    assert _csbs_model.boolean(value) is shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [({"a": 1}, {"a": 1}), ('{"a": 1}', {"a": 1}), ("[1]", {}), ("no", {}), ("[" * 100000, {}), (None, {}), (5, {})],
)
def test_objects_as_texts(value: t.Any, shown: Json) -> None:
    assert _csbs_model.as_object(value) == shown


def test_without_items_a_checkpoint_is_all_null() -> None:
    assert set(_csbs_model.checkpoint([]).values()) == {None}
