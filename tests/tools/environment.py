# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment that every started program gets: nothing of the user's but what is listed here."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from . import paths

KEPT = (
    "CI",
    "FORCE_COLOR",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_CTYPE",
    "LD_LIBRARY_PATH",
    "LOGNAME",
    "NO_COLOR",
    "TERM",
    "TMPDIR",
    "USER",
)
"""A list of what may pass, not of what may not: no HW_*, OS_* or token of any other name may reach a test."""

PIP_OPTIONS = (
    "cert",
    "client-cert",
    "extra-index-url",
    "find-links",
    "index-url",
    "no-index",
    "proxy",
    "timeout",
    "trusted-host",
)
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
PROXY_VARIABLES = ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
TARGET_PYTHON = "TARGET_PYTHON"
"""The variable that names the interpreter for modules in integration tests, when it is not the one of the tests."""
VERSIONS = tuple(f"3.{minor}" for minor in range(9, 15))


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables for a child process: the listed ones of ours, a home inside the checkout, and ``extra``."""
    env = {name: os.environ[name] for name in KEPT if name in os.environ}
    env.update(
        HOME=str(paths.HOME),
        PATH=search_path(),
        ANSIBLE_COLLECTIONS_PATH=str(paths.TREE_ROOT),
        ANSIBLE_HOME=str(paths.HOME / ".ansible"),
        ANSIBLE_LOCALHOST_WARNING="false",
        PYTHONUNBUFFERED="1",
        RUFF_CACHE_DIR=str(paths.CACHE / "ruff"),
        MYPY_CACHE_DIR=str(paths.CACHE / "mypy"),
    )
    # Ansible refuses to start without a UTF-8 locale.
    if not any("utf" in env.get(name, "").lower() for name in ("LC_ALL", "LC_CTYPE", "LANG")):
        env["LC_ALL"] = "C.UTF-8"
    env.update(extra or {})
    return env


def wanted() -> list[str]:
    """Return the names in TARGET, to which a stage is to be limited; none means all."""
    return os.environ.get("TARGET", "").split()


def search_path() -> str:
    """Return PATH: the virtual environment, the usable interpreters, then the user's own without version shims.

    ansible-test takes any ``pythonX.Y`` it finds on PATH, and a version manager's shim for a version that is not
    active ends its whole run.
    """
    own = [entry for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry]
    kept = [entry for entry in own if Path(entry).name != "shims"]
    return os.pathsep.join([str(paths.BIN), str(paths.PYTHONS), *kept])


def prepare() -> None:
    """Make the directories, the links to interpreters and pip's settings that the other tools take for granted."""
    for directory in (paths.HOME, paths.PYTHONS, paths.RESULTS, paths.LOGS, paths.ANSIBLE_TEST_CACHE):
        directory.mkdir(parents=True, exist_ok=True)
    # Git does not trust a checkout of another owner, as a container or a CI service may have it, unless told here.
    (paths.HOME / ".gitconfig").write_text(f"[safe]\n\tdirectory = {paths.CHECKOUT}\n", encoding="utf-8")
    link_interpreters(find_interpreters())
    write_pip_settings(pip_settings(_own_pip_configuration(), os.environ))


def find_interpreters() -> dict[str, Path]:
    """Return the interpreters that start, by version: those on PATH, and pyenv's if its shims are on it."""
    entries = [Path(entry) for entry in os.environ.get("PATH", os.defpath).split(os.pathsep) if entry]
    places: list[Path] = []
    for entry in entries:
        # pyenv's shims start only the version that is active; the others are beside them.
        places += sorted(entry.parent.glob("versions/*/bin"), reverse=True) if entry.name == "shims" else [entry]
    programs = ((version, place / f"python{version}") for version in VERSIONS for place in places)
    found: dict[str, Path] = {}
    for version, program in programs:
        if version not in found and program.exists() and _starts(program):
            found[version] = program
    return found


def link_interpreters(found: Mapping[str, Path]) -> None:
    """Make ``build/pythons`` hold a link to each of the interpreters ``found`` and nothing else."""
    for old in paths.PYTHONS.iterdir():
        old.unlink()
    for version, program in found.items():
        (paths.PYTHONS / f"python{version}").symlink_to(program)


def _starts(program: Path) -> bool:
    check = [str(program), "-c", "import ctypes, ensurepip, ssl, venv"]
    return subprocess.run(check, capture_output=True, check=False).returncode == 0


def _own_pip_configuration() -> Iterable[str]:
    command = [sys.executable, "-m", "pip", "config", "list"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()


def pip_settings(listed: Iterable[str], environ: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the user's pip settings for reaching packages, by option name.

    ansible-test runs pip with an almost empty environment and with our home, where a user's index, proxy and CA would
    be lost. ``listed`` is the output of ``pip config list``: lines like ``global.cert='/a/b'`` or ``:env:.cert='/a'``.
    """
    settings: dict[str, list[str]] = {}
    for line in listed:
        key, separator, value = line.partition("=")
        option = key.rpartition(".")[2]
        if separator and option in PIP_OPTIONS:
            settings[option] = str(ast.literal_eval(value)).split()
    for option, names in (("cert", CA_VARIABLES), ("proxy", PROXY_VARIABLES)):
        given = [environ[name] for name in names if environ.get(name)]
        if given:
            settings.setdefault(option, given[:1])
    return settings


def write_pip_settings(settings: Mapping[str, list[str]]) -> None:
    """Write ``settings`` as the pip.conf of our home, readable by the user alone: an index URL may hold a password."""
    file = paths.HOME / ".config" / "pip" / "pip.conf"
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = ["[global]", "progress-bar = off"] + [
        f"{option} = " + "\n    ".join(values) for option, values in sorted(settings.items())
    ]
    file.touch(mode=0o600)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
