# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What tasks leave behind beside the tokens: nothing that piles up, nothing that nobody finds again."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils._token_cache import TokenCache
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import NOON, FakeClock

ENTRY = {"token": "canary-token", "expires_at": NOON + 3600, "project_id": "p", "catalog": None}
DAY = 86400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "huaweicloud.backup"
    made.mkdir(mode=0o700)
    return made


@pytest.fixture
def cache(folder: Path) -> TokenCache:
    return TokenCache(folder, FakeClock().as_clock())


def left(folder: Path, name: str, content: str = "", *, age: float = 0, mode: int = 0o600) -> Path:
    """A file that was there before."""
    path = folder / name
    path.write_text(content, encoding="utf-8")
    path.chmod(mode)
    os.utime(path, (NOON - age, NOON - age))
    return path


def use(cache: TokenCache, secret: str = "secret") -> Path:
    """What a task does that signs in."""
    path = cache.path(("user",), secret)
    with cache.locked(path):
        cache.save(path, ENTRY)
    return path


@pytest.mark.parametrize("content", [b"x" * 32, b"short"])
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_with_a_key_that_others_may_read_nothing_is_written(
    folder: Path, cache: TokenCache, content: bytes, mode: int
) -> None:
    salt = folder / "salt"
    salt.write_bytes(content)
    salt.chmod(mode)
    for _task in range(3):
        use(TokenCache(folder, FakeClock().as_clock()))
    use(cache)
    assert [path.name for path in folder.iterdir()] == ["salt"]
    assert salt.read_bytes() == content
    salt.chmod(0o600)
    assert cache.load(use(cache)) == ENTRY


def test_a_link_in_place_of_the_key_means_no_cache(folder: Path, cache: TokenCache, tmp_path: Path) -> None:
    (tmp_path / "planted").write_bytes(b"x" * 32)
    (tmp_path / "planted").chmod(0o600)
    (folder / "salt").symlink_to(tmp_path / "planted")
    use(cache)
    assert [path.name for path in folder.iterdir()] == ["salt"]


@pytest.mark.parametrize(
    ("ended", "stays"), [(-3600, True), (0, True), (DAY - 1, True), (DAY + 1, False), (400 * DAY, False)]
)
def test_entries_go_a_day_after_their_end(folder: Path, cache: TokenCache, ended: float, stays: bool) -> None:
    old = left(folder, "a" * 64 + ".json", json.dumps({**ENTRY, "expires_at": NOON - ended}))
    path = use(cache)
    assert old.exists() is stays
    assert cache.load(path) == ENTRY


@pytest.mark.parametrize("name", ["b" * 64 + ".4711.0123abcd", "salt.4711.0123abcd", "b" * 64 + ".lock"])
def test_halves_and_locks_of_tasks_that_ended_badly_go_after_an_hour(
    folder: Path, cache: TokenCache, name: str
) -> None:
    half = left(folder, name, "half a token", age=3599)
    use(cache)
    assert half.exists()
    os.utime(half, (NOON - 3601, NOON - 3601))
    use(cache)
    assert not half.exists()


def test_the_lock_of_an_entry_stays_however_old(folder: Path, cache: TokenCache) -> None:
    path = use(cache)
    lock = path.with_suffix(".lock")
    os.utime(lock, (NOON - 40 * DAY, NOON - 40 * DAY))
    use(cache, "another")
    assert lock.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.json", '{"expires_at": 1}'),
        ("c" * 64 + ".json", "not json"),
        ("c" * 64 + ".json", '{"expires_at": "1"}'),
        ("c" * 64 + ".json", "[1]"),
        ("c" * 64 + ".json.bak", '{"expires_at": 1}'),
        ("lock", ""),
        ("README", ""),
    ],
)
def test_what_this_collection_did_not_write_is_left_alone(
    folder: Path, cache: TokenCache, name: str, content: str
) -> None:
    other = left(folder, name, content, age=400 * DAY)
    use(cache)
    assert other.exists()


def test_an_entry_that_others_may_read_is_left_to_its_owner(folder: Path, cache: TokenCache) -> None:
    other = left(folder, "d" * 64 + ".json", '{"expires_at": 1}', mode=0o644)
    use(cache)
    assert other.exists()


def test_twenty_wrong_passwords_leave_their_locks_for_an_hour_only(folder: Path, cache: TokenCache) -> None:
    for number in range(20):
        lock = cache.path(("user",), f"wrong-{number}").with_suffix(".lock")
        with cache.locked(lock.with_suffix(".json")):
            pass
        os.utime(lock, (NOON - 4000, NOON - 4000))
    path = use(cache)
    assert sorted(found.name for found in folder.iterdir()) == sorted([path.name, path.stem + ".lock", "salt"])
