# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Wrong inputs of the modules that only read."""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.huaweicloud.backup.tests.unit.reliability.bad_inputs import (
    NO_BOOLEANS,
    NO_DURATIONS,
    NO_IDS,
    NO_NUMBERS,
    NO_REFERENCES,
    NULL,
    Bad,
    Options,
    each,
    each_in_list,
)

_ID = "66666666-2222-3333-4444-555555555555"
_NO_NAME = "no name or ID"
_NO_ID = "not an ID"

# Options with which each module would go to work.
GOOD: dict[str, Options] = {
    "vbs_backup_info": {},
    "vbs_coverage_info": {},
    "vbs_job_info": {"job_ids": [_ID]},
    "vbs_policy_info": {},
    "vbs_policy_tags_info": {},
    "vbs_policy_task_info": {"policy": "nightly"},
    "vbs_quota_info": {},
    "vbs_share_info": {},
    "csbs_policy_info": {},
    "csbs_checkpoint_info": {},
    "csbs_protectable_info": {"servers": [_ID]},
}

# Options of each kind.
_IDS = {
    "vbs_backup_info": ("id",),
    "vbs_policy_info": ("id",),
    "vbs_policy_task_info": ("job_id",),
    "vbs_share_info": ("id", "from_project_id", "to_project_id"),
    "csbs_policy_info": ("id",),
    "csbs_checkpoint_info": ("id",),
}
_LISTS_OF_IDS = {"vbs_job_info": "job_ids", "csbs_protectable_info": "servers"}
_REFERENCES = {
    "vbs_backup_info": ("name", "name_prefix", "volume"),
    "vbs_policy_info": ("name", "name_contains"),
    "vbs_policy_tags_info": ("policy",),
    "vbs_policy_task_info": ("policy",),
    "vbs_share_info": ("backup", "volume", "name", "availability_zone"),
    "csbs_policy_info": ("name",),
    "csbs_checkpoint_info": ("server",),
    "csbs_protectable_info": ("resource_type",),
}
_LIMITED = ("vbs_backup_info", "vbs_share_info", "vbs_policy_task_info", "csbs_checkpoint_info")
_CHOICES = {
    "vbs_backup_info": ("status", "sort_key", "sort_dir"),
    "vbs_coverage_info": ("verdict",),
    "vbs_share_info": ("status", "sort_key", "sort_dir"),
    "vbs_policy_task_info": ("status", "sort_dir"),
    "csbs_checkpoint_info": ("status",),
}


def rows() -> Iterator[Bad]:
    """Every wrong input of these modules."""
    yield from _of_a_kind()
    yield from _numbers_and_choices()
    yield from _conditions()
    yield from _coverage()
    yield from _others()


def _of_a_kind() -> Iterator[Bad]:
    for module, options in _IDS.items():
        for option in options:
            yield from each(module, option, NO_IDS, _NO_ID)
    for module, option in _LISTS_OF_IDS.items():
        yield from each_in_list(module, option, NO_IDS, _NO_ID)
        yield Bad(module, option, _NO_ID + NULL, {option: [None]})
        yield Bad(module, option, "list", {option: {"id": _ID}})
        yield Bad(module, option, "required", {option: None})
    for module, options in _REFERENCES.items():
        for option in options:
            yield from each(module, option, NO_REFERENCES, _NO_NAME)


def _numbers_and_choices() -> Iterator[Bad]:
    for module in _LIMITED:
        for number in (0, -1, "0", -(10**18)):
            yield Bad(module, "limit", "at least 1", {"limit": number})
        yield Bad(module, "limit", "1 to 1000000000", {"limit": 10**18})
        yield from each(module, "limit", NO_NUMBERS, "int")
    for module, options in _CHOICES.items():
        for option in options:
            for value in ("colour", "", "Asc\n", "\u0430vailable", ["available"], 1):
                yield Bad(module, option, "one of", {option: value})
    for number in (0, -1):
        yield Bad("vbs_job_info", "wait_timeout", "at least 1", {"wait_timeout": number})
        yield Bad("vbs_job_info", "wait_interval", "at least 1", {"wait_interval": number})
    yield Bad("vbs_job_info", "wait_timeout", "not from 1 to", {"wait_timeout": 10**12})
    yield from each("vbs_job_info", "fail_on_error", NO_BOOLEANS, "bool")
    yield from each("vbs_policy_info", "count_only", NO_BOOLEANS, "bool")
    yield from each("vbs_share_info", "count_only", NO_BOOLEANS, "bool")
    yield from each("vbs_share_info", "shared_with_me", NO_BOOLEANS, "bool")


def _conditions() -> Iterator[Bad]:
    name = "vbs_policy_info"
    for option in ("tags", "tags_any", "not_tags", "not_tags_any"):
        yield Bad(name, option, "10", {option: {f"k{number}": "v" for number in range(11)}})
        yield Bad(name, option, "1 to 10", {option: {"env": []}})
        yield Bad(name, option, "1 to 10", {option: {"env": list("abcdefghijk")}})
        yield Bad(name, option, "different", {option: {"env": ["prod", "prod"]}})
        yield Bad(name, option, "dict", {option: ["env"]})
        for value in (True, 1.5, None, {"a": "b"}, ["a", None], [["a"]]):
            yield Bad(name, option, "quotes", {option: {"env": value}})
        for key in ("", "k" * 128, "k\n", "k\0", "k\ud800"):
            yield Bad(name, option, "127", {option: {key: "v"}})
        for text in ("v" * 256, "v\n", "\u202ev"):
            yield Bad(name, option, "255", {option: {"env": ["good", text]}})


def _coverage() -> Iterator[Bad]:
    name = "vbs_coverage_info"
    yield from each_in_list(name, "volumes", NO_REFERENCES, _NO_NAME)
    yield Bad(name, "volumes", _NO_NAME + NULL, {"volumes": [None]})
    yield Bad(name, "volumes", "list", {"volumes": {"id": "data-01"}})
    yield from each(name, "max_age", NO_DURATIONS, "such as 26h")
    for some in (["unknown"], ["data-01", "unknown"], ["data-01", "data-02", "data-03", "unknown"]):
        yield Bad(name, "volumes", "no volume", {"volumes": some}, looks=True)
    for some in (["twin"], ["data-01", "data-02", "data-03", "twin"]):
        yield Bad(name, "volumes", "several", {"volumes": some}, looks=True)


def _others() -> Iterator[Bad]:
    for name in GOOD:
        yield Bad(name, "state", "[Uu]nsupported", {"state": "present"})
        yield Bad(name, "naem", "[Uu]nsupported", {"naem": "nightly"})
    yield Bad("vbs_share_info", "volume", "must be an ID", {"volume": "data-01", "shared_with_me": True})
    yield Bad("vbs_policy_task_info", "policy", "required", {"policy": None})
    for name, option in (("vbs_backup_info", "volume"), ("vbs_share_info", "volume")):
        yield Bad(name, option, "no volume", {option: "unknown"}, looks=True)
        yield Bad(name, option, "several", {option: "twin"}, looks=True)
    yield Bad("vbs_share_info", "backup", "no backup", {"backup": "unknown"}, looks=True)
    for name in ("vbs_policy_task_info", "vbs_policy_tags_info"):
        yield Bad(name, "policy", "no policy", {"policy": "unknown"}, looks=True)
        yield Bad(name, "policy", "several", {"policy": "twin"}, looks=True)
