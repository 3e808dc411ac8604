# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Copies the working tree to where Ansible's tools want a collection: ``.../ansible_collections/NAMESPACE/NAME``.

Tracked files and new ones that are not ignored are copied, only what changed, and files that are gone are removed. The
copy is a git checkout of its own, because ansible-test asks git which files there are.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import paths
from .environment import clean_environment
from .outcome import StageError

LIST_FILES = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")


def stage(source: Path = paths.CHECKOUT, tree: Path = paths.TREE) -> int:
    """Bring ``tree`` in line with ``source`` and return how many files it holds."""
    tree.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(tree):
        if not (tree / ".git").is_dir():
            _git(tree, "-c", "init.defaultBranch=main", "init", "--quiet")
        wanted = [name for name in files(source) if _is_there(source / name)]
        for name in set(files(tree)).difference(wanted):
            _remove(tree, name)
        for name in wanted:
            _copy(source / name, tree / name)
        _git(tree, "add", "--all")
        return len(wanted)


@contextmanager
def _one_at_a_time(tree: Path) -> Iterator[None]:
    # Two stages may be started side by side; git's index is no place for both.
    with (tree.parent / f".{tree.name}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _git(directory: Path, *arguments: str) -> bytes:
    env = clean_environment({"GIT_CEILING_DIRECTORIES": str(directory.parent)})
    result = subprocess.run(["git", *arguments], cwd=directory, env=env, stdout=subprocess.PIPE, check=False)
    if result.returncode:
        raise StageError(f"git failed in {directory}: the stages need a git checkout and git itself")
    return result.stdout


def files(directory: Path) -> list[str]:
    """Return the names of the files of a git checkout: tracked ones, and new ones that are not ignored."""
    return sorted({os.fsdecode(name) for name in _git(directory, *LIST_FILES).split(b"\0") if name})


def _is_there(path: Path) -> bool:
    # A tracked file may have been deleted without a commit; a nested repository is listed as a directory.
    return path.is_symlink() or path.is_file()


def _copy(source: Path, target: Path) -> None:
    if _same(source, target):
        return
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)


def _same(source: Path, target: Path) -> bool:
    try:
        old = target.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    new = source.lstat()
    if (old.st_mode, old.st_size) != (new.st_mode, new.st_size):
        return False
    return source.is_symlink() or old.st_mtime_ns == new.st_mtime_ns


def _remove(tree: Path, name: str) -> None:
    path = tree / name
    path.unlink(missing_ok=True)
    for parent in path.parents:
        if parent == tree or not parent.is_dir() or any(parent.iterdir()):
            break
        parent.rmdir()


if __name__ == "__main__":
    print(f"{stage()} files in {paths.TREE}")
