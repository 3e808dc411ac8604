# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes out for a backup, and which rows may be what came of it; whole tasks are in test_vbs_backup_*."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._backup_request import (
    BackupRequest,
    volume_backups,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.clients import during
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import NOON, FakeClock
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import vbs

VOLUME = "11111111-2222-3333-4444-555555555555"
NAMED = {"volume_id": VOLUME, "name": "b"}


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({}, {}),
        ({"snapshot_id": "s"}, {"snapshot_id": "s"}),
        ({"description": ""}, {"description": ""}),
        ({"description": "d", "native": True}, {"description": "d"}),
        ({"tags": {"a": "1"}}, {"tags": [{"key": "a", "value": "1"}]}),
        ({"tags": {}}, {}),
        ({"tags": {"a": "1"}, "native": True}, {}),
        ({"full": True}, {"extend_param": {"FullBackup": "true"}}),
        ({"full": True, "native": True}, {}),
        ({"force": True, "native": True}, {"force": True}),
        ({"force": False, "native": True}, {"force": False}),
        ({"force": None, "native": True}, {}),
        ({"force": True}, {}),
    ],
)
def test_only_what_was_set_goes_out_because_a_plain_openstack_refuses_the_rest(
    given: dict[str, t.Any], body: dict[str, t.Any]
) -> None:
    assert BackupRequest(volume_id=VOLUME, name="b", **given).body() == {**NAMED, **body}
    assert "name" not in BackupRequest(volume_id=VOLUME, name=None, **given).body()


@pytest.mark.parametrize(
    ("given", "row", "fits"),
    [
        ({}, NAMED, True),
        ({}, {**NAMED, "snapshot_id": "made by the service"}, True),
        ({}, {**NAMED, "name": "other"}, False),
        ({}, {**NAMED, "volume_id": "other"}, False),
        ({"snapshot_id": "s"}, {**NAMED, "snapshot_id": "s"}, True),
        ({"snapshot_id": "s"}, {**NAMED, "snapshot_id": "other"}, False),
        ({"snapshot_id": "s"}, NAMED, False),
        ({"name": None}, {"volume_id": VOLUME, "name": None}, True),
        ({"name": None}, {"volume_id": VOLUME, "name": ""}, True),
        ({"name": None}, NAMED, False),
    ],
)
def test_a_row_fits_by_volume_name_and_the_snapshot_that_was_named(
    given: dict[str, t.Any], row: dict[str, t.Any], fits: bool
) -> None:
    request = BackupRequest(**{"volume_id": VOLUME, "name": "b", **given})
    assert request.matches(row) is fits


def test_a_volumes_backups_come_newest_first_with_the_services_own_time() -> None:
    rows = [
        {"id": "old", "volume_id": VOLUME, "created_at": "2026-11-20T00:00:00.000000"},
        {"id": "none", "volume_id": VOLUME, "created_at": None},
        {"id": "new", "volume_id": VOLUME, "created_at": "2026-11-21T00:00:00.000000"},
    ]
    links = [{"rel": "next", "href": "?marker=new"}]
    first = vbs("GET", f"/v2/backups/detail?volume_id={VOLUME}&limit=1000")
    calls = [
        first.but(answer={"backups": rows[:2], "backups_links": links}),
        first.but(url=f"{first.url}&marker=new", answer={"backups": rows[2:]}, headers={"Date": None}),
    ]
    found, date = during(calls, lambda client: volume_backups(client, VOLUME), clock=FakeClock())
    assert [row["id"] for row in found] == ["new", "old", "none"]
    assert date == NOON
