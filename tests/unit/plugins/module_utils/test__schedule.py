# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Local times on the user's side, UTC on the wire in local order (F §6.1, contract §3)."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _schedule
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError

HOURS = [f"{hour:02d}:00" for hour in range(24)]
ZONES = [f"UTC{'+' if hours >= 0 else '-'}{abs(hours):02d}:00" for hours in range(-12, 15)]


@pytest.mark.parametrize(
    ("times", "zone", "expected"),
    [
        (["23:00", "01:00"], "UTC+02:00", ["23:00", "21:00"]),
        (["01:00", "23:00"], "UTC+02:00", ["23:00", "21:00"]),
        (["00:00", "02:00", "04:00"], "UTC+02:00", ["22:00", "00:00", "02:00"]),
        (["23:00"], "UTC-05:00", ["04:00"]),
        (["00:00"], "UTC+14:00", ["10:00"]),
        (["00:00"], "UTC-12:00", ["12:00"]),
        (["05:00", "03:00"], None, ["03:00", "05:00"]),
        (["05:00", "03:00"], "Europe/Berlin", ["03:00", "05:00"]),
        ([], "UTC+02:00", []),
    ],
)
def test_times_go_out_in_utc_in_the_order_of_the_local_day(
    times: list[str], zone: str | None, expected: list[str]
) -> None:
    assert _schedule.to_utc(times, zone) == expected


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_and_hour_reads_back_as_given(zone: str) -> None:
    assert _schedule.to_local(_schedule.to_utc(HOURS, zone), zone) == HOURS
    _schedule.check_zone("time_zone", zone)


@pytest.mark.parametrize(
    ("utc", "zone", "expected"),
    [
        (["23:00", "21:00"], "UTC+02:00", ["01:00", "23:00"]),
        (["21:00", "23:00"], "UTC+02:00", ["01:00", "23:00"]),
        (["22:30"], "UTC+02:00", ["00:30"]),
        (["22:00"], "UTC+05:30", ["03:30"]),
        (["22:00", "02:00"], None, ["02:00", "22:00"]),
    ],
)
def test_times_read_back_in_the_order_of_the_local_day(utc: list[str], zone: str | None, expected: list[str]) -> None:
    assert _schedule.to_local(utc, zone) == expected


@pytest.mark.parametrize(
    ("zone", "minutes"),
    [
        ("UTC+02:00", 120),
        ("UTC-02:30", -150),
        ("UTC+00:00", 0),
        ("UTC-00:00", 0),
        ("UTC+08:59", 539),
        ("UTC+08:60", None),
        ("UTC+8:00", None),
        ("UTC+0800", None),
        ("UTC", None),
        ("GMT+08:00", None),
        ("utc+08:00", None),
        ("UTC+08:00\n", None),
        ("UTC+\u0660\u0668:00", None),
        ("", None),
        (None, None),
    ],
)
def test_an_offset_has_one_form(zone: str | None, minutes: int | None) -> None:
    assert _schedule.offset(zone) == minutes


@pytest.mark.parametrize(
    "zone",
    ["UTC", "UTC+15:00", "UTC-13:00", "UTC+05:30", "UTC+14:30", "UTC+99:00", "Europe/Berlin", "+02:00", "", "UTC+2"],
)
def test_other_zones_are_refused_by_the_options_name(zone: str) -> None:
    with pytest.raises(OptionError, match="whole hours from -12 to"):
        _schedule.check_zone("time_zone", zone)
    _schedule.check_zone("time_zone", None)


@pytest.mark.parametrize("times", [None, ["00:00"], ["23:00", "01:00"], HOURS, HOURS[::-1]])
def test_whole_hours_in_any_order_are_fine(times: list[str] | None) -> None:
    _schedule.check_times("start_times", times)


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([], "at least one time"),
        (["23:30"], "not a whole hour"),
        (["24:00"], "not a whole hour"),
        (["1:00"], "not a whole hour"),
        (["01:00:00"], "not a whole hour"),
        (["01:00 "], "not a whole hour"),
        (["01:00\n"], "not a whole hour"),
        (["0\u0661:00"], "not a whole hour"),
        ([""], "not a whole hour"),
        (["noon"], "not a whole hour"),
        (["22:00,23:00"], "not a whole hour"),
        (["1380"], "unquoted 23:00.*put times in quotes"),
        (["0"], "unquoted 00:00.*put times in quotes"),
        (["600"], "unquoted 10:00.*put times in quotes"),
        (["1410"], "1410 is a number, not a time; put times in quotes"),
        (["1440"], "1440 is a number, not a time; put times in quotes"),
        (["-60"], "-60 is a number, not a time; put times in quotes"),
        (["01:00", "02:00", "01:00"], "01:00 is there more than once"),
        (["02:00", "01:00", "01:00", "02:00"], "01:00, 02:00 is there more than once"),
    ],
)
def test_other_times_are_refused_by_the_options_name(times: list[str], message: str) -> None:
    with pytest.raises(OptionError, match=message) as caught:
        _schedule.check_times("start_times", times)
    assert caught.value.option == "start_times"


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ("22:00,00:00,02:00", ["22:00", "00:00", "02:00"]),
        (" 22:00 , 7:00 ", ["22:00", "07:00"]),
        ("22:30", ["22:30"]),
        ("", []),
        ("24:00,x,12:60,12:0", []),
        (None, []),
        (2200, []),
        (["22:00"], []),
    ],
)
def test_readable_times_of_the_wire_are_read(wire: object, expected: list[str]) -> None:
    assert _schedule.read_times(wire) == expected


def test_the_days_are_those_of_the_service_from_monday_on() -> None:
    assert _schedule.WEEKDAYS == ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
