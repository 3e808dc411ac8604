# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the tools find things and where they may write: nowhere but below the checkout."""

from __future__ import annotations

import sys
from pathlib import Path

NAMESPACE = "huaweicloud"
NAME = "backup"

CHECKOUT = Path(__file__).resolve().parents[2]
BUILD = CHECKOUT / "build"
CACHE = CHECKOUT / ".cache"

HOME = CACHE / "home"
"""The home directory of everything that is started, so that the user's own ~/.ansible and ~/.cache stay as they are."""

ANSIBLE_TEST_CACHE = HOME / ".ansible" / "test" / "cache"
PYTHONS = BUILD / "pythons"
RESULTS = BUILD / "results"
LOGS = BUILD / "logs"

TREE_ROOT = BUILD / "tree"
"""What ANSIBLE_COLLECTIONS_PATH is set to."""

TREE = TREE_ROOT / "ansible_collections" / NAMESPACE / NAME
"""The staged copy: ansible-test resolves symbolic links, so only a real directory of this name will do."""

BIN = Path(sys.executable).parent
"""The virtual environment's programs. Not resolved: its python is a link to the system's."""
