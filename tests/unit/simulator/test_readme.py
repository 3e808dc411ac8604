# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
from pathlib import Path

from simulator import control, objects
from simulator.settings import CHOICES, Settings

README = (Path(__file__).resolve().parents[2] / "simulator" / "README.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    return README.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def test_every_setting_is_explained_and_no_other() -> None:
    first_cells = re.findall(r"^\| (.*?) \|", section("Settings"), re.MULTILINE)
    named = [name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)]
    assert sorted(named) == sorted(Settings().as_dict())


def test_every_choice_is_named() -> None:
    for setting, choices in CHOICES.items():
        for choice in choices:
            assert f"`{choice}`" in README, (setting, choice)


def listed_calls() -> set[tuple[str, str]]:
    """The calls in the first cells of the table of the control API; methods without a path have that of the next."""
    calls: set[tuple[str, str]] = set()
    for cell in re.findall(r"^\| (`[A-Z].*?) \|", section("Control API"), re.MULTILINE):
        waiting: list[str] = []
        for method, path in re.findall(r"`([A-Z]+)(?: (/[^`?]*))?`", cell):
            waiting.append(method)
            if path:
                calls |= {(one, path) for one in waiting}
                waiting = []
        assert not waiting, cell
    return calls


def test_every_control_call_is_listed_and_no_other() -> None:
    assert listed_calls() == {(method, path) for method, path, _handler, _status in control.CALLS}


def test_every_kind_of_object_is_listed() -> None:
    for kind in objects.KINDS:
        assert f"`{kind}`" in section("Control API"), kind
