# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import PROJECT, Call, evs, vbs
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.shares import (
    OTHER,
    OTHER_SHARE,
    SHARE,
    THIRD,
    THIRD_SHARE,
    end,
    end_all,
    found,
    named,
    post,
    share,
    shares,
    shown,
)
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

Share = t.Callable[..., Result]
Json = dict[str, t.Any]

ABSENT = {"backup": BACKUP, "state": "absent"}


@pytest.fixture
def vbs_share(run: Share) -> Share:
    return functools.partial(run, "vbs_share")


def want(*projects: str, **more: t.Any) -> Json:
    return {"backup": BACKUP, "projects": list(projects), **more}


class Case(t.NamedTuple):
    """The shares before, what is asked for, the requests beside looking, and who is shared with afterwards."""

    before: list[str]
    options: Json
    writes: list[Call]
    after: list[str]
    added: list[str]
    removed: list[str]


CHANGES = {
    "the first": Case([], want(OTHER), [post(OTHER)], [OTHER], [OTHER], []),
    "several in one request": Case([], want(OTHER, THIRD), [post(OTHER, THIRD)], [THIRD, OTHER], [OTHER, THIRD], []),
    "each once": Case([], want(OTHER, OTHER), [post(OTHER)], [OTHER], [OTHER], []),
    "only the missing": Case([OTHER], want(THIRD, OTHER), [post(THIRD)], [THIRD, OTHER], [THIRD], []),
    "others stay": Case([OTHER], want(THIRD), [post(THIRD)], [THIRD, OTHER], [THIRD], []),
    "purge one": Case([OTHER, THIRD], want(OTHER, purge=True), [end(OTHER_SHARE)], [OTHER], [], [THIRD]),
    "purge all": Case([OTHER, THIRD], want(purge=True), [end_all()], [], [], [THIRD, OTHER]),
    "share first, then purge": Case([OTHER], want(THIRD, purge=True), [post(THIRD), end()], [THIRD], [THIRD], [OTHER]),
    "absent": Case([OTHER, THIRD], {**ABSENT, "projects": [OTHER]}, [end()], [THIRD], [], [OTHER]),
    "absent, all that there are": Case([OTHER], {**ABSENT, "projects": [OTHER, THIRD]}, [end_all()], [], [], [OTHER]),
    "absent without projects": Case([OTHER, THIRD], ABSENT, [end_all()], [], [], [THIRD, OTHER]),
}


def script(case: Case, *, really: bool) -> list[Call]:
    looks = [shares(*case.before)]
    if case.options.get("state") != "absent":
        looks.insert(0, found())
    if not really:
        return looks
    calls = []
    for write in case.writes:
        calls.append(write)
        if write.method == "POST":
            calls.append(shares(*case.before, *case.added))
    return looks + calls


@pytest.mark.parametrize("case", CHANGES.values(), ids=CHANGES.keys())
def test_sets_of_projects_are_compared_and_only_the_difference_is_sent(vbs_share: Share, case: Case) -> None:
    predicted = vbs_share(case.options, script(case, really=False), check_mode=True, diff=True)
    result = vbs_share(case.options, script(case, really=True), diff=True)
    assert result["changed"] is True
    assert result["shares"] == [shown(project) for project in case.after]
    assert (result["added"], result["removed"]) == (case.added, case.removed)
    new = {"id": None, "created_at": None}
    assert predicted["shares"] == [shown(one, **(new if one in case.added else {})) for one in case.after]
    assert [predicted[key] for key in ("changed", "added", "removed", "diff")] == [
        result[key] for key in ("changed", "added", "removed", "diff")
    ]
    assert result["diff"]["after"] == {
        "shares": [{"backup_id": BACKUP, "from_project_id": PROJECT, "to_project_id": one} for one in case.after]
    }
    assert result.pauses == ()
    again = case._replace(before=case.after)
    for check_mode in (True, False):
        second = vbs_share(case.options, script(again, really=False), check_mode=check_mode, diff=True)
        assert (second["changed"], second["shares"], second.writes) == (False, result["shares"], [])
        assert (second["added"], second["removed"]) == ([], [])
        assert second["diff"]["before"] == second["diff"]["after"]


@pytest.mark.parametrize(
    ("before", "options"),
    [
        ([OTHER], want()),
        ([OTHER], {**ABSENT, "projects": []}),
        ([OTHER], {**ABSENT, "projects": [THIRD]}),
        ([], ABSENT),
        ([], want(purge=True)),
        ([OTHER, THIRD], want(OTHER, THIRD, purge=True)),
    ],
)
def test_nothing_to_do_sends_nothing(vbs_share: Share, before: list[str], options: Json) -> None:
    case = Case(before, options, [], before, [], [])
    result = vbs_share(options, script(case, really=False))
    assert (result["changed"], [row["to_project_id"] for row in result["shares"]]) == (False, sorted(before))


def test_a_name_is_looked_up(vbs_share: Share) -> None:
    calls = [named(backup()), shares(OTHER)]
    assert not vbs_share({**want(OTHER), "backup": "before"}, calls)["changed"]
    assert not vbs_share({"backup": "before", "state": "absent"}, [named(backup()), shares()])["changed"]


def test_a_volume_tells_equal_names_apart(vbs_share: Share) -> None:
    by_name = evs("GET", "/v2/volumes/detail?name=data-1&limit=1000", answer={"volumes": [volume()]})
    for text, look in (("data-1", [by_name]), (VOLUME, [])):
        calls = [*look, named(backup(), volume=VOLUME), shares(OTHER)]
        assert not vbs_share({**want(OTHER), "backup": "before", "volume": text}, calls)["changed"]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_equal_names_fail_and_list_the_ids(vbs_share: Share, state: str) -> None:
    options = {"backup": "before", "projects": [OTHER], "state": state}
    result = vbs_share(options, [named(backup(OTHER_BACKUP), backup())])
    assert result.failed
    assert result["msg"].startswith("backup: ")
    assert f"{BACKUP}, {OTHER_BACKUP}" in result["msg"]


@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_unknown_name_fails(vbs_share: Share, state: str) -> None:
    result = vbs_share({"backup": "before", "projects": [OTHER], "state": state}, [named()])
    assert result["msg"].startswith("backup: there is no backup 'before'")


def test_an_id_that_is_none_is_tried_as_a_name(vbs_share: Share) -> None:
    gone = found().but(status=404, answer=missing())
    result = vbs_share(want(OTHER), [gone, named(name=BACKUP)])
    assert f"there is no backup '{BACKUP}'" in result["msg"]


def test_with_absent_an_id_is_not_looked_up(vbs_share: Share) -> None:
    """Its backup may be gone, and its volume too."""
    result = vbs_share({**ABSENT, "volume": "gone"}, [shares()])
    assert (result["changed"], result["shares"]) == (False, [])


def test_an_id_of_another_volumes_backup_is_refused(vbs_share: Share) -> None:
    result = vbs_share({**want(OTHER), "volume": OTHER_VOLUME}, [found()])
    assert result["msg"].startswith("backup: ")
    assert VOLUME in result["msg"]


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize(
    ("more", "says", "retryable"),
    [
        ({"status": "creating"}, "is creating", True),
        ({"status": "error"}, "is error", False),
        ({"os-bak-tenant-attr:tenant_id": OTHER}, f"belongs to project {OTHER}", False),
    ],
)
def test_what_cannot_be_shared_is_refused_before_anything_is_sent(
    vbs_share: Share, check_mode: bool, more: Json, says: str, retryable: bool
) -> None:
    result = vbs_share(want(OTHER), [found(**more), shares()], check_mode=check_mode)
    assert result.failed
    assert says in result["msg"]
    assert result["error"]["retryable"] is retryable
    # Nothing to share is nothing to refuse.
    assert not vbs_share(want(OTHER), [found(**more), shares(OTHER)], check_mode=check_mode).failed


def test_a_service_that_filters_nothing_ends_no_other_backups_shares(vbs_share: Share) -> None:
    others = share(backup_id=OTHER_BACKUP, share_id=THIRD_SHARE)
    nobodys = share(backup_id=None, share_id="99999999-2222-3333-4444-555555555555")
    result = vbs_share({**ABSENT, "projects": [OTHER]}, [shares(others, nobodys, OTHER, THIRD), end()])
    assert [row["id"] for row in result["shares"]] == [OTHER_SHARE]


def test_all_pages_are_read(vbs_share: Share) -> None:
    link = {"rel": "next", "href": f"http://internal/x/os-vendor-backup-sharing/detail?limit=1&marker={SHARE}"}
    first = shares(OTHER)
    first = first.but(answer={**first.answer, "shared_links": [link]})
    second = shares(THIRD, query=f"backup_id={BACKUP}&limit=1&marker={SHARE}")
    second = second.but(url=second.url.replace("&limit=1000", ""))
    assert not vbs_share(want(OTHER, THIRD), [found(), first, second])["changed"]


@pytest.mark.parametrize("answer", [{"shared": share()}, {"shared": [share()]}])
def test_one_share_may_come_as_an_object_or_as_a_list(vbs_share: Share, answer: Json) -> None:
    made = post(OTHER, answer={"shared": answer["shared"]})
    calls = [found(), shares(), made, shares().but(answer=answer)]
    assert vbs_share(want(OTHER), calls)["shares"] == [shown()]


def test_two_shares_with_one_project_are_reported_and_both_end(vbs_share: Share) -> None:
    double = share(share_id=THIRD_SHARE)
    result = vbs_share(want(OTHER), [found(), shares(), post(OTHER), shares(OTHER, double)])
    assert result["added"] == [OTHER]
    assert [row["id"] for row in result["shares"]] == [SHARE, THIRD_SHARE]
    assert any(SHARE in warning and THIRD_SHARE in warning and OTHER in warning for warning in result.warnings)
    options = {**ABSENT, "projects": [OTHER]}
    result = vbs_share(options, [shares(OTHER, double, THIRD), end(), end(THIRD_SHARE)])
    assert (result["removed"], len(result["shares"])) == ([OTHER], 1)


def test_a_share_that_is_gone_meanwhile_is_no_failure(vbs_share: Share) -> None:
    gone = end().but(status=404, answer=refusal("VolumeBackup.0111"))
    assert vbs_share({**ABSENT, "projects": [OTHER]}, [shares(OTHER, THIRD), gone])["removed"] == [OTHER]


def test_where_the_backup_id_finds_nothing_the_share_ids_are_tried(vbs_share: Share) -> None:
    nothing = end_all().but(status=404, answer=refusal("VolumeBackup.0111"))
    assert vbs_share(ABSENT, [shares(OTHER, THIRD), nothing, end(), end(OTHER_SHARE)])["shares"] == []


def test_a_list_that_is_late_is_completed_from_the_answer(vbs_share: Share) -> None:
    result = vbs_share(want(OTHER), [found(), shares(), post(OTHER), shares()])
    assert (result["added"], result["shares"]) == ([OTHER], [shown(created_at=None)])


def test_a_project_that_is_not_shared_with_in_the_end_is_a_failure(vbs_share: Share) -> None:
    made = post(OTHER, THIRD).but(answer=post(OTHER).answer)
    result = vbs_share(want(OTHER, THIRD), [found(), shares(), made, shares(OTHER)])
    assert result.failed
    assert THIRD in result["msg"]
    assert (result["changed"], result["added"], result["shares"]) == (True, [OTHER], [shown()])


def test_a_service_that_says_done_and_shares_nothing_is_a_failure(vbs_share: Share) -> None:
    made = post(OTHER).but(answer={"shared": []})
    result = vbs_share(want(OTHER), [found(), shares(), made, shares()])
    assert result.failed
    # Something was sent and accepted, whatever it did.
    assert (result["changed"], result["added"], result["shares"]) == (True, [], [])


@pytest.mark.parametrize(
    ("options", "named_option"),
    [
        ({"backup": "a\nb", "projects": []}, "backup"),
        ({"backup": "", "projects": []}, "backup"),
        (want("a b"), "projects"),
        (want(""), "projects"),
        (want("../x"), "projects"),
        (want(OTHER, volume=""), "volume"),
        ({**ABSENT, "purge": True}, "purge"),
    ],
)
def test_bad_input_is_refused_by_the_options_name_before_any_request(
    vbs_share: Share, options: Json, named_option: str
) -> None:
    result = vbs_share(options)
    assert result.failed
    assert result["msg"].startswith(named_option + ":")


def test_present_needs_projects(vbs_share: Share) -> None:
    result = vbs_share({"backup": BACKUP})
    assert result.failed
    assert "projects" in result["msg"]


def test_the_documented_example_is_what_goes_out(vbs_share: Share) -> None:
    body = {"shared": {"backup_id": BACKUP, "to_project_ids": [OTHER]}}
    made = vbs("POST", "/v2/os-vendor-backup-sharing", body=body, answer=post(OTHER).answer)
    assert vbs_share(want(OTHER), [found(), shares(), made, shares(OTHER)])["changed"]
