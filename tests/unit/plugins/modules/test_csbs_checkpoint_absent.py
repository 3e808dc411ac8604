# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""csbs_checkpoint, state absent: a whole checkpoint or one server's part, until it is gone (F §7.6)."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.csbs_wire import (
    CHECKPOINT,
    ITEM,
    OTHER_ITEM,
    OTHER_SERVER,
    SERVER,
    delete,
    failed_item,
    item,
    of_checkpoint,
    one_item,
    refusal,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import Call, lost

Checkpoint = t.Callable[..., Result]

ABSENT: dict[str, t.Any] = {"id": CHECKPOINT, "state": "absent"}
PART: dict[str, t.Any] = {**ABSENT, "server": "web-1"}
BOTH = of_checkpoint(item(), item(OTHER_SERVER))
GONE = [of_checkpoint(), one_item(None), one_item(None, OTHER_ITEM)]
NOTHING = {"checkpoint": None, "servers": [], "adopted": False}
WEB_1 = {"id": SERVER, "name": "web-1"}
WEB_2 = {"id": OTHER_SERVER, "name": "web-2"}
REMAINS = {
    "checkpoint": {
        "id": CHECKPOINT,
        "status": "available",
        "policy_id": None,
        "policy_name": None,
        "created_at": "2026-11-21T12:00:06Z",
    },
    "servers": [{**WEB_2, "status": "available", "item_id": OTHER_ITEM, "progress": 100, "error": None}],
    "adopted": False,
}
PENDING = {"kind": "deletion", "ids": [CHECKPOINT], "started_at": "2026-11-21T12:00:00Z"}
BUSY = delete(status=400, answer=refusal("CSBS.2003", "the backup is busy"))
CONFLICT = delete(status=409, answer=refusal("CSBS.9001"))


@pytest.fixture
def csbs_checkpoint(run: Checkpoint) -> Checkpoint:
    return functools.partial(run, "csbs_checkpoint")


def shown(result: Result) -> dict[str, t.Any]:
    return {key: result[key] for key in NOTHING}


def test_a_whole_checkpoint(csbs_checkpoint: Checkpoint) -> None:
    leaving = of_checkpoint(item(status="deleting"), item(OTHER_SERVER, "waiting_delete"))
    last = [of_checkpoint(item(OTHER_SERVER, "deleting")), one_item(None)]
    result = csbs_checkpoint(ABSENT, [BOTH, delete(), leaving, *last, of_checkpoint(), one_item(None, OTHER_ITEM)])
    assert shown(result) == NOTHING
    assert result["changed"] is True
    assert result.pauses == pytest.approx((1.0, 1.1, 1.21))


@pytest.mark.parametrize("server", ["web-1", SERVER])
def test_one_servers_part(csbs_checkpoint: Checkpoint, server: str) -> None:
    rest = of_checkpoint(item(OTHER_SERVER))
    calls = [BOTH, delete(ITEM), rest, one_item(item(status="deleting")), rest, one_item(None)]
    result = csbs_checkpoint({**ABSENT, "server": server}, calls, diff=True)
    assert shown(result) == REMAINS
    assert result["changed"] is True
    assert result["diff"] == {
        "before": {"id": CHECKPOINT, "servers": [WEB_1, WEB_2]},
        "after": {"id": CHECKPOINT, "servers": [WEB_2]},
    }


def test_the_last_servers_part_is_deleted_as_a_part_too(csbs_checkpoint: Checkpoint) -> None:
    result = csbs_checkpoint(PART, [of_checkpoint(item()), delete(ITEM), of_checkpoint(), one_item(None)], diff=True)
    assert shown(result) == NOTHING
    assert result["diff"]["after"] == {}


@pytest.mark.parametrize(
    ("options", "sent"), [(ABSENT, [delete(), *GONE]), (PART, [delete(ITEM), of_checkpoint(), one_item(None)])]
)
def test_check_mode_says_what_the_run_does(csbs_checkpoint: Checkpoint, options: t.Any, sent: list[Call]) -> None:
    done = csbs_checkpoint(options, [BOTH, *sent], diff=True)
    foreseen = csbs_checkpoint(options, [BOTH], check_mode=True, diff=True)
    assert shown(foreseen) == shown(done)
    assert (foreseen["changed"], foreseen["diff"]) == (done["changed"], done["diff"])


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("options", [ABSENT, PART, {**ABSENT, "server": "never-there"}])
def test_absent_twice_is_no_change(csbs_checkpoint: Checkpoint, options: t.Any, check_mode: bool) -> None:
    result = csbs_checkpoint(options, [of_checkpoint()], check_mode=check_mode, diff=True)
    assert result["changed"] is False
    assert shown(result) == NOTHING
    assert result["diff"] == {"before": {}, "after": {}}


def test_a_server_without_a_part_is_no_change(csbs_checkpoint: Checkpoint) -> None:
    result = csbs_checkpoint(PART, [of_checkpoint(item(OTHER_SERVER))])
    assert shown(result) == REMAINS
    assert result["changed"] is False


def test_deleted_items_count_as_gone(csbs_checkpoint: Checkpoint) -> None:
    assert csbs_checkpoint(ABSENT, [of_checkpoint(item(status="deleted"))])["changed"] is False
    calls = [of_checkpoint(item()), delete(), of_checkpoint(item(status="deleted")), one_item(item(status="deleted"))]
    assert csbs_checkpoint(ABSENT, calls)["changed"] is True


def test_not_waited_for_it_says_how_to_go_on(csbs_checkpoint: Checkpoint) -> None:
    result = csbs_checkpoint({**ABSENT, "wait": False}, [BOTH, delete()])
    assert (result["changed"], result["pending"]) == (True, PENDING)
    assert result.pauses == ()


# --- a deletion that is going on ---


def test_what_is_being_deleted_already_is_waited_for_without_a_change(csbs_checkpoint: Checkpoint) -> None:
    leaving = of_checkpoint(item(status="deleting"))
    result = csbs_checkpoint(ABSENT, [leaving, leaving, of_checkpoint(), one_item(None)])
    assert (result["changed"], shown(result)) == (False, NOTHING)
    assert csbs_checkpoint(ABSENT, [leaving], check_mode=True)["changed"] is False
    result = csbs_checkpoint({**ABSENT, "wait": False}, [leaving])
    assert (result["changed"], result["pending"]) == (False, PENDING)


@pytest.mark.parametrize("again", [BUSY, CONFLICT])
def test_a_lost_answer_whose_repetition_is_refused_while_deleting_goes_on(
    csbs_checkpoint: Checkpoint, again: Call
) -> None:
    leaving = of_checkpoint(item(status="deleting"), item(OTHER_SERVER, "deleting"))
    result = csbs_checkpoint(ABSENT, [BOTH, delete(error=lost()), again, leaving, leaving, *GONE])
    assert (result["changed"], shown(result)) == (True, NOTHING)


@pytest.mark.parametrize(
    "answer", [refusal("CSBS.3001"), {"itemNotFound": {"code": 404, "message": "no"}}, {}], ids=["code", "word", "bare"]
)
def test_a_checkpoint_that_goes_meanwhile_is_gone(csbs_checkpoint: Checkpoint, answer: t.Any) -> None:
    calls = [of_checkpoint(item()), delete(status=404, answer=answer), of_checkpoint()]
    calls.append(one_item(None).but(answer=answer))
    assert shown(csbs_checkpoint(ABSENT, calls)) == NOTHING


def test_a_part_that_somebody_else_deletes_is_left_out_of_the_call(csbs_checkpoint: Checkpoint) -> None:
    mixed = of_checkpoint(item(status="deleting"), item(OTHER_SERVER))
    result = csbs_checkpoint(ABSENT, [mixed, delete(OTHER_ITEM), *GONE])
    assert (result["changed"], shown(result)) == (True, NOTHING)


def test_where_the_service_refuses_that_it_is_waited_for(csbs_checkpoint: Checkpoint) -> None:
    mixed = of_checkpoint(item(status="deleting"), item(OTHER_SERVER))
    result = csbs_checkpoint(ABSENT, [BOTH, BUSY, mixed, BUSY, mixed, delete(), *GONE])
    assert (result["changed"], shown(result)) == (True, NOTHING)
    assert result.pauses == pytest.approx((1.0, 1.1, 1.21))
    result = csbs_checkpoint({**ABSENT, "wait_timeout": 2}, [BOTH, *[BUSY, mixed] * 3])
    assert result["error"]["code"] == "CSBS.2003"
    result = csbs_checkpoint({**ABSENT, "wait": False}, [BOTH, BUSY, mixed])
    assert (result["error"]["code"], result["error"]["retryable"]) == ("CSBS.2003", True)
    assert len(result["servers"]) == 2


# --- what stands in the way ---


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("status", ["waiting_protect", "protecting", "waiting_restore", "restoring"])
def test_what_is_being_made_or_restored_is_refused_before_the_call(
    csbs_checkpoint: Checkpoint, status: str, check_mode: bool
) -> None:
    result = csbs_checkpoint(ABSENT, [of_checkpoint(item(status=status), item(OTHER_SERVER))], check_mode=check_mode)
    assert f"delete checkpoint {CHECKPOINT}: it is being worked on (web-1 is {status})" in result["msg"]
    assert result["error"]["retryable"] is True


def test_a_part_of_a_checkpoint_that_is_still_being_made_is_refused_too(csbs_checkpoint: Checkpoint) -> None:
    result = csbs_checkpoint(PART, [of_checkpoint(item(), item(OTHER_SERVER, "protecting"))])
    assert "web-2 is protecting" in result["msg"]
    restoring = of_checkpoint(item(), item(OTHER_SERVER, "restoring"))
    assert csbs_checkpoint(PART, [restoring], check_mode=True)["changed"] is True


def test_busy_without_a_sign_of_deleting_is_a_failure(csbs_checkpoint: Checkpoint) -> None:
    result = csbs_checkpoint(ABSENT, [BOTH, BUSY, BOTH])
    assert (result["error"]["code"], result["error"]["retryable"]) == ("CSBS.2003", True)
    assert "wait until it has ended" in result["error"]["advice"]
    assert [row["id"] for row in result["servers"]] == [SERVER, OTHER_SERVER]


def test_a_backup_that_was_made_into_an_image(csbs_checkpoint: Checkpoint) -> None:
    result = csbs_checkpoint(ABSENT, [BOTH, delete(status=400, answer=refusal("CSBS.8007"))])
    assert result["error"]["code"] == "CSBS.8007"
    assert result["error"]["advice"] == "delete the image first"


@pytest.mark.parametrize(("status", "code"), [(403, "APIGW.0302"), (401, "APIGW.0301")])
def test_other_refusals_are_not_looked_into(csbs_checkpoint: Checkpoint, status: int, code: str) -> None:
    result = csbs_checkpoint(ABSENT, [BOTH, delete(status=status, answer=refusal(code))])
    assert result["error"]["code"] == code


def test_a_name_of_several_servers_is_refused_with_their_ids(csbs_checkpoint: Checkpoint) -> None:
    twins = of_checkpoint(item(), item(OTHER_SERVER, info={"resource_name": "web-1"}))
    result = csbs_checkpoint(PART, [twins])
    assert result["msg"].startswith("server: several servers are called 'web-1'")
    assert f"{SERVER}, {OTHER_SERVER}" in result["msg"]


def test_a_deletion_that_ends_in_error_says_why(csbs_checkpoint: Checkpoint) -> None:
    began = of_checkpoint(item(status="deleting"))
    failed = of_checkpoint(item(status="error", info={"fail_op": "delete", "fail_reason": "storage is away"}))
    result = csbs_checkpoint(ABSENT, [of_checkpoint(item()), delete(), began, failed])
    assert (
        f"delete checkpoint {CHECKPOINT}: the backup of server web-1 was not deleted: storage is away" in result["msg"]
    )
    assert result["servers"][0]["status"] == "error"


def test_a_failed_backup_is_deleted_too(csbs_checkpoint: Checkpoint) -> None:
    # It stays in error until its deletion begins.
    calls = [of_checkpoint(failed_item()), delete(), of_checkpoint(failed_item()), of_checkpoint(), one_item(None)]
    assert csbs_checkpoint(ABSENT, calls)["changed"] is True
    again = failed_item()
    again["extend_info"]["fail_op"] = "delete"
    calls = [of_checkpoint(again), delete(), of_checkpoint(again)]
    result = csbs_checkpoint(ABSENT, [*calls, of_checkpoint({**again, "updated_at": "2026-11-21T12:01:00.000000"})])
    assert "was not deleted" in result["msg"]


def test_a_time_out_tells_what_is_still_there(csbs_checkpoint: Checkpoint) -> None:
    rest = of_checkpoint(item(OTHER_SERVER, "waiting_delete"))
    calls = [BOTH, delete(), rest, one_item(None), rest, rest]
    result = csbs_checkpoint({**ABSENT, "wait_timeout": 3}, calls)
    assert "1 of 2 server backups were still there (waiting_delete) when wait_timeout (3 s)" in result["msg"]
    assert result["pending"] == PENDING
    assert [row["id"] for row in result["servers"]] == [OTHER_SERVER]
    assert result["checkpoint"]["status"] == "deleting"
    assert result["changed"] is True


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({}, "id"),
        ({"id": "a/b"}, "id"),
        ({"id": ""}, "id"),
        ({"id": CHECKPOINT, "server": ""}, "server"),
        ({"id": CHECKPOINT, "policy": "servers"}, "policy"),
        ({"id": CHECKPOINT, "servers": ["web-1"]}, "servers"),
        ({"id": CHECKPOINT, "wait_interval": 0}, "wait_interval"),
    ],
)
def test_options_that_make_no_sense_are_refused_before_any_request(
    csbs_checkpoint: Checkpoint, options: t.Any, named: str
) -> None:
    assert csbs_checkpoint({**options, "state": "absent"})["msg"].startswith(f"{named}: ")
