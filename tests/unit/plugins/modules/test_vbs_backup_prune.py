# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What goes, what stays and why: the plan, which check mode shows."""

from __future__ import annotations

import functools
import typing as t

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.backups import look_up_name
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.pruning import (
    deleted,
    listing,
    of_volume,
    reasons,
    row,
    shared,
)
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.scripted_http import PROJECT, Call
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.wire import (
    OTHER_VOLUME,
    VOLUME,
    gateway,
    missing,
    refusal,
    volume,
)

Json = dict[str, t.Any]
Foresee = t.Callable[..., Result]

# Without its own blanks, as some clouds have it.
OF_SERVER = '{"ST": 1}'


@pytest.fixture
def foresee(run: t.Callable[..., Result]) -> Foresee:
    return functools.partial(run, "vbs_backup_prune", check_mode=True, diff=True)


@pytest.mark.parametrize(
    "bad",
    [
        listing(status=403, answer=refusal("VolumeBackup.0042")),
        listing(raw=b"<html>"),
        listing(answer={"backups": None}),
        listing(row(1), {"name": "without an ID"}),
    ],
)
def test_a_list_that_cannot_be_read_ends_the_task(run: Foresee, bad: Call) -> None:
    result = run("vbs_backup_prune", {"keep_last": 0}, [bad])
    assert result.failed
    assert not result["changed"]


def test_an_error_in_the_middle_of_the_list_ends_the_task(run: Foresee) -> None:
    link = [{"rel": "next", "href": "https://elsewhere/v2/backups/detail?limit=1000&marker=b1"}]
    first = listing(answer={"backups": [row(1), row(2)], "backups_links": link})
    second = Call("GET", f"{first.url}&marker=b1")
    denied = second.but(status=403, answer=gateway("APIGW.0302"))
    gone = second.but(status=404, answer=missing())
    for calls in ([first, denied], [first, gone, first, gone]):
        result = run("vbs_backup_prune", {"keep_last": 1}, calls)
        assert result.failed
        assert not result.writes


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (shared().but(status=403, answer=refusal("VolumeBackup.0042")), "says no"),
        (shared().but(status=404, answer=gateway("APIGW.0101")), "does not serve"),
        (shared().but(status=404, raw=b"<html>not found</html>"), "does not serve"),
        (shared().but(raw=b"<html>"), "not a JSON object"),
        (shared().but(answer={"shared": [{"id": "s1"}]}), "backup_id"),
    ],
)
def test_shares_that_cannot_be_read_end_the_task(run: Foresee, bad: Call, words: str) -> None:
    result = run("vbs_backup_prune", {"keep_last": 1}, [listing(row(1), row(2)), bad])
    assert result.failed
    assert "nothing was deleted" in result["msg"]
    assert words in result["msg"] + result["error"]["advice"]
    assert not result.writes


def test_without_the_services_time_no_age_is_known(foresee: Foresee) -> None:
    rows = listing(row(1), row(9), headers={"Date": None})
    assert "no Date" in foresee({"older_than": "1d"}, [rows])["msg"]
    # Where no age is asked for, it is no matter.
    assert deleted(foresee({"keep_last": 1}, [rows, shared()])) == ["b9"]


def test_a_clock_that_differs_warns_and_the_services_counts(foresee: Foresee) -> None:
    # By the service it is noon of the 11th.
    rows = listing(row(9), row(12), row(14), headers={"Date": "Wed, 11 Nov 2026 12:00:00 GMT"})
    result = foresee({"older_than": "3d"}, [rows, shared()])
    assert deleted(result) == ["b14"]
    assert reasons(result) == {"b9": "young", "b12": "young"}
    assert "differ by 864000 s" in result.warnings[0]
    assert not foresee({"keep_last": 1}, [rows, shared()]).warnings


@pytest.mark.parametrize(
    ("options", "gone", "kept"),
    [
        ({"keep_last": 2}, ["b3", "b4"], {"b1": "last", "b2": "last"}),
        ({"keep_last": 0}, ["b1", "b2", "b3", "b4"], {}),
        ({"keep_last": 9}, [], dict.fromkeys(("b1", "b2", "b3", "b4"), "last")),
        ({"older_than": "2d"}, ["b2", "b3", "b4"], {"b1": "young"}),
        ({"older_than": "0s"}, ["b2", "b3", "b4"], {"b1": "newest"}),
        ({"older_than": "48h", "keep_last": 3}, ["b4"], {"b1": "last", "b2": "last", "b3": "last"}),
        ({"older_than": "74h", "keep_last": 1}, ["b3", "b4"], {"b1": "last", "b2": "young"}),
        ({"older_than": "0s", "keep_last": 0}, ["b1", "b2", "b3", "b4"], {}),
    ],
)
def test_a_backup_goes_only_if_both_rules_say_so(
    foresee: Foresee, options: Json, gone: list[str], kept: dict[str, str]
) -> None:
    calls = [listing(row(3), row(1), row(4), row(2))] + ([shared()] if gone else [])
    result = foresee(options, calls)
    assert (deleted(result), reasons(result), result["changed"]) == (gone, kept, bool(gone))
    assert result["diff"]["after"] == {"backups": []}
    assert [one["id"] for one in result["diff"]["before"]["backups"]] == gone
    assert result["failures"] == []


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"status": "creating"}, "status"),
        ({"status": "restoring"}, "status"),
        ({"status": "error_restoring"}, "status"),
        ({"status": None}, "status"),
        ({"status": ["available"]}, "status"),
        ({"created_at": None}, "unclear"),
        ({"created_at": "yesterday"}, "unclear"),
        ({"created_at": "2026-02-30T00:00:00"}, "unclear"),
        ({"volume_id": None}, "unclear"),
        ({"name": 5}, "unclear"),
        ({"service_metadata": OF_SERVER}, "server_backup"),
        ({"service_metadata": '{"ST": "5"}'}, "server_backup"),
        ({"service_metadata": '{"ST": 2}'}, "unclear"),
        ({"service_metadata": '{"ST": true}'}, "unclear"),
        ({"service_metadata": '{"ST": 0, '}, "unclear"),
        ({"service_metadata": 7}, "unclear"),
        ({"name": "autobk_1"}, "automatic"),
        ({"os-bak-tenant-attr:tenant_id": "another"}, "shared"),
    ],
)
def test_what_is_never_deleted(foresee: Foresee, more: Json, reason: str) -> None:
    rows = [row(1), row(2), row(8, **more)]
    result = foresee({"keep_last": 0}, [listing(*rows), shared()])
    assert deleted(result) == ["b1", "b2"]
    assert reasons(result) == {"b8": reason}
    # Nor does it take a good one's place.
    result = foresee({"keep_last": 2, "older_than": "0s"}, [listing(row(5), row(6), row(1, **more))])
    assert {"b5", "b6"} <= set(reasons(result))


@pytest.mark.parametrize(
    "more",
    [
        {"status": "error"},
        {"name": None},
        {"name": ""},
        {"name": "Auto"},
        {"service_metadata": None},
        {"service_metadata": " "},
        {"service_metadata": '{"ST": 0}'},
        {"service_metadata": '{"ST": 4}'},
        {"service_metadata": "{}"},
        {"has_dependent_backups": None},
        {"os-bak-tenant-attr:tenant_id": PROJECT},
        {"created_at": "2026-11-13 03:00:00"},
        {"created_at": "1970-01-01T00:00:00Z"},
    ],
)
def test_what_is_deleted(foresee: Foresee, more: Json) -> None:
    result = foresee({"keep_last": 1, "older_than": "1d"}, [listing(row(1), row(8, **more)), shared()])
    assert deleted(result) == ["b8"]


def test_a_time_in_the_future_is_age_0(foresee: Foresee) -> None:
    ahead = row(1, created_at="2027-01-01T00:00:00")
    assert reasons(foresee({"older_than": "0s"}, [listing(ahead, row(2)), shared()])) == {"b1": "young"}


def test_a_shared_backup_stays_and_counts(foresee: Foresee) -> None:
    result = foresee({"keep_last": 2}, [listing(row(1), row(2), row(3), row(4)), shared("b1", "b4", "b4", "else")])
    assert deleted(result) == ["b3"]
    assert reasons(result) == {"b1": "last", "b2": "last", "b4": "shared"}


def test_failed_ones_take_nobodys_place_and_go_with_the_good_ones_of_their_time(foresee: Foresee) -> None:
    rows = [row(1, status="error"), row(2), row(3, status="error"), row(4), row(5, status="error"), row(6)]
    result = foresee({"keep_last": 2}, [listing(*rows), shared()])
    assert deleted(result) == ["b5", "b6"]
    assert set(reasons(result).values()) == {"last"}
    # A volume that has no good one keeps what tells of that.
    failed = [row(1, status="error"), row(2, status="error")]
    assert reasons(foresee({"keep_last": 1}, [listing(*failed)])) == {"b1": "last", "b2": "last"}
    assert deleted(foresee({"older_than": "36h"}, [listing(*failed), shared()])) == ["b2"]


def test_only_what_the_names_let_through_is_looked_at_and_counted(foresee: Foresee) -> None:
    rows = [row(1), row(2, name="nightly-2"), row(3, name="autobk_3"), row(4, name="nightly-4"), row(5)]
    result = foresee({"keep_last": 1, "name_prefix": "nightly-"}, [listing(*rows), shared()])
    assert deleted(result) == ["b4"]
    assert reasons(result) == {"b1": "other_name", "b2": "last", "b3": "automatic", "b5": "other_name"}
    result = foresee({"keep_last": 3, "include_automatic": True}, [listing(*rows), shared()])
    assert deleted(result) == ["b4", "b5"]
    result = foresee({"keep_last": 0, "name_prefix": "auto", "include_automatic": True}, [listing(*rows), shared()])
    assert deleted(result) == ["b3"]


def test_the_newest_of_a_volume_stays_whatever_its_name(foresee: Foresee) -> None:
    rows = [row(1, name="autobk_1"), row(2), row(3)]
    result = foresee({"older_than": "1h"}, [listing(*rows), shared()])
    assert (deleted(result), reasons(result)) == (["b2", "b3"], {"b1": "automatic"})
    # One that failed, or is another project's, is none.
    for more in ({"status": "error"}, {"status": "restoring"}, {"os-bak-tenant-attr:tenant_id": "another"}):
        result = foresee({"older_than": "12h"}, [listing(row(1, **more), row(2), row(3)), shared()])
        assert reasons(result)["b2"] == "newest"
        assert "b3" in deleted(result)


def test_each_volume_counts_for_itself(foresee: Foresee) -> None:
    rows = [row(1), row(2), row(3, volume_id=OTHER_VOLUME), row(4, volume_id=OTHER_VOLUME)]
    result = foresee({"keep_last": 1}, [listing(*rows), shared()])
    assert deleted(result) == ["b2", "b4"]
    assert [(one["id"], one["volume_id"]) for one in result["kept"]] == [("b1", VOLUME), ("b3", OTHER_VOLUME)]


def test_parts_of_a_second_count(foresee: Foresee) -> None:
    rows = [row(1, created_at=f"2026-11-20T03:00:00.{part}") for part in ("100000", "300000", "200000")]
    rows = [{**one, "id": f"b{number}"} for number, one in enumerate(rows)]
    assert deleted(foresee({"keep_last": 1}, [listing(*rows), shared()])) == ["b2", "b0"]


def test_what_is_going_already_is_in_neither_list(foresee: Foresee) -> None:
    result = foresee({"keep_last": 1}, [listing(row(1), row(2, status="deleting"))])
    assert (deleted(result), reasons(result), result["changed"]) == ([], {"b1": "last"}, False)


def test_what_is_shown_of_each(foresee: Foresee) -> None:
    result = foresee({"keep_last": 1}, [listing(row(1), row(2)), shared()])
    shown = {"status": "available", "size": 40, "volume_id": VOLUME}
    assert result["kept"] == [
        {"id": "b1", "name": "by-hand-1", "created_at": "2026-11-20T03:00:00Z", "reason": "last", **shown}
    ]
    gone = {"id": "b2", "name": "by-hand-2", "created_at": "2026-11-19T03:00:00Z"}
    assert result["deleted"] == [{**gone, **shown}]
    assert result["diff"]["before"] == {"backups": [{**gone, "volume_id": VOLUME}]}


def test_no_volumes_are_nothing_to_do(run: Foresee) -> None:
    result = run("vbs_backup_prune", {"keep_last": 0, "volumes": []}, [], diff=True)
    assert result["diff"] == {"before": {"backups": []}, "after": {"backups": []}}
    assert (result["changed"], result["deleted"], result["kept"]) == (False, [], [])


def test_one_volume_is_listed_alone_and_an_id_is_not_looked_up(foresee: Foresee) -> None:
    assert deleted(foresee({"keep_last": 0, "volumes": [VOLUME]}, [of_volume(row(1)), shared()])) == ["b1"]
    # A cloud that ignores filters shows others too.
    other = row(2, volume_id=OTHER_VOLUME)
    result = foresee({"keep_last": 0, "volumes": [VOLUME]}, [of_volume(row(1), other), shared()])
    assert (deleted(result), reasons(result)) == (["b1"], {})


def test_several_volumes_are_listed_together(foresee: Foresee) -> None:
    rows = [row(1), row(2, volume_id=OTHER_VOLUME), row(3, volume_id="another"), row(4, volume_id=None)]
    calls = [look_up_name(volume(OTHER_VOLUME, "data-2"), name="data-2"), listing(*rows), shared()]
    result = foresee({"keep_last": 0, "volumes": [VOLUME, "data-2", VOLUME]}, calls)
    assert (deleted(result), reasons(result)) == (["b1", "b2"], {})


def test_an_unknown_volume_is_refused(foresee: Foresee) -> None:
    result = foresee({"keep_last": 0, "volumes": ["data-9"]}, [look_up_name(name="data-9")])
    assert result["msg"].startswith("volumes: there is no volume 'data-9'")
