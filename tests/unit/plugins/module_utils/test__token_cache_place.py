# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where tokens are kept; a place that cannot be trusted or used means no cache (contract §1)."""

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._token_cache import open_cache
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.caches import folder, mode, opened
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock


def test_the_place_is_the_runtime_directory_else_the_home_directory(place: dict[str, str], tmp_path: Path) -> None:
    opened(place)
    assert folder(place).is_dir()
    home = tmp_path / "home/.cache/huaweicloud.backup"
    assert not home.exists()
    for environ in ({}, {"XDG_RUNTIME_DIR": ""}, {"XDG_RUNTIME_DIR": str(tmp_path / "gone")}):
        opened(environ)
        assert mode(home) == 0o700
        home.rmdir()


@pytest.mark.parametrize("bad_mode", [0o755, 0o710, 0o701, 0o770, 0o777])
def test_a_folder_that_others_may_enter_is_no_place(place: dict[str, str], bad_mode: int) -> None:
    folder(place).mkdir()
    folder(place).chmod(bad_mode)
    assert open_cache(place, FakeClock().as_clock()) is None


def test_a_link_a_file_and_somebody_elses_folder_are_no_place(
    place: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_a_place() -> bool:
        return open_cache(place, FakeClock().as_clock()) is not None

    folder(place).write_text("", encoding="utf-8")
    assert not is_a_place()
    folder(place).unlink()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder(place).symlink_to(tmp_path / "elsewhere")
    assert not is_a_place()
    folder(place).unlink()
    assert is_a_place()
    somebody_else = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody_else)
    assert not is_a_place()


@pytest.mark.parametrize("error", [OSError(30, "Read-only file system"), RuntimeError("no home directory")])
def test_a_place_that_cannot_be_made_is_no_cache(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def broken(*_arguments: t.Any, **_more: t.Any) -> t.NoReturn:
        raise error

    monkeypatch.setattr(Path, "mkdir", broken)
    assert open_cache({}, FakeClock().as_clock()) is None
