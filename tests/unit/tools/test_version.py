# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The version stands in galaxy.yml and in what modules say of themselves, and both must agree."""

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.tests.tools.lint_version import version_problems


@pytest.fixture(name="tree")
def fixture_tree(tmp_path):
    """A tree with the given version in galaxy.yml, in the modules and, if any, in the changelog."""

    def made(galaxy: str, modules: str, released: str = ""):
        (tmp_path / "plugins" / "module_utils").mkdir(parents=True)
        (tmp_path / "changelogs").mkdir()
        (tmp_path / "galaxy.yml").write_text(f"version: {galaxy}\n", encoding="utf-8")
        (tmp_path / "plugins" / "module_utils" / "_version.py").write_text(
            f'"""A."""\nVERSION = "{modules}"\n', "utf-8"
        )
        releases = f"releases: {{{released}: {{}}}}\n" if released else "releases: {}\n"
        (tmp_path / "changelogs" / "changelog.yaml").write_text(releases, encoding="utf-8")
        return tmp_path

    return made


@pytest.mark.parametrize("released", ["", "1.2.0", "1.9.9", "1.10.0"])
def test_a_version_that_all_agree_on_is_right(tree, released: str) -> None:
    assert version_problems(tree("1.10.0", "1.10.0", released)) == []


@pytest.mark.parametrize(
    ("galaxy", "modules", "released", "says"),
    [
        ("1.10.0", "1.9.0", "", "VERSION is 1.9.0, and galaxy.yml has 1.10.0"),
        ("1.9.0", "1.9.0", "1.10.0", "version 1.9.0 is older than 1.10.0"),
        ("1.0", "1.0", "", "version 1.0 is no release"),
        ("01.0.0", "01.0.0", "", "version 01.0.0 is no release"),
    ],
)
def test_a_version_that_does_not_fit_is_told(tree, galaxy: str, modules: str, released: str, says: str) -> None:
    (problem,) = version_problems(tree(galaxy, modules, released))
    assert says in problem
