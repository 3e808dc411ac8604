# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import subprocess

import pytest

from ansible_collections.huaweicloud.backup.tests.tools.stage_tree import stage


def git(directory, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(directory), *arguments], check=True, capture_output=True)


@pytest.fixture(name="checkout")
def fixture_checkout(tmp_path):
    checkout = tmp_path / "checkout"
    checkout.mkdir()
    git(checkout, "init", "--quiet")
    (checkout / ".gitignore").write_text("/build/\n*.pyc\n", encoding="utf-8")
    (checkout / "plugins").mkdir()
    (checkout / "plugins" / "tracked.py").write_text("1\n", encoding="utf-8")
    git(checkout, "add", "--all")
    (checkout / "new and untracked.py").write_text("2\n", encoding="utf-8")
    (checkout / "junk.pyc").write_text("3\n", encoding="utf-8")
    return checkout


def names(tree) -> list[str]:
    found = [path.relative_to(tree) for path in tree.rglob("*") if not path.is_dir()]
    return sorted(str(name) for name in found if name.parts[0] != ".git")


def test_tracked_and_new_files_are_copied_and_ignored_ones_are_not(checkout) -> None:
    tree = checkout / "build" / "tree"
    assert stage(checkout, tree) == 3
    assert names(tree) == [".gitignore", "new and untracked.py", "plugins/tracked.py"]


def test_the_copy_is_a_git_checkout_of_its_own(checkout) -> None:
    tree = checkout / "build" / "tree"
    stage(checkout, tree)
    listed = subprocess.run(["git", "-C", str(tree), "ls-files"], check=True, capture_output=True, text=True).stdout
    assert "plugins/tracked.py" in listed.splitlines()


def test_only_what_changed_is_copied_again_and_what_is_gone_is_removed(checkout) -> None:
    tree = checkout / "build" / "tree"
    stage(checkout, tree)
    untouched = (tree / "new and untracked.py").stat().st_ino
    (checkout / "plugins" / "tracked.py").unlink()
    (checkout / ".gitignore").write_text("/build/\n", encoding="utf-8")
    stage(checkout, tree)
    assert names(tree) == [".gitignore", "junk.pyc", "new and untracked.py"]
    assert (tree / "new and untracked.py").stat().st_ino == untouched
    assert not (tree / "plugins").exists()


def test_what_a_run_left_in_the_copy_stays_when_it_is_ignored(checkout) -> None:
    tree = checkout / "build" / "tree"
    stage(checkout, tree)
    (tree / "kept.pyc").write_text("left by a run\n", encoding="utf-8")
    (tree / "stray.py").write_text("left by a run\n", encoding="utf-8")
    stage(checkout, tree)
    assert (tree / "kept.pyc").exists()
    assert not (tree / "stray.py").exists()


def test_a_file_that_becomes_a_directory_and_a_changed_mode_are_followed(checkout) -> None:
    tree = checkout / "build" / "tree"
    stage(checkout, tree)
    (checkout / "plugins" / "tracked.py").unlink()
    (checkout / "plugins" / "tracked.py").mkdir()
    (checkout / "plugins" / "tracked.py" / "inner.py").write_text("4\n", encoding="utf-8")
    (checkout / "new and untracked.py").chmod(0o755)
    stage(checkout, tree)
    assert (tree / "plugins" / "tracked.py" / "inner.py").is_file()
    assert (tree / "new and untracked.py").stat().st_mode & 0o100
