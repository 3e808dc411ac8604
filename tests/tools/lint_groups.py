# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks that meta/runtime.yml's action group ``all`` holds every module and nothing else."""

from __future__ import annotations

from pathlib import Path

import yaml

GROUP = "all"


def group_problems(tree: Path) -> list[str]:
    """Return a line for each module that is missing from the group or is in it without being there."""
    runtime = yaml.safe_load((tree / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    listed = runtime.get("action_groups", {}).get(GROUP) or []
    modules = {file.stem for file in (tree / "plugins" / "modules").glob("[!_]*.py")}
    problems = [f"{name}: not in action group {GROUP!r} of meta/runtime.yml" for name in modules.difference(listed)]
    problems += [f"{name}: in action group {GROUP!r} but not in plugins/modules" for name in set(listed) - modules]
    if len(listed) != len(set(listed)) or listed != sorted(listed):
        problems.append(f"action group {GROUP!r} is not sorted, or names a module twice")
    return sorted(problems)
