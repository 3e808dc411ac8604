# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import json
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.csbs_wire import (
    CHECKPOINT,
    ITEM,
    OTHER_CHECKPOINT,
    OTHER_ITEM,
    OTHER_SERVER,
    SERVER,
    failed_item,
    item,
    of_checkpoint,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, csbs

CheckpointInfo = t.Callable[..., Result]

# F §14.6, as it is there.
EXAMPLE = json.loads(
    r'{"checkpoint_item":{"id":"cccccccc-2222-3333-4444-555555555555",'
    r'"checkpoint_id":"bbbbbbbb-2222-3333-4444-555555555555","name":"web-1-manual","description":"",'
    r'"status":"available","resource_id":"aaaaaaaa-2222-3333-4444-555555555555","resource_type":"OS::Nova::Server",'
    r'"created_at":"2024-01-02T03:04:05.000001","updated_at":"2024-01-02T03:20:00.000001","tags":[],'
    r'"backup_data":{"eip":"","cloudservicetype":"server","ram":4096,"vcpus":2,"__openstack_region_name":"az-1",'
    r'"private_ip":"","disk":0,"imagetype":"gold"},"extend_info":{"auto_trigger":false,"progress":100,"fail_code":{},'
    r'"fail_op":"","fail_reason":"","copy_status":"na","size":1024,"resource_name":"web-1","volume_backups":['
    r'{"id":"dddddddd-2222-3333-4444-555555555555","name":"manualbk_1","status":"available","bootable":true,'
    r'"size":1024,"source_volume_id":"11111111-2222-3333-4444-555555555555","source_volume_name":"web-1-root",'
    r'"source_volume_size":40}]}}}'
)["checkpoint_item"]
SHOWN = {
    "id": CHECKPOINT,
    "status": "available",
    "created_at": "2024-01-02T03:04:05Z",
    "servers": [
        {"id": SERVER, "name": "web-1", "status": "available", "item_id": ITEM, "progress": 100, "error": None}
    ],
}


@pytest.fixture
def checkpoint_info(run: CheckpointInfo) -> CheckpointInfo:
    return functools.partial(run, "csbs_checkpoint_info")


def everything(*rows: t.Any) -> Call:
    return csbs("GET", "/v1/checkpoint_items?limit=1000", answer={"checkpoint_items": list(rows)})


def numbered(number: int, checkpoint_id: str, **more: t.Any) -> dict[str, t.Any]:
    """One of many items, the later the higher the number."""
    made = f"2026-11-21T12:{number:02d}:00.000000"
    return item(**{"id": f"item-{number}", "checkpoint_id": checkpoint_id, "created_at": made, **more})


def test_the_documented_item_becomes_the_documented_result(checkpoint_info: CheckpointInfo) -> None:
    result = checkpoint_info({"id": CHECKPOINT}, [of_checkpoint(EXAMPLE)])
    assert result["checkpoints"] == [SHOWN]
    assert result["changed"] is False


def test_items_are_put_together_newest_first(checkpoint_info: CheckpointInfo) -> None:
    rows = [numbered(5, "old"), numbered(7, "new"), numbered(4, "old", resource_id=OTHER_SERVER)]
    shown = checkpoint_info({}, [everything(*rows)])["checkpoints"]
    assert [(row["id"], row["created_at"]) for row in shown] == [
        ("new", "2026-11-21T12:07:00Z"),
        ("old", "2026-11-21T12:04:00Z"),
    ]
    assert [row["item_id"] for row in shown[1]["servers"]] == ["item-5", "item-4"]


@pytest.mark.parametrize(
    ("statuses", "derived"),
    [
        (["available", "available"], "available"),
        (["available", "protecting"], "protecting"),
        (["error", "waiting_protect", "deleting"], "protecting"),
        (["available", "error", "deleting"], "error"),
        (["available", "waiting_delete"], "deleting"),
        (["available", "waiting_restore"], "restoring"),
        (["available", "deleted"], "available"),
        (["available", "odd"], "odd"),
        ([None], None),
    ],
)
def test_the_state_of_a_checkpoint_follows_from_its_items(
    checkpoint_info: CheckpointInfo, statuses: list[t.Any], derived: str | None
) -> None:
    rows = [numbered(number, CHECKPOINT, status=status) for number, status in enumerate(statuses)]
    assert [row["status"] for row in checkpoint_info({}, [everything(*rows)])["checkpoints"]] == [derived]


def test_a_checkpoint_of_deleted_items_is_none(checkpoint_info: CheckpointInfo) -> None:
    assert checkpoint_info({}, [everything(item(status="deleted"))])["checkpoints"] == []


ROWS = [
    item(),
    failed_item(OTHER_SERVER),
    numbered(9, OTHER_CHECKPOINT, status="protecting"),
    numbered(8, "third", resource_id=OTHER_SERVER, extend_info={"resource_name": "web-2"}),
]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, [OTHER_CHECKPOINT, "third", CHECKPOINT]),
        ({"limit": 2}, [OTHER_CHECKPOINT, "third"]),
        ({"server": SERVER}, [OTHER_CHECKPOINT, CHECKPOINT]),
        ({"server": "web-2"}, ["third", CHECKPOINT]),
        ({"server": "web-2", "limit": 1}, ["third"]),
        ({"server": "unknown"}, []),
        ({"status": "error"}, [CHECKPOINT]),
        ({"status": "available", "server": "web-1"}, []),
    ],
)
def test_conditions(checkpoint_info: CheckpointInfo, options: t.Any, found: list[str]) -> None:
    shown = checkpoint_info(options, [everything(*ROWS)])["checkpoints"]
    assert [row["id"] for row in shown] == found


def test_a_checkpoint_is_shown_whole_with_the_reason_of_a_failure(checkpoint_info: CheckpointInfo) -> None:
    (shown,) = checkpoint_info({"server": "web-1", "status": "error"}, [everything(*ROWS)])["checkpoints"]
    assert [(row["name"], row["error"]) for row in shown["servers"]] == [
        ("web-1", None),
        ("web-2", "server has no disk (CSBS.6007)"),
    ]


def test_a_name_of_several_servers_is_refused_with_their_ids(checkpoint_info: CheckpointInfo) -> None:
    rows = [item(), item(OTHER_SERVER, info={"resource_name": "web-1"})]
    result = checkpoint_info({"server": "web-1"}, [everything(*rows)])
    assert result.failed
    assert f"{SERVER}, {OTHER_SERVER}" in result["msg"]


def test_the_filter_is_applied_again(checkpoint_info: CheckpointInfo) -> None:
    rows = [item(), item(OTHER_SERVER, checkpoint_id=OTHER_CHECKPOINT)]
    assert [row["id"] for row in checkpoint_info({"id": CHECKPOINT}, [of_checkpoint(*rows)])["checkpoints"]] == [
        CHECKPOINT
    ]


def test_pages_go_on_by_offset_where_a_full_one_has_no_link(checkpoint_info: CheckpointInfo) -> None:
    full = [numbered(0, CHECKPOINT, id=f"item-{number}") for number in range(1000)]
    second = csbs(
        "GET",
        "/v1/checkpoint_items?limit=1000&offset=1000",
        answer={"checkpoint_items": [numbered(1, CHECKPOINT, id=OTHER_ITEM)]},
    )
    (shown,) = checkpoint_info({}, [everything(*full), second])["checkpoints"]
    assert len(shown["servers"]) == 1001


@pytest.mark.parametrize(
    ("info", "progress", "name"),
    [
        ({"progress": "55", "resource_name": "a"}, 55, "a"),
        ('{"progress": 7.0}', 7, None),
        ("not JSON", None, None),
        (None, None, None),
        ([], None, None),
        ({"progress": True, "resource_name": 5}, None, None),
    ],
)
def test_extend_info_of_any_type_is_normal(
    checkpoint_info: CheckpointInfo, info: t.Any, progress: int | None, name: str | None
) -> None:
    (shown,) = checkpoint_info({}, [everything({**item(), "extend_info": info})])["checkpoints"]
    (server,) = shown["servers"]
    assert (server["progress"], server["name"]) == (progress, name)


@pytest.mark.parametrize(
    ("info", "error"),
    [
        ({}, "the service gave no reason"),
        ({"fail_code": "{}"}, "the service gave no reason"),
        ({"fail_code": {"Code": "CSBS.6007"}}, "the server has no disk (CSBS.6007)"),
        ({"fail_code": '{"Code": "X.1", "Description": "broken"}'}, "broken (X.1)"),
        ({"fail_code": {"Code": 5, "Description": None}, "fail_reason": "because"}, "because"),
    ],
)
def test_the_reason_of_a_failure(checkpoint_info: CheckpointInfo, info: t.Any, error: str) -> None:
    (shown,) = checkpoint_info({}, [everything({**item(status="error"), "extend_info": info})])["checkpoints"]
    assert shown["servers"][0]["error"] == error


def test_an_item_without_a_checkpoint_is_an_unusable_answer(checkpoint_info: CheckpointInfo) -> None:
    assert "no 'checkpoint_id'" in checkpoint_info({}, [everything(item(checkpoint_id=None))])["msg"]


@pytest.mark.parametrize(
    ("options", "named"), [({"id": "a/b"}, "id"), ({"server": ""}, "server"), ({"limit": 0}, "limit")]
)
def test_what_cannot_be_searched_for_is_refused(checkpoint_info: CheckpointInfo, options: t.Any, named: str) -> None:
    assert checkpoint_info(options)["msg"].startswith(f"{named}: ")
