# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wrong inputs of the modules that change something."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.huaweicloud.backup.tests.unit.reliability.bad_inputs import (
    NO_BOOLEANS,
    NO_DURATIONS,
    NO_IDS,
    NO_NAMES,
    NO_NATIVE_NAMES,
    NO_NUMBERS,
    NO_REFERENCES,
    NO_TAGS,
    NULL,
    Bad,
    Options,
    each,
    each_in_list,
)

ID = "66666666-2222-3333-4444-555555555555"
_NO_NAME = "no name or ID"
_NO_ID = "not an ID"
_NOT_A_NAME = "a name has 1 to 64|may hold only"

# Options with which each module would go to work.
GOOD: dict[str, Options] = {
    "vbs_backup": {"volume": "data-01", "name": "before"},
    "vbs_backup_batch": {"volumes": ["data-01"]},
    "vbs_backup_prune": {"keep_last": 3},
    "vbs_policy": {"name": "nightly", "start_times": ["01:00"], "frequency": 1, "retention_count": 2},
    "vbs_policy_resources": {"policy": "nightly", "volumes": ["data-01"]},
    "vbs_policy_run": {"policy": "nightly"},
    "vbs_policy_tags": {"policy": "nightly", "tags": {"env": "test"}},
    "vbs_restore": {"backup": "before"},
    "vbs_share": {"backup": "before", "projects": ["fedcba9876543210fedcba9876543210"]},
    "csbs_checkpoint": {"policy": "servers"},
}


def rows() -> Iterator[Bad]:
    """Every wrong input of these modules."""
    yield from _waiting()
    yield from _backup()
    yield from _batch()
    yield from _prune()
    yield from _policy()
    yield from _schedule()
    yield from _policy_contents()
    yield from _restore_and_share()
    yield from _checkpoint()


def _waiting() -> Iterator[Bad]:
    for module in (
        "vbs_backup",
        "vbs_backup_batch",
        "vbs_backup_prune",
        "vbs_restore",
        "vbs_policy_run",
        "csbs_checkpoint",
    ):
        for option in ("wait_timeout", "wait_interval"):
            for value in (0, -1, "-5"):
                yield Bad(module, option, "at least 1", {option: value})
            for value in (10**9, 10**18):
                yield Bad(module, option, "not from 1 to", {option: value})
        yield from each(module, "wait", NO_BOOLEANS, "bool")
    yield from each("vbs_backup", "wait_timeout", NO_NUMBERS, "int")
    yield from each("vbs_policy_run", "wait_interval", NO_NUMBERS, "int")


def _backup() -> Iterator[Bad]:
    name = "vbs_backup"
    yield from each(name, "id", NO_IDS, _NO_ID)
    yield from each(name, "volume", NO_REFERENCES, _NO_NAME)
    yield from each(name, "snapshot", NO_REFERENCES, _NO_NAME)
    yield from each(name, "name", NO_NAMES, _NOT_A_NAME)
    yield from each(name, "name", NO_NATIVE_NAMES, "1 to 255|line end|blanks", api="native")
    yield from each(name, "name", NO_REFERENCES, _NO_NAME, state="absent")
    for value, says in NO_TAGS.values():
        yield Bad(name, "tags", says, {"tags": value})
    for start in ("auto", "autobk_1", "auto-mine"):
        yield Bad(name, "name", "auto", {"name": start})
    for text in ("a < b", "a > b", "<b>"):
        yield Bad(name, "description", "<", {"description": text})
    yield Bad(name, "description", "64", {"description": "x" * 65})
    yield Bad(name, "description", "255", {"description": "x" * 256, "api": "native"})
    yield from _backup_ages_and_forms()


def _backup_ages_and_forms() -> Iterator[Bad]:
    name = "vbs_backup"
    yield from each(name, "max_age", NO_DURATIONS, "such as 26h")
    yield from each(name, "force", NO_BOOLEANS, "bool", api="native")
    yield from each(name, "full", NO_BOOLEANS, "bool")
    yield Bad(name, "force", "api vbs", {"force": True})
    yield Bad(name, "full", "api native", {"full": True, "api": "native"})
    yield Bad(name, "tags", "api native", {"tags": {"a": "b"}, "api": "native"})
    yield Bad(name, "max_age", "without id", {"max_age": "1h", "id": ID})
    yield Bad(name, "max_age", "state present", {"max_age": "1h", "state": "absent"})
    yield Bad(name, "name", "missing", {"name": None})
    yield Bad(name, "name", "which backup", {"name": None, "state": "absent"})
    yield Bad(name, "volume", "missing", {"volume": None})
    yield Bad(name, "api", "native", {"api": "cinder"})
    yield Bad(name, "state", "absent", {"state": "gone"})
    yield Bad(name, "retention", "[Uu]nsupported", {"retention": 7})
    yield Bad(name, "volume", "no volume", {"volume": "unknown"}, looks=True)
    yield Bad(name, "volume", "no volume", {"volume": ID}, looks=True)
    yield Bad(name, "volume", "several", {"volume": "twin"}, looks=True)
    yield Bad(name, "volume", "no volume", {"volume": "data-01%00"}, looks=True)
    yield Bad(name, "volume", "no volume", {"volume": "../data-01"}, looks=True)
    yield Bad(name, "volume", "no volume", {"volume": "d\u0430ta-01"}, looks=True)
    yield Bad(name, "snapshot", "no snapshot", {"snapshot": "unknown"}, looks=True)
    yield Bad(name, "snapshot", "no snapshot", {"volume": "data-02", "snapshot": "snap-01"}, looks=True)
    yield Bad(name, "id", "no backup", {"id": ID}, looks=True)
    yield Bad(name, "name", "several", {"name": "twin", "volume": None, "state": "absent"}, looks=True)


def _batch() -> Iterator[Bad]:
    name = "vbs_backup_batch"
    yield from each_in_list(name, "volumes", NO_REFERENCES, _NO_NAME)
    yield Bad(name, "volumes", "missing", {"volumes": None})
    yield from each(name, "concurrency", NO_NUMBERS, "int")
    for count in (0, -1, 33, 10**9):
        yield Bad(name, "concurrency", "not from 1 to 32", {"concurrency": count})
    for template in ("", "  ", "x" * 1001):
        yield Bad(name, "name", "empty|at most 1000", {"name": template})
    for template in ("{volume}", "{}", "{volume_name}-{time}", "{volume_name.__class__}", "{0}", "{date!r}", "{a\nb}"):
        yield Bad(name, "name", "no placeholder", {"name": template})
    for value, says in NO_TAGS.values():
        yield Bad(name, "tags", says, {"tags": value})
    yield Bad(name, "description", "<", {"description": "<b>"})
    yield Bad(name, "description", "64", {"description": "x" * 65})
    yield Bad(name, "max_age", "such as 26h", {"max_age": "26"})
    yield Bad(name, "state", "[Uu]nsupported", {"state": "absent"})
    for wrong in ("unknown", ID, "data-01%00", "../data-01", "d\u0430ta-01"):
        yield Bad(name, "volumes", "no volume", {"volumes": ["data-01", wrong]}, looks=True)
    yield Bad(name, "volumes", "several", {"volumes": ["data-01", "twin"]}, looks=True)
    yield Bad(name, "volumes", "the same volume", {"volumes": ["data-01", "data-01"]}, looks=True)


def _prune() -> Iterator[Bad]:
    name = "vbs_backup_prune"
    yield from each_in_list(name, "volumes", NO_REFERENCES, _NO_NAME)
    yield from each(name, "name_prefix", NO_REFERENCES, _NO_NAME)
    yield from each(name, "keep_last", NO_NUMBERS, "int")
    yield from each(name, "include_automatic", NO_BOOLEANS, "bool")
    for number in (-1, 10**7, 10**18):
        yield Bad(name, "keep_last", "not from 0 to", {"keep_last": number})
    for age in ("", "1", "h", "-1h", "1.5d", "1d2h", "1 d", "1D", "1y", "\u0661d", "1d\n", "9999999999s"):
        yield Bad(name, "older_than", "such as 26h", {"older_than": age})
    yield Bad(name, "keep_last", "one of the following is required", {"keep_last": None})
    yield Bad(name, "name_prefix", "include_automatic", {"name_prefix": "autobk_"})
    yield Bad(name, "volumes", _NO_NAME + NULL, {"volumes": [None]})
    yield Bad(name, "volumes", "list", {"volumes": {"id": "data-01"}})
    yield Bad(name, "state", "[Uu]nsupported", {"state": "absent"})
    yield Bad(name, "volumes", "no volume", {"volumes": ["unknown"]}, looks=True)
    yield Bad(name, "volumes", "several", {"volumes": ["data-01", "twin"]}, looks=True)


def _policy() -> Iterator[Bad]:
    name = "vbs_policy"
    yield from each(name, "id", NO_IDS, _NO_ID)
    yield from each(name, "name", NO_NAMES, _NOT_A_NAME)
    yield from each(name, "name", NO_REFERENCES, _NO_NAME, state="absent")
    for option, rule in (("frequency", "1 to 30"), ("retention_count", "2 to 99")):
        for number in (0, -1, 100, 10**18, -(10**18)):
            yield Bad(name, option, rule, {option: number})
        yield from each(name, option, NO_NUMBERS, "int")
    for number in (1, 0, -1, 100000, 10**18):
        yield Bad(name, "retention_days", "2 to 99999", {"retention_count": None, "retention_days": number})
    yield Bad(name, "weekdays", "mutually exclusive", {"weekdays": ["MON"]})
    yield Bad(name, "retention_days", "mutually exclusive", {"retention_days": 30})
    yield Bad(name, "name", "required", {"name": None})
    for value, says in NO_TAGS.values():
        yield Bad(name, "tags", says, {"tags": value})
    for option in ("enabled", "keep_first_of_month", "purge_tags"):
        yield from each(name, option, NO_BOOLEANS, "bool")
    yield Bad(name, "state", "absent", {"state": "gone"})
    yield Bad(name, "id", "no policy", {"id": ID}, looks=True)
    yield Bad(name, "name", "several", {"name": "twin"}, looks=True)
    for needed in ("start_times", "frequency", "retention_count"):
        yield Bad(name, needed, "missing", {"name": "new", needed: None}, looks=True)


def _schedule() -> Iterator[Bad]:
    name = "vbs_policy"
    for time in ("1:00", "24:00", "01:30", "01:00:00", "01:00\n", "0100", "\uff10\uff11:00", "01\uff1a00", "noon", ""):
        yield Bad(name, "start_times", "whole hour|number", {"start_times": [time]})
    for number in (1380, 60, 1, -1, "1380", "01"):
        yield Bad(name, "start_times", "quotes", {"start_times": [number]})
    for times in (["9" * 5000], ["x" * 10000], [True], [["01:00"]], [{"hour": 1}], [1.5]):
        yield Bad(name, "start_times", "whole hour|str", {"start_times": times})
    yield Bad(name, "start_times", "empty", {"start_times": []})
    yield Bad(name, "start_times", "more than once", {"start_times": ["01:00", "02:00", "01:00"]})
    yield Bad(name, "start_times", "whole hour" + NULL, {"start_times": [None]})
    yield Bad(name, "start_times", "list", {"start_times": {"at": "01:00"}})
    for zone in ("UTC+5", "UTC+05:30", "UTC-13:00", "UTC+15:00", "UTC+00:01", "Europe/Berlin", "+02:00", "utc+02:00"):
        yield Bad(name, "time_zone", "whole hours", {"time_zone": zone})
    for zone in (
        "",
        " ",
        "UTC+02:00 ",
        "UTC+02:00\n",
        "UTC+\uff10\uff12:00",
        "UTC\u221202:00",
        "UTC+99:99",
        "x" * 10000,
    ):
        yield Bad(name, "time_zone", "whole hours", {"time_zone": zone})
    for days in ([], ["MON", "MON"]):
        yield Bad(name, "weekdays", "empty|more than once", {"frequency": None, "weekdays": days})
    for day in ("Monday", "mon", "", "MO", "\uff2d\uff2f\uff2e", 1, None, "MON,TUE\n"):
        yield Bad(name, "weekdays", "MON|str", {"frequency": None, "weekdays": [day]})


def _policy_contents() -> Iterator[Bad]:
    for name in ("vbs_policy_resources", "vbs_policy_run", "vbs_policy_tags"):
        yield from each(name, "policy", NO_REFERENCES, _NO_NAME)
        yield Bad(name, "policy", "required", {"policy": None})
        yield Bad(name, "policy", "no policy", {"policy": "unknown"}, looks=True)
        yield Bad(name, "policy", "no policy", {"policy": ID}, looks=True)
        yield Bad(name, "policy", "several", {"policy": "twin"}, looks=True)
        yield Bad(name, "policy", "no policy", {"policy": "n\u0456ghtly"}, looks=True)
    name = "vbs_policy_resources"
    yield from each_in_list(name, "volumes", NO_REFERENCES, _NO_NAME)
    yield Bad(name, "volumes", "required", {"volumes": None})
    yield Bad(name, "volumes", "list", {"volumes": {"id": "data-01"}})
    yield Bad(name, "volumes", _NO_NAME + NULL, {"volumes": [None]})
    yield Bad(name, "purge", "present", {"purge": True, "state": "absent"})
    yield from each(name, "purge", NO_BOOLEANS, "bool")
    yield Bad(name, "state", "absent", {"state": "bound"})
    for some in (["unknown"], ["data-01", "unknown"], [ID], ["data-01", "data-02", "data-03", "data-04", "unknown"]):
        yield Bad(name, "volumes", "no volume", {"volumes": some}, looks=True)
    yield Bad(name, "volumes", "several", {"volumes": ["twin"]}, looks=True)
    yield Bad(name, "volumes", "no volume", {"volumes": ["unknown"], "state": "absent"}, looks=True)
    name = "vbs_policy_tags"
    for value, says in NO_TAGS.values():
        yield Bad(name, "tags", says, {"tags": value})
    for key in ("", "k" * 128, "k\n", "k\0", "k\ud800"):
        yield Bad(name, "tags", "127", {"tags": {key: "v"}, "state": "absent"})
    yield Bad(name, "tags", "255", {"tags": {"k": "v" * 256}, "state": "absent"})
    yield Bad(name, "tags", "quotes", {"tags": {"k": True}, "state": "absent"})
    yield Bad(name, "tags", "required", {"tags": None})
    yield Bad(name, "purge_tags", "present", {"purge_tags": True, "state": "absent"})
    yield Bad(name, "tags", "10", {"policy": "full-of-tags", "tags": {"one": "more"}}, looks=True)


def _restore_and_share() -> Iterator[Bad]:
    for name in ("vbs_restore", "vbs_share"):
        yield from each(name, "backup", NO_REFERENCES, _NO_NAME)
        yield from each(name, "volume", NO_REFERENCES, _NO_NAME)
        yield Bad(name, "backup", "required", {"backup": None})
        yield Bad(name, "backup", "no backup", {"backup": "unknown"}, looks=True)
        yield Bad(name, "backup", "no backup", {"backup": ID}, looks=True)
        yield Bad(name, "backup", "several", {"backup": "twin"}, looks=True)
        yield Bad(name, "volume", "no volume", {"volume": "unknown"}, looks=True)
        yield Bad(name, "volume", "several", {"volume": "twin"}, looks=True)
    yield Bad("vbs_restore", "api", "native", {"api": "cinder"})
    yield Bad("vbs_restore", "state", "[Uu]nsupported", {"state": "absent"})
    name = "vbs_share"
    yield from each_in_list(name, "projects", NO_IDS, _NO_ID)
    yield Bad(name, "projects", _NO_ID + NULL, {"projects": [None]})
    yield Bad(name, "projects", "list", {"projects": {"id": "x"}})
    yield Bad(name, "projects", "missing", {"projects": None})
    yield Bad(name, "purge", "present", {"purge": True, "state": "absent"})
    yield from each(name, "purge", NO_BOOLEANS, "bool")


def _checkpoint() -> Iterator[Bad]:
    name = "csbs_checkpoint"
    gone: Options = {"policy": None, "state": "absent"}
    yield from each(name, "policy", NO_REFERENCES, _NO_NAME)
    yield from each_in_list(name, "servers", NO_REFERENCES, _NO_NAME)
    yield from each(name, "id", NO_IDS, _NO_ID, **gone)
    yield from each(name, "server", NO_REFERENCES, _NO_NAME, id=ID, **gone)
    yield Bad(name, "servers", "empty", {"servers": []})
    yield Bad(name, "servers", _NO_NAME + NULL, {"servers": [None]})
    yield Bad(name, "policy", "missing", {"policy": None})
    yield Bad(name, "id", "missing", gone)
    yield Bad(name, "id", "state absent", {"id": ID})
    yield Bad(name, "server", "state absent", {"server": "web-02"})
    yield Bad(name, "policy", "state present", {"state": "absent", "id": ID})
    yield Bad(name, "servers", "state present", {**gone, "id": ID, "servers": ["web-02"]})
    yield Bad(name, "state", "absent", {"state": "gone"})
    yield Bad(name, "policy", "no server backup policy", {"policy": "unknown"}, looks=True)
    yield Bad(name, "policy", "no server backup policy", {"policy": ID}, looks=True)
    yield Bad(name, "servers", "no server", {"servers": ["web-02", "unknown"]}, looks=True)
    yield Bad(name, "servers", "no server", {"servers": ["w\u0435b-02"]}, looks=True)
