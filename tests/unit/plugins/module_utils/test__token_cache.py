# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens on disk: private, whole or not at all, and never found by another credential (contract §1)."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

import pytest

from ansible_collections.huaweicloud.backup.plugins.module_utils import _token_cache
from ansible_collections.huaweicloud.backup.plugins.module_utils._token_cache import TokenCache
from ansible_collections.huaweicloud.backup.tests.unit.plugins.module_utils.caches import folder, mode, opened
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import NOON, FakeClock

PARTS = ("https://iam.example.com/v3", "user", "domain", None, None, "project", None, None)
ENTRY = {"token": "canary-token", "expires_at": NOON + 3600, "project_id": "p", "catalog": None}


@pytest.fixture
def cache(place: dict[str, str]) -> TokenCache:
    return opened(place)


def test_an_entry_that_was_saved_is_found_by_another_task(place: dict[str, str]) -> None:
    first, second = opened(place), opened(place)
    first.save(first.path(PARTS, "secret"), ENTRY)
    assert second.load(second.path(PARTS, "secret")) == ENTRY


def test_folder_and_files_are_private_whatever_the_umask(place: dict[str, str]) -> None:
    before = os.umask(0)
    try:
        cache = opened(place)
        path = cache.path(PARTS, "secret")
        cache.save(path, ENTRY)
        with cache.locked(path):
            pass
    finally:
        os.umask(before)
    assert mode(folder(place)) == 0o700
    files = sorted(file.name for file in folder(place).iterdir())
    assert files == sorted(["salt", path.name, path.with_suffix(".lock").name])
    assert {mode(file) for file in folder(place).iterdir()} == {0o600}


def test_nothing_of_the_credential_can_be_read_from_the_names(place: dict[str, str], cache: TokenCache) -> None:
    cache.save(cache.path(PARTS, "canary-secret"), {**ENTRY, "token": "x"})
    everything = b"".join(file.name.encode() + file.read_bytes() for file in folder(place).iterdir())
    for word in (b"canary", b"user", b"domain"):
        assert word not in everything


def test_the_secret_cannot_be_guessed_without_the_folders_own_key(tmp_path: Path) -> None:
    paths = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        cache = opened({"XDG_RUNTIME_DIR": str(tmp_path / name)})
        paths.add(cache.path(PARTS, "secret").name)
    assert len(paths) == 2


@pytest.mark.parametrize("number", range(len(PARTS)))
def test_every_part_of_the_credential_is_part_of_the_key(cache: TokenCache, number: int) -> None:
    other = (*PARTS[:number], "other", *PARTS[number + 1 :])
    assert cache.path(other, "secret") != cache.path(PARTS, "secret")


def test_another_password_never_finds_the_token(cache: TokenCache) -> None:
    cache.save(cache.path(PARTS, "right"), ENTRY)
    assert cache.load(cache.path(PARTS, "wrong")) is None
    assert cache.load(cache.path(PARTS, "")) is None


def test_parts_cannot_be_shifted_into_one_another(cache: TokenCache) -> None:
    assert cache.path(("a", "bc"), "s") != cache.path(("ab", "c"), "s")
    assert cache.path((None, "a"), "s") != cache.path(("a", None), "s")
    assert cache.path((None,), "s") != cache.path(("",), "s")


@pytest.mark.parametrize(("left", "good"), [(301, True), (300, False), (299, False), (0, False), (-1, False)])
def test_a_token_is_used_until_five_minutes_before_its_end(cache: TokenCache, left: int, good: bool) -> None:
    path = cache.path(PARTS, "secret")
    cache.save(path, {**ENTRY, "expires_at": NOON + left})
    assert (cache.load(path) is not None) is good


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"{}",
        b'{"token": 7, "expires_at": 9e9}',
        b'{"token": "x"}',
        b'{"token": "x", "expires_at": "9e9"}',
        b'{"token": "x", "expires_at": null}',
        b'{"token": "x", "expires_at": true}',
        b'{"token": "x", "expires_at": NaN}',
        b'{"token": "x", "expires_at": 9e9',
        b"[" * 100000,
    ],
)
def test_garbage_is_no_entry_and_is_written_over(cache: TokenCache, content: bytes) -> None:
    path = cache.path(PARTS, "secret")
    path.write_bytes(content)
    path.chmod(0o600)
    assert cache.load(path) is None
    cache.save(path, ENTRY)
    assert cache.load(path) == ENTRY


@pytest.mark.parametrize("bad_mode", [0o604, 0o640, 0o666, 0o610, 0o601])
def test_a_file_that_others_may_touch_is_not_trusted(cache: TokenCache, bad_mode: int) -> None:
    path = cache.path(PARTS, "secret")
    cache.save(path, ENTRY)
    path.chmod(bad_mode)
    assert cache.load(path) is None


def test_a_file_of_another_user_is_not_trusted(cache: TokenCache, monkeypatch: pytest.MonkeyPatch) -> None:
    path = cache.path(PARTS, "secret")
    cache.save(path, ENTRY)
    assert cache.load(path) == ENTRY
    somebody_else = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody_else)
    assert cache.load(path) is None


def test_a_link_in_place_of_the_file_is_not_followed(cache: TokenCache, tmp_path: Path) -> None:
    path = cache.path(PARTS, "secret")
    target = tmp_path / "planted"
    target.write_text(json.dumps(ENTRY), encoding="utf-8")
    target.chmod(0o600)
    path.symlink_to(target)
    assert cache.load(path) is None
    cache.save(path, {**ENTRY, "token": "mine"})
    assert "canary" in target.read_text(encoding="utf-8")
    assert cache.load(path) == {**ENTRY, "token": "mine"}


def test_a_link_in_place_of_the_lock_is_not_followed(cache: TokenCache, tmp_path: Path) -> None:
    path = cache.path(PARTS, "secret")
    target = tmp_path / "victim"
    path.with_suffix(".lock").symlink_to(target)
    with cache.locked(path):
        pass
    assert not target.exists()


def test_a_failed_write_leaves_the_old_entry_whole(cache: TokenCache, monkeypatch: pytest.MonkeyPatch) -> None:
    path = cache.path(PARTS, "secret")
    cache.save(path, ENTRY)
    names = sorted(file.name for file in path.parent.iterdir())

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    cache.save(path, {**ENTRY, "token": "new"})
    assert cache.load(path) == ENTRY
    assert sorted(file.name for file in path.parent.iterdir()) == names


def test_a_dead_token_is_dropped_but_not_one_that_took_its_place(cache: TokenCache) -> None:
    path = cache.path(PARTS, "secret")
    cache.save(path, ENTRY)
    cache.drop(path, "another-token")
    assert cache.load(path) == ENTRY
    cache.drop(path, "canary-token")
    assert not path.exists()
    cache.drop(path, "canary-token")


def test_a_lock_that_is_held_is_waited_for_and_then_ignored(place: dict[str, str]) -> None:
    clock = FakeClock()
    cache = opened(place, clock)
    path = cache.path(PARTS, "secret")
    with path.with_suffix(".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with cache.locked(path):
            assert clock.elapsed >= 60
    assert clock.elapsed < 61


def test_a_free_lock_is_taken_at_once_and_given_back(place: dict[str, str]) -> None:
    clock = FakeClock()
    cache = opened(place, clock)
    path = cache.path(PARTS, "secret")
    with cache.locked(path), path.with_suffix(".lock").open("r+") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with path.with_suffix(".lock").open("r+") as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert clock.elapsed == 0


def test_without_file_locks_the_cache_works_all_the_same(cache: TokenCache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_token_cache, "HAS_FCNTL", False)
    path = cache.path(PARTS, "secret")
    with cache.locked(path):
        cache.save(path, ENTRY)
    assert cache.load(path) == ENTRY


def test_a_folder_that_vanishes_is_no_failure(place: dict[str, str], cache: TokenCache) -> None:
    path = cache.path(PARTS, "secret")
    (folder(place) / "salt").unlink()
    folder(place).rmdir()
    cache.save(path, ENTRY)
    assert cache.load(path) is None
    with cache.locked(path):
        cache.drop(path, "canary-token")
    assert cache.path(PARTS, "secret") != path


def test_a_key_that_others_could_read_is_not_used(place: dict[str, str], cache: TokenCache) -> None:
    path = cache.path(PARTS, "secret")
    (folder(place) / "salt").chmod(0o644)
    assert cache.path(PARTS, "secret") != path
    (folder(place) / "salt").chmod(0o600)
    assert cache.path(PARTS, "secret") == path
    (folder(place) / "salt").write_bytes(b"short")
    again = cache.path(PARTS, "secret")
    assert again != path
    assert cache.path(PARTS, "secret") == again
