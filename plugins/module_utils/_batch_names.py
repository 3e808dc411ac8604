# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names that a batch gives its backups (contract §4, vbs_backup_batch; limits: F §4.1)."""

from __future__ import annotations

import re
import time
import typing as t

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import shown

_LONGEST = 64
_OF_ID = 8
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_KNOWN = ("volume_name", "volume_id", "date")
_NOT_ALLOWED = re.compile(r"[^A-Za-z0-9_\u4e00-\u9fff-]")
# The service keeps such names for the backups of policies.
_RESERVED = "auto"
_MOST = 1000


def check_template(option: str, template: str) -> None:
    """Refuse what gives no name: nothing at all, or a placeholder that nobody fills.

    :raises OptionError: naming the placeholder and those that there are.
    """
    if not template.strip():
        raise OptionError(option, f"{shown(template)} is empty; leave it out, or say how the backups are called")
    if len(template) > _MOST:
        raise OptionError(option, f"{shown(template)} has {len(template)} characters; at most {_MOST} are allowed")
    for name in _PLACEHOLDER.findall(template):
        if name not in _KNOWN:
            known = ", ".join(f"{{{one}}}" for one in _KNOWN)
            raise OptionError(option, f"{shown('{' + name + '}')} is no placeholder; there are {known}")


def date_of(now: float) -> str:
    """The day in UTC, as C(YYYYMMDD)."""
    return time.strftime("%Y%m%d", time.gmtime(now))


def backup_name(template: str, *, volume_name: str | None, volume_id: str, date: str) -> str:
    """The name of one volume's backup. A volume without a name is called by its ID."""
    values = {"volume_name": volume_name or volume_id, "volume_id": volume_id, "date": date}

    def fill(match: t.Match[str]) -> str:
        return values[match.group(1)]

    name = _NOT_ALLOWED.sub("-", _PLACEHOLDER.sub(fill, template))
    if name.startswith(_RESERVED):
        name = f"b-{name}"
    if len(name) <= _LONGEST:
        return name
    # So that two volumes whose names begin alike still have backups with different names.
    return f"{name[: _LONGEST - _OF_ID - 1]}-{_NOT_ALLOWED.sub('-', volume_id)[:_OF_ID]}"
