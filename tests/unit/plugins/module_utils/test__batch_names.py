# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of a batch's backups: whatever the volume is called, the service allows them (F §4.1)."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._batch_names import (
    backup_name,
    check_template,
    date_of,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import OptionError
from ansible_collections.huaweicloud.backup.plugins.module_utils._validate import check_name
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import NOON

VOLUME = "12345678-90ab-cdef-1234-567890abcdef"


def named(template: str, volume_name: str | None = "data-01") -> str:
    check_template("name", template)
    name = backup_name(template, volume_name=volume_name, volume_id=VOLUME, date="20261121")
    return check_name("name", name, forbidden_prefix="auto")


@pytest.mark.parametrize("template", ["{volume}", "{volume_name}-{time}", "{}", "{Date}", "{volume_name }", "a{b}c"])
def test_an_unknown_placeholder_is_refused_and_the_known_ones_are_told(template: str) -> None:
    with pytest.raises(OptionError, match=r"^name: .*is no placeholder.*{volume_name}, {volume_id}, {date}$"):
        check_template("name", template)


@pytest.mark.parametrize("template", ["", "  ", "x" * 1001])
def test_a_template_that_is_none_is_refused(template: str) -> None:
    with pytest.raises(OptionError, match=r"^name: "):
        check_template("name", template)


@pytest.mark.parametrize(
    ("template", "volume_name", "expected"),
    [
        ("{volume_name}-{date}", "data-01", "data-01-20261121"),
        ("{date}_{volume_id}", "data-01", f"20261121_{VOLUME}"),
        ("before", "data-01", "before"),
        ("{volume_name}", None, VOLUME),
        ("{volume_name}", "", VOLUME),
        ("{volume_name}", "db.prod/eu 1", "db-prod-eu-1"),
        ("{volume_name}", "\u6570\u636e-1", "\u6570\u636e-1"),
        ("{volume_name}", "\U0001f4be", "-"),
        ("{volume_name}", "{date}", "-date-"),
        ("}{volume_name}{", "a", "-a-"),
        ("{volume_name}", "autobk", "b-autobk"),
        ("auto-{date}", "data-01", "b-auto-20261121"),
        ("{volume_name}", "Auto", "Auto"),
        ("{volume_name}", "x" * 64, "x" * 64),
        ("{volume_name}", "x" * 65, "x" * 55 + "-12345678"),
        ("{volume_name}", "auto" + "x" * 59, "b-auto" + "x" * 49 + "-12345678"),
    ],
)
def test_names(template: str, volume_name: str | None, expected: str) -> None:
    assert named(template, volume_name) == expected


def test_the_date_is_the_day_in_utc() -> None:
    assert date_of(NOON) == "20261121"
    assert date_of(NOON + 12 * 3600 - 1) == "20261121"
    assert date_of(NOON + 12 * 3600) == "20261122"
