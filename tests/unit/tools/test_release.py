# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rehearsal of a release sees what the changelog leaves out, and never takes a version that is there already."""

from __future__ import annotations

import pytest
import yaml

from ansible_collections.huaweicloud.backup.tests.tools.release import changelog_problems, next_version

COMPLETE = {
    "1.0.0": {"modules": [{"name": "vbs_old"}], "objects": {"role": [{"name": "protect"}]}},
    "1.1.0": {"modules": [{"name": "vbs_new"}], "objects": {"playbook": [{"name": "protect"}]}},
}


@pytest.fixture(name="tree")
def fixture_tree(tmp_path):
    """A tree with two modules, a role and a playbook, at version 1.1.0, and the given releases in its changelog."""

    def made(releases):
        for name in ("plugins/modules/vbs_old.py", "plugins/modules/vbs_new.py", "plugins/modules/__init__.py"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).touch()
        for name in ("roles/protect", "playbooks", "changelogs"):
            (tmp_path / name).mkdir(parents=True)
        (tmp_path / "playbooks" / "protect.yml").touch()
        (tmp_path / "galaxy.yml").write_text("version: 1.1.0\n", encoding="utf-8")
        (tmp_path / "changelogs" / "changelog.yaml").write_text(yaml.safe_dump({"releases": releases}), "utf-8")
        return tmp_path

    return made


def test_what_any_release_names_is_not_missed(tree) -> None:
    assert changelog_problems(tree(COMPLETE)) == []


@pytest.mark.parametrize(
    ("releases", "says"),
    [
        ({"1.0.0": COMPLETE["1.0.0"]}, ["module vbs_new", "playbook protect"]),
        ({"1.1.0": COMPLETE["1.1.0"]}, ["module vbs_old", "role protect"]),
        ({"1.1.0": {}}, ["module vbs_new", "module vbs_old", "playbook protect", "role protect"]),
    ],
)
def test_what_no_release_names_is_told(tree, releases, says) -> None:
    problems = changelog_problems(tree(releases))
    assert [problem.partition(":")[0] for problem in problems] == says


@pytest.mark.parametrize(("releases", "version"), [({}, "1.1.0"), ({"1.0.0": {}}, "1.1.0"), (COMPLETE, "1.1.1")])
def test_the_version_rehearsed_is_one_that_is_not_released(tree, releases, version: str) -> None:
    assert next_version(tree(releases)) == version
