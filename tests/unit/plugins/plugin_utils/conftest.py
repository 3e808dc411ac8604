# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What runs on the controller, in a process in which other tests run modules."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from types import ModuleType

import pytest

# From ansible-core 2.19 on: once a part of the controller is loaded, a module's warnings go to the display.
MARK = "ansible.module_utils._internal"


@pytest.fixture(scope="session")
def controller() -> Callable[[str], ModuleType]:
    """Loads a plugin, and lets modules be modules all the same."""

    def load(name: str) -> ModuleType:
        marked = importlib.import_module(MARK) if importlib.util.find_spec(MARK) else None
        before = dict(vars(marked)) if marked else {}
        try:
            return importlib.import_module(name)
        finally:
            if marked:
                vars(marked).update(before)

    return load
