# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Policy times: whole hours in a time zone on the user's side, UTC on the wire (F §6.1, contract §3)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import shown

WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")

_DAY = 24 * 60
_HOUR = r"([01][0-9]|2[0-3]):00\Z"
_ANY_TIME = r"([01]?[0-9]|2[0-3]):([0-5][0-9])\Z"
_ZONE = r"UTC([+-])([0-9]{2}):([0-9]{2})\Z"


def check_zone(option: str, zone: str | None) -> None:
    """A time zone is ``UTC`` with whole hours from -12 to +14, such as ``UTC+02:00``."""
    minutes = offset(zone)
    if zone is None or (minutes is not None and minutes % 60 == 0 and -12 * 60 <= minutes <= 14 * 60):
        return
    raise OptionError(option, f"{shown(zone)} is not UTC with whole hours from -12 to +14, such as UTC+02:00")


def check_times(option: str, times: Sequence[str] | None) -> None:
    """Start times are whole hours, each once, at least one and at most 24."""
    if times is None:
        return
    if not times:
        raise OptionError(option, "is empty; a policy needs at least one time")
    for time in times:
        # Longer ones are no slip of YAML, and Python itself refuses to read the longest.
        if re.fullmatch(r"-?[0-9]{1,9}", time):
            raise OptionError(option, f"{time} is a number, not a time{_meant(int(time))}; put times in quotes")
        if not re.match(_HOUR, time):
            raise OptionError(option, f"{shown(time)} is not a whole hour from 00:00 to 23:00")
    doubles = sorted({time for time in times if list(times).count(time) > 1})
    if doubles:
        raise OptionError(option, f"{', '.join(doubles)} is there more than once")


def offset(zone: str | None) -> int | None:
    """Minutes east of UTC; None for none or an unreadable zone."""
    match = re.match(_ZONE, zone) if isinstance(zone, str) else None
    if not match or int(match.group(3)) > 59:
        return None
    minutes = int(match.group(2)) * 60 + int(match.group(3))
    return -minutes if match.group(1) == "-" else minutes


def to_utc(times: Sequence[str], zone: str | None) -> list[str]:
    """UTC times in the order of the local day, as the service asks for them."""
    shift = offset(zone) or 0
    return [_format(minutes - shift) for minutes in sorted(_minutes(time) for time in times)]


def to_local(utc_times: Sequence[str], zone: str | None) -> list[str]:
    """Local times in the order of the local day."""
    shift = offset(zone) or 0
    return [_format(minutes) for minutes in sorted((_minutes(time) + shift) % _DAY for time in utc_times)]


def read_times(wire: object) -> list[str]:
    """The readable times of a wire text such as ``22:00,00:00``."""
    parts = [part.strip() for part in wire.split(",")] if isinstance(wire, str) else []
    return [_format(_minutes(part)) for part in parts if re.match(_ANY_TIME, part)]


def _minutes(time: str) -> int:
    hours, _colon, minutes = time.partition(":")
    return int(hours) * 60 + int(minutes)


def _format(minutes: int) -> str:
    minutes %= _DAY
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _meant(number: int) -> str:
    """YAML reads an unquoted 23:00 as 1380, in base 60."""
    return f" (an unquoted {_format(number)} in YAML)" if 0 <= number < _DAY and number % 60 == 0 else ""
