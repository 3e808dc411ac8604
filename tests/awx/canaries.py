# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks for secrets in all that a job leaves where AWX keeps or shows it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from simulator import seed

from . import project
from .rules import HIDDEN

KNOWN: Mapping[str, str] = {
    "secret key": seed.SECRET_KEY,
    "secret key of the temporary access key": seed.TEMPORARY_SECRET_KEY,
    "security token": seed.SECURITY_TOKEN,
    "password": seed.PASSWORD,
}


def fetched_tokens() -> dict[str, str]:
    """Return the tokens that jobs have fetched themselves, from the cache that they share."""
    files = sorted((project.HOME / ".cache" / "huaweicloud.backup").glob("*.json"))
    tokens = (json.loads(file.read_text(encoding="utf-8")).get("token") for file in files)
    return {f"fetched token {number}": str(token) for number, token in enumerate(tokens, 1) if token}


def found_in(texts: Iterable[bytes], secrets: Mapping[str, str]) -> set[str]:
    """Return the names of those secrets that are in one of the texts, plainly or in base64."""
    known = {name: _spellings(secret) for name, secret in secrets.items()}
    return {name for text in texts for name, spelled in known.items() if any(one in text for one in spelled)}


def _spellings(secret: str) -> list[bytes]:
    # In base64 a text looks different after each of three lengths of what precedes it.
    encoded = [base64.b64encode(b" " * start + secret.encode())[2:].rstrip(b"=")[2:-2] for start in range(3)]
    return [secret.encode(), *encoded]


def contents(folder: Path) -> Iterable[bytes]:
    """Return what is in the files below ``folder``."""
    return (file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def shown_artifacts(folder: Path) -> Iterable[bytes]:
    """Return what is in the artifacts below ``folder``, the environment of the job as AWX shows it.

    ansible-runner hands the whole environment back in a file called command. AWX keeps it with stars in place of some
    values, which it tells by the names of the variables.
    """
    for file in sorted(folder.rglob("*")):
        if file.name == "command":
            yield _masked(json.loads(file.read_text(encoding="utf-8")))
        elif file.is_file():
            yield file.read_bytes()


def _masked(command: dict[str, Any]) -> bytes:
    env = {name: "***" if HIDDEN.search(name) else value for name, value in command["env"].items()}
    return json.dumps({**command, "env": env}).encode()
