# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wire shapes and documented shapes of backups and jobs; nothing of the wire is trusted."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model

BACKUP = "22222222-2222-3333-4444-555555555555"
VOLUME = "11111111-2222-3333-4444-555555555555"
# F §14.2
HUAWEI_BACKUP = {
    "id": BACKUP,
    "name": "nightly-1",
    "status": "available",
    "description": "before upgrade",
    "volume_id": VOLUME,
    "availability_zone": "az-1",
    "size": 40,
    "object_count": None,
    "container": None,
    "fail_reason": None,
    "snapshot_id": None,
    "is_incremental": False,
    "has_dependent_backups": False,
    "created_at": "2024-01-02T03:04:10.000000",
    "updated_at": "2024-01-02T03:10:00.000000",
    "data_timestamp": "2024-01-02T03:04:10.000000",
    "os-bak-tenant-attr:tenant_id": "0123456789abcdef0123456789abcdef",
    "service_metadata": ' {"bootable": false, "Type": 0, "progress": "100"} ',
    "links": [],
}
# As recorded on a plain OpenStack.
CINDER_BACKUP = {
    "availability_zone": None,
    "container": "b9/1e/b91ebde8",
    "created_at": "2026-11-21T05:16:36.000000",
    "data_timestamp": "2026-11-21T05:16:36.000000",
    "description": "first",
    "fail_reason": None,
    "has_dependent_backups": True,
    "id": "b91ebde8-68b0-4a17-b7fb-ce8f0fd290b4",
    "is_incremental": True,
    "links": [],
    "name": None,
    "object_count": 32,
    "size": 1,
    "snapshot_id": None,
    "status": "available",
    "updated_at": "2026-11-21T05:16:45.000000",
    "volume_id": VOLUME,
}
KEYS = [
    "id",
    "name",
    "status",
    "volume_id",
    "snapshot_id",
    "description",
    "size",
    "availability_zone",
    "created_at",
    "updated_at",
    "fail_reason",
    "incremental",
    "metadata",
]
STRANGE = [None, "", 0, 1.5, True, [], {}, [1], {"a": 1}, "\x00"]


def test_a_backup_of_huawei_is_shown_as_documented() -> None:
    assert _model.backup(HUAWEI_BACKUP) == {
        "id": BACKUP,
        "name": "nightly-1",
        "status": "available",
        "volume_id": VOLUME,
        "snapshot_id": None,
        "description": "before upgrade",
        "size": 40,
        "availability_zone": "az-1",
        "created_at": "2024-01-02T03:04:10Z",
        "updated_at": "2024-01-02T03:10:00Z",
        "fail_reason": None,
        "incremental": False,
        "metadata": {"bootable": False, "Type": 0, "progress": "100"},
    }


def test_a_backup_of_a_plain_openstack_has_the_same_keys() -> None:
    shown = _model.backup(CINDER_BACKUP)
    assert list(shown) == KEYS
    assert (shown["name"], shown["incremental"], shown["metadata"]) == (None, True, None)
    assert shown["created_at"] == "2026-11-21T05:16:36Z"


def test_what_is_often_null_is_shown_where_it_is_there() -> None:
    wire = {**HUAWEI_BACKUP, "snapshot_id": "s1", "fail_reason": "back end is full", "availability_zone": None}
    shown = _model.backup(wire)
    assert (shown["snapshot_id"], shown["fail_reason"], shown["availability_zone"]) == ("s1", "back end is full", None)


@pytest.mark.parametrize("strange", STRANGE)
def test_no_type_of_any_field_breaks_a_backup_or_a_job(strange: t.Any) -> None:
    shown = _model.backup(dict.fromkeys(HUAWEI_BACKUP, strange))
    assert list(shown) == KEYS
    assert shown["created_at"] is None
    job = _model.job(dict.fromkeys(["job_id", "status", "entities", "begin_time", "error_code"], strange))
    assert isinstance(job["entities"], dict)
    assert job["begin_time"] is None


@pytest.mark.parametrize(
    ("wire", "incremental"),
    [
        ({}, None),
        ({"is_incremental": True}, True),
        ({"is_incremental": "true"}, None),
        ({"is_incremental": False, "service_metadata": '{"Type": 1}'}, True),
        ({"is_incremental": True, "service_metadata": '{"Type": "0"}'}, False),
        ({"is_incremental": True, "service_metadata": '{"Type": null}'}, True),
        ({"is_incremental": False, "description": '{"DESC": "d", "INC": 1}'}, True),
        ({"is_incremental": True, "description": '{"DESC": "d", "INC": 0}'}, False),
        ({"description": '{"INC": 0}', "service_metadata": '{"Type": 1}'}, True),
        ({"is_incremental": True, "description": '{"DESC": "d"}'}, True),
    ],
)
def test_incremental_is_what_the_metadata_says_then_the_description_then_the_flag(
    wire: dict[str, t.Any], incremental: bool | None
) -> None:
    assert _model.backup(wire)["incremental"] is incremental


@pytest.mark.parametrize(
    ("value", "description"),
    [
        ("plain", "plain"),
        ("", None),
        (None, None),
        ('{"DESC": "d", "INC": 1}', "d"),
        (' {"DESC": "d", "INC": 1}', "d"),
        ('{"DESC": "", "INC": 1}', None),
        ('{"INC": 1}', None),
        ('{"other": 1}', '{"other": 1}'),
        ("{broken", "{broken"),
        ("[1]", "[1]"),
        ('{"DESC": 7}', None),
        ("{" * 100000, "{" * 100000),
    ],
)
def test_a_description_is_plain_text_or_json_of_one_kind(value: t.Any, description: str | None) -> None:
    assert _model.backup({"description": value})["description"] == description


@pytest.mark.parametrize(
    ("value", "metadata"),
    [
        (' {"ST": 1} ', {"ST": 1}),
        ({"ST": 1}, {"ST": 1}),
        ("{}", {}),
        ("", None),
        ("not json", None),
        ("[1]", None),
        ('"x"', None),
        (None, None),
        (7, None),
        ("[" * 100000, None),
        ('{"ST": 1', None),
    ],
)
def test_metadata_is_parsed_or_null(value: t.Any, metadata: t.Any) -> None:
    assert _model.backup({"service_metadata": value})["metadata"] == metadata


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-01-02T03:04:05.100Z", "2024-01-02T03:04:05Z"),
        ("2024-01-02T22:00:00.123", "2024-01-02T22:00:00Z"),
        ("2024-01-02T03:04:10.000000", "2024-01-02T03:04:10Z"),
        ("2024-01-02T03:04:10", "2024-01-02T03:04:10Z"),
        ("2024-01-02T03:04:10Z", "2024-01-02T03:04:10Z"),
        ("2024-01-02 03:00:00", "2024-01-02T03:00:00Z"),
        ("2024-01-02T03:04", None),
        ("2024-01-02", None),
        ("2024-01-02T03:04:10+02:00", None),
        ("2024-01-02T03:04:10Zx", None),
        ("2024-01-02T03:04:10Z\n", None),
        (" 2024-01-02T03:04:10", None),
        ("", None),
        (None, None),
        (1704164645, None),
    ],
)
def test_every_time_of_the_services_is_shown_alike(value: t.Any, expected: str | None) -> None:
    assert _model.moment(value) == expected
    assert (_model.seconds(value) is None) is (expected is None)


def test_times_are_utc_whatever_the_machine() -> None:
    assert _model.seconds("2024-01-02T03:04:05.999") == 1704164645.0
    assert _model.seconds("2024-13-45T99:99:99") is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (7, 7),
        (0, 0),
        (-1, -1),
        ("7", 7),
        (" 20 ", 20),
        ("-1", -1),
        (7.0, 7),
        (7.5, None),
        (float("nan"), None),
        (float("inf"), None),
        (True, None),
        (False, None),
        ("", None),
        ("7.0", None),
        ("0x7", None),
        ("\u0667", None),
        ("9" * 5000, None),
        (None, None),
        ([7], None),
    ],
)
def test_a_number_may_come_as_text(value: t.Any, expected: int | None) -> None:
    assert _model.number(value) == expected
    assert not isinstance(_model.number(value), bool)


def test_a_job_is_shown_as_documented_with_empty_texts_as_null() -> None:
    # F §14.2, the failed one.
    wire = {
        "status": "FAIL",
        "entities": {"backup_id": "", "volume_id": VOLUME},
        "job_id": "00000000-aaaa-bbbb-cccc-000000000001",
        "job_type": "bksCreateBackup",
        "begin_time": "2024-01-02T03:04:05.100Z",
        "end_time": "",
        "error_code": "VolumeBackup.0064",
        "fail_reason": "backup ended in error",
    }
    assert _model.job(wire) == {
        "id": "00000000-aaaa-bbbb-cccc-000000000001",
        "type": "bksCreateBackup",
        "status": "FAIL",
        "begin_time": "2024-01-02T03:04:05Z",
        "end_time": None,
        "error_code": "VolumeBackup.0064",
        "fail_reason": "backup ended in error",
        "entities": {"backup_id": None, "volume_id": VOLUME},
    }
    assert _model.new_job("j1") == {**dict.fromkeys(_model.job({})), "id": "j1", "entities": {}}


def test_a_backup_that_is_not_made_yet_has_the_same_keys_and_nulls() -> None:
    predicted = _model.new_backup(name="n", volume_id=VOLUME, size=40, status="available", description=None)
    assert list(predicted) == KEYS
    given = {"name": "n", "volume_id": VOLUME, "size": 40, "status": "available"}
    assert {key: value for key, value in predicted.items() if value is not None} == given


def test_tags_go_out_as_a_list_of_pairs() -> None:
    assert _model.tag_pairs({"a": "1", "b": None}) == [{"key": "a", "value": "1"}, {"key": "b", "value": None}]


@pytest.mark.parametrize("levels", [5, 25, 900])
def test_what_is_nested_deeper_than_can_be_shown_is_null_at_its_bottom(levels: int) -> None:
    nested: t.Any = "bottom"
    for _level in range(levels):
        nested = [{"a": nested}]
    entities = _model.job({"job_id": "j", "entities": {"backup_id": "b", "x": nested}})["entities"]
    metadata = _model.backup({"service_metadata": {"x": nested}})["metadata"]
    assert entities["backup_id"] == "b"
    assert ("bottom" in str(entities), "bottom" in str(metadata)) == (levels == 5, levels == 5)
    json.dumps([entities, metadata])
