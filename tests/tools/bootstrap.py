# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Puts below our own home what ansible-test would else fetch from a host or make with a program that may be missing.

These are a stand-in for get-pip.py (see pip_standin.py) and the key pair that integration tests ask for.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from . import paths
from .environment import clean_environment
from .outcome import StageError

SOURCE = Path(__file__).with_name("pip_standin.py")
WANTED = re.compile(r"\bpip='(\d+(?:\.\d+)+)'")


def install_standin() -> None:
    """Make sure that the cache holds the script and the wheel for each pip release that this ansible-test wants."""
    for version in wanted_versions(_requirements_source().read_text(encoding="utf-8")):
        wheel = paths.ANSIBLE_TEST_CACHE / f"pip-{version}-py3-none-any.whl"
        if not wheel.exists():
            _download(version)
        shutil.copyfile(SOURCE, paths.ANSIBLE_TEST_CACHE / f"get_pip_{version.replace('.', '_')}.py")


def install_key_pair() -> None:
    """Make the SSH key pair that ansible-test insists on, although nothing here is reached by SSH.

    It would call ssh-keygen, which a machine may lack, and two runs side by side get into each other's way.
    """
    private = paths.ANSIBLE_TEST_CACHE.with_name("id_rsa")
    public = private.with_suffix(".pub")
    if private.exists() and public.exists():
        return
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    formats = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    private.touch(mode=0o600)
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, *formats))
    openssh = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    public.write_bytes(key.public_key().public_bytes(*openssh) + b"\n")


def wanted_versions(source: str) -> list[str]:
    """Return the pip releases that ansible-test's own ``source`` names, or fail: a change must be seen."""
    versions = sorted(set(WANTED.findall(source)))
    if not versions:
        raise StageError("this ansible-test does not say which pip it wants; tests/tools/bootstrap.py needs a new look")
    return versions


def _requirements_source() -> Path:
    # Not imported: ansible-test's modules look at the command line and the working directory when they are loaded.
    spec = find_spec("ansible_test")
    if spec is None or not spec.submodule_search_locations:
        raise StageError("ansible-test is missing from the virtual environment; run: make distclean venv")
    return Path(next(iter(spec.submodule_search_locations))) / "_internal" / "python_requirements.py"


def _download(version: str) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--dest", str(paths.ANSIBLE_TEST_CACHE), f"pip=={version}"]
    subprocess.run(command, env=clean_environment(), check=True)
