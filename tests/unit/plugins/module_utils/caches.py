# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Caches of tokens in places of their own."""

from __future__ import annotations

import stat
from pathlib import Path

from ansible_collections.huaweicloud.backup.plugins.module_utils._token_cache import TokenCache, open_cache
from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.fake_clock import FakeClock


def opened(environ: dict[str, str], clock: FakeClock | None = None) -> TokenCache:
    """The cache of this environment, which must be one that can be used."""
    found = open_cache(environ, (clock or FakeClock()).as_clock())
    assert found is not None
    return found


def folder(environ: dict[str, str]) -> Path:
    """Where it is, below the runtime directory."""
    return Path(environ["XDG_RUNTIME_DIR"]) / "huaweicloud.backup"


def mode(path: Path) -> int:
    """The permissions of a file or a folder."""
    return stat.S_IMODE(path.lstat().st_mode)
