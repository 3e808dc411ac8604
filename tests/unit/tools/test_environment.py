# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.huaweicloud.backup.tests.tools import environment, paths


@pytest.mark.parametrize(
    "name",
    ["HW_ACCESS_KEY", "OS_PASSWORD", "OS_CLOUD", "GITHUB_TOKEN", "ANSIBLE_CONFIG", "HTTPS_PROXY", "XDG_RUNTIME_DIR"],
)
def test_nothing_of_the_users_reaches_a_test(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "of the user")
    assert name not in environment.clean_environment()


def test_home_is_inside_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME", raising=False)
    assert environment.clean_environment()["HOME"] == str(paths.CHECKOUT / ".cache" / "home")


def test_there_is_a_utf8_locale_even_where_the_user_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert environment.clean_environment()["LC_ALL"] == "C.UTF-8"
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    assert "LC_ALL" not in environment.clean_environment()


def test_version_shims_are_left_out_of_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/a/shims:/usr/bin")
    assert environment.search_path().endswith(":/usr/bin")
    assert "shims" not in environment.search_path()


def interpreter(directory, version: str, status: int) -> str:
    directory.mkdir(parents=True, exist_ok=True)
    program = directory / f"python{version}"
    program.write_text(f"#!/bin/sh\nexit {status}\n", encoding="utf-8")
    program.chmod(0o755)
    return str(program)


def test_interpreters_are_found_behind_shims_and_only_those_that_start(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interpreter(tmp_path / "shims", "3.9", 127)
    old = interpreter(tmp_path / "versions" / "3.9.18" / "bin", "3.9", 0)
    interpreter(tmp_path / "broken", "3.12", 1)
    new = interpreter(tmp_path / "good", "3.12", 0)
    monkeypatch.setenv("PATH", f"{tmp_path}/shims:{tmp_path}/broken:{tmp_path}/good")
    found = environment.find_interpreters()
    assert {version: str(program) for version, program in found.items()} == {"3.9": old, "3.12": new}


def test_pip_settings_keep_what_leads_to_packages_and_nothing_else() -> None:
    listed = [
        "global.cert='/etc/ca.pem'",
        ":env:.index-url='https://mirror.example.test/simple'",
        "global.extra-index-url='file:///a\\nfile:///b'",
        "install.user='true'",
        "a line without a value",
    ]
    assert environment.pip_settings(listed, {"HTTPS_PROXY": "http://127.0.0.1:1", "SSL_CERT_FILE": "/other.pem"}) == {
        "cert": ["/etc/ca.pem"],
        "index-url": ["https://mirror.example.test/simple"],
        "extra-index-url": ["file:///a", "file:///b"],
        "proxy": ["http://127.0.0.1:1"],
    }


def test_pip_settings_file_is_private_and_readable_by_pip(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "HOME", tmp_path)
    environment.write_pip_settings({"cert": ["/etc/ca.pem"], "find-links": ["/a", "/b"]})
    file = tmp_path / ".config" / "pip" / "pip.conf"
    assert (
        file.read_text(encoding="utf-8")
        == "[global]\nprogress-bar = off\ncert = /etc/ca.pem\nfind-links = /a\n    /b\n"
    )
    assert file.stat().st_mode & 0o077 == 0
