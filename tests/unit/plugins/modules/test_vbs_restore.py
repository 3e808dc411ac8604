# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What vbs_restore checks before it sends anything, in check mode too (contract §4; F §4.3)."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.restoring import (
    OPTIONS,
    OTHER_PROJECT,
    looks,
    post,
    read_backup,
    read_job,
    read_volume,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import PROJECT, Call, evs, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    OTHER_BACKUP,
    OTHER_VOLUME,
    VOLUME,
    backup,
    missing,
    refusal,
    volume,
)

Restore = t.Callable[..., Result]

both_modes = pytest.mark.parametrize("check_mode", [False, True], ids=["run", "check mode"])
both_forms = pytest.mark.parametrize("api", ["vbs", "native"])
OWNERS = ["os-bak-tenant-attr:tenant_id", "os-backup-project-attr:project_id", "os-backup-project-attr:tenant_id"]
SERVER = "aaaaaaaa-2222-3333-4444-555555555555"


@pytest.fixture
def restore(run: Restore) -> Restore:
    return functools.partial(run, "vbs_restore")


def named_backups(*rows: dict[str, t.Any]) -> Call:
    return vbs("GET", "/v2/backups/detail?name=before&limit=1000", answer={"backups": list(rows)})


def named_volumes(*rows: dict[str, t.Any], name: str = "data-1") -> Call:
    return evs("GET", f"/v2/volumes/detail?name={name}&limit=1000", answer={"volumes": list(rows)})


def refused(result: Result, *words: str, retryable: bool) -> None:
    """It failed before anything was sent, with these words in its message."""
    assert result.failed
    assert result.writes == []
    assert result["changed"] is False
    for word in words:
        assert word.lower() in result["msg"].lower(), result["msg"]
    assert result["error"]["retryable"] is retryable
    assert result["error"]["advice"]


@both_modes
@both_forms
@pytest.mark.parametrize(
    ("status", "retryable"),
    [("creating", True), ("restoring", True), ("error", False), ("error_restoring", False), ("deleting", False)],
)
def test_a_backup_that_is_not_available_is_refused(
    restore: Restore, check_mode: bool, api: str, status: str, retryable: bool
) -> None:
    result = restore({**OPTIONS, "api": api}, looks(status), check_mode=check_mode)
    refused(result, f"the backup is {status}, not available", BACKUP, "(before)", retryable=retryable)


@pytest.mark.parametrize(
    ("name", "backup_said", "volume_said"), [("x", f"{BACKUP} (x)", f"{VOLUME} (x)"), (None, BACKUP, VOLUME)]
)
def test_messages_name_both_by_id_and_by_name_if_there_is_one(
    restore: Restore, name: str | None, backup_said: str, volume_said: str
) -> None:
    result = restore(OPTIONS, [read_backup("error", name=name), read_volume(name=name)])
    said = f"restore backup {backup_said} to volume {volume_said}: the backup is error, not available"
    assert result["error"]["message"] == said
    gone = read_volume().but(status=404, answer=missing())
    result = restore({"backup": BACKUP}, [read_backup(name=name), gone])
    said = f"volume: is needed, because the volume that backup {backup_said} was made of ({VOLUME}) is gone"
    assert result["msg"] == said
    result = restore(OPTIONS, [read_backup(name=name, **{OWNERS[0]: OTHER_PROJECT})])
    assert result["msg"].startswith(f"restore backup {backup_said}: it is shared by project {OTHER_PROJECT}, and ")


@both_modes
@both_forms
def test_an_attached_volume_is_refused_by_name_with_its_server_and_what_to_do(
    restore: Restore, check_mode: bool, api: str
) -> None:
    attached = read_volume("in-use", attachments=[{"server_id": SERVER, "device": "/dev/vdb"}])
    result = restore({**OPTIONS, "api": api}, [read_backup(), attached], check_mode=check_mode)
    words = (VOLUME, "(data-1)", f"attached to server {SERVER}", "detach the volume")
    refused(result, *words, retryable=True)


@pytest.mark.parametrize("attachments", [[], None, "yes", [7], [{}], [{"server_id": 7}]])
def test_an_attached_volume_is_refused_whatever_its_attachments_look_like(restore: Restore, attachments: t.Any) -> None:
    result = restore(OPTIONS, [read_backup(), read_volume("in-use", attachments=attachments)])
    refused(result, "the volume is attached to a server", "detach", retryable=True)


@both_modes
@pytest.mark.parametrize(
    ("status", "retryable"),
    [
        *((status, True) for status in ("creating", "attaching", "detaching", "backing-up", "restoring-backup")),
        *((status, True) for status in ("uploading", "downloading", "extending", "rollbacking")),
        *((status, False) for status in ("error", "error_restoring", "error_extending", "error_rollbacking")),
        *((status, False) for status in ("deleting", "error_deleting", "awaiting-transfer", "unheard-of")),
    ],
)
def test_a_volume_that_is_not_available_is_refused(
    restore: Restore, check_mode: bool, status: str, retryable: bool
) -> None:
    result = restore(OPTIONS, looks(volume_is=status), check_mode=check_mode)
    refused(result, f"the volume is {status}, not available", VOLUME, retryable=retryable)
    assert ("wait" in result["error"]["advice"]) is retryable


@both_modes
def test_a_volume_that_is_too_small_is_refused_with_both_sizes(restore: Restore, check_mode: bool) -> None:
    result = restore(OPTIONS, [read_backup(size=41), read_volume(size=40)], check_mode=check_mode)
    refused(result, "the volume has 40 GB, and the backup needs 41 GB", "enlarge", retryable=False)


@pytest.mark.parametrize(("backup_size", "volume_size"), [(40, 40), (40, 500), (None, 1), (40, None), ("40", "40")])
def test_a_size_that_is_enough_or_unknown_is_no_refusal(
    restore: Restore, backup_size: t.Any, volume_size: t.Any
) -> None:
    calls = [read_backup(size=backup_size), read_volume(size=volume_size)]
    assert restore(OPTIONS, calls, check_mode=True)["changed"] is True


@both_modes
@pytest.mark.parametrize("owner", OWNERS)
@pytest.mark.parametrize("options", [{"backup": BACKUP}, OPTIONS])
def test_a_backup_of_another_project_is_refused_before_its_volume_is_looked_for(
    restore: Restore, check_mode: bool, owner: str, options: dict[str, str]
) -> None:
    result = restore(options, [read_backup(**{owner: OTHER_PROJECT})], check_mode=check_mode)
    refused(result, OTHER_PROJECT, "shared", "can only make a new volume", BACKUP, retryable=False)


@pytest.mark.parametrize("owner", OWNERS)
def test_a_backup_of_the_own_project_is_none_of_another(restore: Restore, owner: str) -> None:
    result = restore(OPTIONS, [read_backup(**{owner: PROJECT}), read_volume()], check_mode=True)
    assert not result.failed


@both_modes
def test_an_unknown_backup_is_refused(restore: Restore, check_mode: bool) -> None:
    result = restore({**OPTIONS, "backup": "before"}, [named_backups()], check_mode=check_mode)
    refused(result, "backup: there is no backup 'before'", retryable=False)


UNKNOWN_ID = [
    read_backup().but(status=404, answer=missing()),
    vbs("GET", f"/v2/backups/detail?name={BACKUP}&limit=1000", answer={"backups": []}),
]


def given_shares(*rows: dict[str, t.Any], **more: t.Any) -> Call:
    query = f"share_to_me=true&backup_id={BACKUP}&limit=1000"
    return vbs("GET", f"/v2/os-vendor-backup-sharing/detail?{query}", answer={"shared": list(rows)}).but(**more)


@both_modes
@both_forms
def test_an_unknown_id_that_another_project_shares_says_so(restore: Restore, check_mode: bool, api: str) -> None:
    share = {"id": "s1", "backup_id": BACKUP, "from_project_id": OTHER_PROJECT, "to_project_id": PROJECT}
    calls = [*UNKNOWN_ID, given_shares(share)]
    result = restore({**OPTIONS, "api": api}, calls, check_mode=check_mode)
    refused(result, BACKUP, f"shared by project {OTHER_PROJECT}", "can only make a new volume", retryable=False)


@pytest.mark.parametrize(
    "shares",
    [
        given_shares(),
        given_shares({"id": "s1", "backup_id": BACKUP, "from_project_id": None}),
        given_shares({"id": "s1", "backup_id": OTHER_BACKUP, "from_project_id": OTHER_PROJECT}),
        given_shares(status=403, answer={}),
        given_shares(status=404, answer={"error_code": "APIGW.0101", "error_msg": "no such path"}),
        given_shares(raw=b"<html></html>"),
    ],
    ids=["no share", "no giver", "another's", "not allowed", "not served", "a web page"],
)
def test_an_unknown_id_that_nobody_shares_is_unknown(restore: Restore, shares: Call) -> None:
    refused(restore(OPTIONS, [*UNKNOWN_ID, shares]), f"backup: there is no backup '{BACKUP}'", retryable=False)


def test_an_ambiguous_backup_is_refused_with_all_ids(restore: Restore) -> None:
    rows = [backup(OTHER_BACKUP), backup(BACKUP), backup(SERVER, name="before-1")]
    result = restore({**OPTIONS, "backup": "before"}, [named_backups(*rows)])
    refused(result, "backup: several", f"{BACKUP}, {OTHER_BACKUP}", "give the ID", retryable=False)
    assert SERVER not in result["msg"]


@both_modes
def test_an_unknown_volume_is_refused(restore: Restore, check_mode: bool) -> None:
    calls = [read_backup(), named_volumes(volume(name="data-11"), name="data-1")]
    result = restore({"backup": BACKUP, "volume": "data-1"}, calls, check_mode=check_mode)
    refused(result, "volume: there is no volume 'data-1'", retryable=False)


def test_an_ambiguous_volume_is_refused_with_all_ids(restore: Restore) -> None:
    calls = [read_backup(), named_volumes(volume(OTHER_VOLUME), volume(VOLUME))]
    result = restore({"backup": BACKUP, "volume": "data-1"}, calls)
    refused(result, "volume: several", f"{VOLUME}, {OTHER_VOLUME}", retryable=False)


@both_modes
def test_a_backup_whose_own_volume_is_gone_asks_for_another(restore: Restore, check_mode: bool) -> None:
    calls = [read_backup(), read_volume().but(status=404, answer=missing())]
    result = restore({"backup": BACKUP}, calls, check_mode=check_mode)
    refused(result, "volume: is needed", BACKUP, VOLUME, "gone", retryable=False)


def test_a_backup_without_a_volume_asks_for_one(restore: Restore) -> None:
    result = restore({"backup": BACKUP}, [read_backup(volume_id=None)])
    refused(result, "volume: is needed", "not known", retryable=False)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({}, "backup"),
        ({"backup": ""}, "backup: "),
        ({"backup": "a\nb"}, "backup: "),
        ({"backup": "b" * 256}, "backup: "),
        ({**OPTIONS, "volume": ""}, "volume: "),
        ({**OPTIONS, "volume": "a\tb"}, "volume: "),
        ({**OPTIONS, "api": "both"}, "api"),
        ({**OPTIONS, "wait_timeout": 0}, "wait_timeout: "),
        ({**OPTIONS, "wait_interval": 0}, "wait_interval: "),
    ],
)
def test_bad_input_is_refused_by_the_options_name_without_a_request(
    restore: Restore, options: dict[str, t.Any], word: str
) -> None:
    result = restore(options)
    assert result.failed
    assert word in result["msg"]


@pytest.mark.parametrize("row", [{}, {"id": ""}, {"id": 7}, {"id": None, "status": "available"}])
def test_an_answer_without_an_id_is_a_clear_failure(restore: Restore, row: dict[str, t.Any]) -> None:
    result = restore(OPTIONS, [read_backup().but(answer={"backup": row})])
    assert "no 'id'" in result["msg"]
    result = restore(OPTIONS, [read_backup(), read_volume().but(answer={"volume": row})])
    assert "no 'id'" in result["msg"]


def test_check_mode_foresees_the_run_and_sends_nothing(restore: Restore) -> None:
    foreseen = restore(OPTIONS, looks(), check_mode=True, diff=True)
    done = restore(OPTIONS, [*looks(), post(), read_job(), *looks()], diff=True)
    assert foreseen["changed"] is done["changed"] is True
    assert {key: foreseen[key] for key in ("backup", "volume")} == {key: done[key] for key in ("backup", "volume")}
    assert foreseen["job"] is None
    assert foreseen["diff"] == done["diff"]
    assert done["diff"] == {"before": {"backup": None, "volume": VOLUME}, "after": {"backup": BACKUP, "volume": VOLUME}}


def test_names_are_resolved_and_the_default_target_is_the_backups_own_volume(restore: Restore) -> None:
    rest = [post(), read_job(), *looks()]
    by_name = [named_backups(backup()), named_volumes(volume(status="available"))]
    assert restore({"backup": "before", "volume": "data-1"}, [*by_name, *rest])["volume"]["id"] == VOLUME
    assert restore({"backup": BACKUP}, [*looks(), *rest])["volume"]["id"] == VOLUME


@pytest.mark.parametrize("code", ["VolumeBackup.0089", "VolumeBackup.0205", "VolumeBackup.0206", "VolumeBackup.0209"])
def test_what_the_service_refuses_after_all_is_told_at_once(restore: Restore, code: str) -> None:
    result = restore(OPTIONS, [*looks(), post(status=400, answer=refusal(code))])
    assert result.failed
    assert result["error"]["code"] == code
    assert result["error"]["retryable"] is (code != "VolumeBackup.0209")
    assert result["changed"] is False
    assert (result["job"], result["backup"]["id"], result["volume"]["id"]) == (None, BACKUP, VOLUME)
