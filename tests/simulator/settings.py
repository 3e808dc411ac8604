# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class BadSettingError(ValueError):
    """A setting that does not exist or has an impossible value."""


@dataclass
class Settings:
    """Everything a rehearsal may switch; each choice of F §12 is one of these.

    Times are seconds of real time. README.md explains every name.
    """

    flavor: str = "huawei"
    job_seconds: float = 5.0
    delete_seconds: float = 0.5
    clock_offset_seconds: float = 0.0
    # Sign-in (F §2)
    token_seconds: float = 86400.0
    expired_token_code: str = "APIGW.0301"
    projects_forbidden: bool = False
    require_content_type: bool = False
    skew_seconds: float = 900.0
    lock_failures: int = 5
    lock_seconds: float = 300.0
    rate_limit_per_second: float = 0.0
    catalog_types: list[str] = field(
        default_factory=lambda: ["identity", "vbsv2", "volumev2", "volumev3", "data-protect"]
    )
    native_versions: list[str] = field(default_factory=lambda: ["v2", "v3"])
    closed_to_new_projects: bool = False
    # Lists (F §3.6)
    max_page: int = 1000
    link_base: str = ""
    volume_name_match: str = "exact"
    # Backups (F §4)
    volume_backing_up: bool = True
    backups_per_volume: int = 20
    quota_backups: int = -1
    quota_gigabytes: int = -1
    second_backup: str = "refuse"
    delete_busy_backup: str = "refuse"
    delete_shared_backup: str = "allow"
    description_json: bool = False
    backup_service_down: bool = False
    # Shares (F §5)
    share_again: str = "existing"
    # Policies (F §6)
    return_time_zone: bool = True
    default_policy: bool = False
    policies_per_project: int = 10
    volumes_per_policy: int = 0
    policy_order: str = "creation"
    policy_names_unique: bool = False
    check_start_time_order: bool = False
    frequency_both_sent: str = "winner"
    retention_both_sent: str = "keep"
    apply_retention: bool = True
    delete_policy_with_volumes: str = "free"
    rebind_same: str = "success"
    bind_held_by_other: str = "move"
    bind_unknown: str = "fail_entry"
    bind_bad_state: str = "fail_entry"
    unbind_missing: str = "fail_entry"
    unbind_any: bool = False
    run_when_off: str = "run"
    task_delay_seconds: float = 0.2
    return_vbs_job_id: bool = False
    task_count: str = "total"
    # CSBS (F §7)
    csbs_busy_code: str = "CSBS.2004"
    csbs_bound_message: bool = False
    csbs_extra_info: str = "text"
    csbs_delete_again: str = "400"
    # Request log
    log_size: int = 50000

    def as_dict(self) -> dict[str, Any]:
        """The settings as one JSON object."""
        return dataclasses.asdict(self)


CHOICES: Mapping[str, tuple[str, ...]] = {
    "flavor": ("huawei", "openstack"),
    "expired_token_code": ("APIGW.0301", "APIGW.0307"),
    "volume_name_match": ("exact", "fuzzy"),
    "second_backup": ("refuse", "fail_job"),
    "delete_busy_backup": ("refuse", "allow"),
    "delete_shared_backup": ("allow", "refuse"),
    "share_again": ("existing", "refuse"),
    "policy_order": ("creation", "name"),
    "frequency_both_sent": ("winner", "keep"),
    "retention_both_sent": ("keep", "winner"),
    "delete_policy_with_volumes": ("free", "refuse"),
    "rebind_same": ("success", "fail_entry"),
    "bind_held_by_other": ("move", "fail_entry"),
    "bind_unknown": ("fail_entry", "whole_call"),
    "bind_bad_state": ("fail_entry", "whole_call"),
    "unbind_missing": ("fail_entry", "success"),
    "run_when_off": ("run", "refuse"),
    "task_count": ("total", "page"),
    "csbs_extra_info": ("text", "object", "null"),
    "csbs_delete_again": ("400", "409"),
    "csbs_busy_code": ("CSBS.2004", "CSBS.1001", "CSBS.6030"),
}

MAY_BE_NEGATIVE = ("clock_offset_seconds", "quota_backups", "quota_gigabytes")


def _checked(name: str, default: Any, value: Any) -> Any:
    """The value in the setting's own type, or BadSettingError."""
    if isinstance(default, bool):
        good = isinstance(value, bool)
    elif isinstance(default, float):
        good = isinstance(value, (int, float)) and not isinstance(value, bool)
        value = float(value) if good else value
    elif isinstance(default, int):
        good = isinstance(value, int) and not isinstance(value, bool)
    elif isinstance(default, list):
        good = isinstance(value, list) and all(isinstance(item, str) for item in value)
    else:
        good = isinstance(value, str) and value in CHOICES.get(name, (value,))
    if not good:
        choices = f", one of {', '.join(CHOICES[name])}" if name in CHOICES else ""
        raise BadSettingError(f"{name} must be a {type(default).__name__}{choices}; got {json.dumps(value)}")
    if isinstance(value, (int, float)) and value < 0 and name not in MAY_BE_NEGATIVE:
        raise BadSettingError(f"{name} must not be negative; got {value}")
    return value


def changed(settings: Settings, changes: Mapping[str, Any]) -> Settings:
    """A copy of the settings with some changed; raises BadSettingError and then changes nothing."""
    defaults = Settings().as_dict()
    unknown = sorted(set(changes) - set(defaults))
    if unknown:
        raise BadSettingError(f"no such setting: {', '.join(unknown)}")
    checked = {name: _checked(name, defaults[name], value) for name, value in changes.items()}
    return dataclasses.replace(settings, **checked)


@dataclass(frozen=True)
class Start:
    """What the command line's environment asks for."""

    port: int
    volumes: int
    settings: Settings


def _number(environ: Mapping[str, str], name: str, default: float, highest: float, whole: bool) -> float:
    text = environ.get(name, "")
    if not text:
        return default
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = -1
    if not 0 <= value <= highest:
        kind = "a whole number" if whole else "a number"
        raise BadSettingError(f"{name} must be {kind} from 0 to {highest:g}; got {text!r}")
    return value


def from_environ(environ: Mapping[str, str]) -> Start:
    """Read SIM_PORT, SIM_JOB_SECONDS, SIM_VOLUMES, SIM_FLAVOR and SIM_SETTINGS (a JSON object)."""
    flavor = environ.get("SIM_FLAVOR") or "huawei"
    if flavor not in CHOICES["flavor"]:
        raise BadSettingError(f"SIM_FLAVOR must be one of {', '.join(CHOICES['flavor'])}; got {flavor!r}")
    job_seconds = _number(environ, "SIM_JOB_SECONDS", 5.0, 86400.0, whole=False)
    settings = Settings(flavor=flavor, job_seconds=job_seconds)
    try:
        more = json.loads(environ.get("SIM_SETTINGS") or "{}")
    except ValueError:
        more = None
    if not isinstance(more, dict):
        raise BadSettingError("SIM_SETTINGS must be a JSON object of settings")
    return Start(
        port=int(_number(environ, "SIM_PORT", 0, 65535, whole=True)),
        volumes=int(_number(environ, "SIM_VOLUMES", 6, 100000, whole=True)),
        settings=changed(settings, more),
    )
