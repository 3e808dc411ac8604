# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A restore in the OpenStack form, which has no job: its states tell (F §4.6, §9)."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.credentials import USER, sign_in, with_token
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.restoring import (
    OPTIONS,
    looks,
    native_post,
    read_backup,
    read_volume,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import HOSTS, PROJECT, Call, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    BACKUP,
    bad_request,
    gateway,
    missing,
)

Restore = t.Callable[..., Result]

NATIVE = {**OPTIONS, "api": "native"}
SENT = [*looks(), native_post()]


@pytest.fixture
def restore(run: Restore) -> Restore:
    return functools.partial(run, "vbs_restore")


def v3_looks(*states: str) -> list[Call]:
    return [read_backup(states[0], version="v3"), read_volume(states[1])]


def test_without_waiting_the_native_form_has_the_backup_pending(restore: Restore) -> None:
    result = restore({**NATIVE, "wait": False}, SENT)
    assert result["job"] is None
    assert result["pending"] == {"kind": "restore", "ids": [BACKUP], "started_at": "2026-11-21T12:00:00Z"}


@pytest.mark.parametrize("busy", [("restoring", "restoring-backup"), ("restoring", "available")])
def test_the_native_form_is_followed_by_states(restore: Restore, busy: tuple[str, str]) -> None:
    result = restore(NATIVE, [*SENT, *looks(*busy), *looks(volume_is="restoring-backup"), *looks()])
    assert result["job"] is None
    assert (result["backup"]["status"], result["volume"]["status"]) == ("available", "available")
    assert result.writes == [("POST", f"{HOSTS['vbs']}/v2/{PROJECT}/backups/{BACKUP}/restore")]
    assert len(result.pauses) == 3


def test_the_native_form_as_v3_from_the_option(restore: Restore) -> None:
    calls = [*v3_looks("available", "available"), native_post("v3"), *v3_looks("restoring", "restoring-backup")]
    result = restore({**NATIVE, "native_api": "v3"}, [*calls, *v3_looks("available", "available")])
    assert result["changed"] is True


def test_the_native_form_turns_to_v3_before_anything_is_sent(restore: Restore) -> None:
    gone = read_backup().but(status=404, answer=gateway("APIGW.0101"))
    calls = [gone, *v3_looks("available", "available"), native_post("v3")]
    result = restore(NATIVE, [*calls, *v3_looks("restoring", "restoring-backup"), *v3_looks("available", "available")])
    assert [method for method, _url in result.writes] == ["POST"]


@pytest.mark.parametrize(
    ("states", "reason"),
    [
        (("error_restoring", "error_restoring"), "no space"),
        (("available", "error_restoring"), None),
        (("error", "available"), "x"),
        (("available", "error"), None),
    ],
)
def test_the_native_form_ends_badly_with_the_reason(
    restore: Restore, states: tuple[str, str], reason: str | None
) -> None:
    end = looks(*states, fail_reason=reason)
    result = restore(NATIVE, [*SENT, *looks("restoring", "restoring-backup"), *end, *end])
    assert result.failed
    assert (
        f"the backup {states[0]} and the volume {states[1]}: {reason or 'the service gave no reason'}" in result["msg"]
    )
    assert (result["backup"]["status"], result["volume"]["status"]) == states
    assert result["backup"]["fail_reason"] == reason
    assert result["changed"] is True


def test_a_native_restore_that_is_never_seen_is_believed_after_five_seconds(restore: Restore) -> None:
    result = restore(NATIVE, [*SENT, *looks() * 5])
    assert not result.failed
    assert sum(result.pauses[:-1]) < 5 <= sum(result.pauses)


def test_a_volume_that_is_attached_right_after_does_not_keep_it_waiting(restore: Restore) -> None:
    result = restore(NATIVE, [*SENT, *looks("restoring", "restoring-backup"), *looks(volume_is="in-use")])
    assert result["volume"]["status"] == "in-use"


@pytest.mark.parametrize("status", ["deleting", "creating", "unheard-of"])
def test_a_backup_state_that_no_restore_leads_to_is_uncertain(restore: Restore, status: str) -> None:
    result = restore(NATIVE, [*SENT, *looks(status) * 2])
    assert result.failed
    assert f"the backup is {status}" in result["msg"]
    assert "uncertain" in result["msg"]


@pytest.mark.parametrize("gone", ["backup", "volume"])
def test_what_is_gone_in_the_middle_is_uncertain(restore: Restore, gone: str) -> None:
    lost = {"status": 404, "answer": missing()}
    after = (
        [read_backup().but(**lost), read_volume()] if gone == "backup" else [read_backup(), read_volume().but(**lost)]
    )
    result = restore(NATIVE, [*SENT, *after, *after])
    assert result.failed
    assert f"the {gone} is gone" in result["msg"]
    assert "uncertain" in result["msg"]


def test_a_native_time_out_names_both_states(restore: Restore) -> None:
    result = restore({**NATIVE, "wait_timeout": 2}, [*SENT, *looks("restoring", "restoring-backup") * 3])
    assert "the backup was restoring and the volume restoring-backup when wait_timeout (2 s)" in result["msg"]
    assert result["pending"] == {"kind": "restore", "ids": [BACKUP], "started_at": "2026-11-21T12:00:00Z"}


# A plain OpenStack has block storage in its catalog and no VBS; what it shows of a backup is less (api/openstack.md).
PLAIN = {"volumev3": f"{HOSTS['evs']}/v3/{PROJECT}"}
PLAIN_BACKUP = {"availability_zone": None, "container": "b9/1e", "service_metadata": None, "size": 1}


def plain(call: Call) -> Call:
    """The same call as it goes to a plain OpenStack."""
    url = call.url.replace(HOSTS["vbs"], HOSTS["evs"]).replace("/v2/", "/v3/")
    return with_token(call.but(url=url))


def test_a_plain_openstack_restores_from_block_storage(restore: Restore) -> None:
    before, during = looks(**PLAIN_BACKUP), looks("restoring", "restoring-backup", **PLAIN_BACKUP)
    calls = [plain(call) for call in (*before, native_post(), *during, *before)]
    result = restore(NATIVE, [sign_in(catalog=PLAIN), *calls], auth=USER)
    assert result["changed"] is True
    assert result["backup"]["size"] == 1


def test_a_plain_openstack_is_not_asked_for_shares(restore: Restore) -> None:
    calls = [
        plain(read_backup().but(status=404, answer=missing())),
        plain(vbs("GET", f"/v2/backups/detail?name={BACKUP}&limit=1000", answer={"backups": []})),
    ]
    result = restore(NATIVE, [sign_in(catalog=PLAIN), *calls], auth=USER)
    assert f"backup: there is no backup '{BACKUP}'" in result["msg"]


@pytest.mark.parametrize("check_mode", [False, True])
def test_a_plain_openstack_has_only_the_native_form_and_check_mode_knows_it(restore: Restore, check_mode: bool) -> None:
    result = restore(OPTIONS, [sign_in(catalog=PLAIN)], auth=USER, check_mode=check_mode)
    assert result.failed
    for word in ("the cloud's catalog has no Volume Backup Service", "option api set to native", "CBR"):
        assert word in result["msg"]


@pytest.mark.parametrize(
    ("status", "answer", "words"),
    [
        (400, bad_request("Invalid backup: Backup status must be available"), "Backup status must be available"),
        (404, missing("Volume 1111 could not be found."), "Volume 1111 could not be found"),
        (413, {"overLimit": {"code": 413, "message": "quota exceeded", "retryAfter": "0"}}, "quota exceeded"),
    ],
)
def test_what_openstack_refuses_after_all_is_told_at_once(
    restore: Restore, status: int, answer: dict[str, t.Any], words: str
) -> None:
    result = restore(NATIVE, [*looks(), native_post(status=status, answer=answer)])
    assert words in result["msg"]
    assert result["error"]["http_status"] == status
    assert result["changed"] is False
