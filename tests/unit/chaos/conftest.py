# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sys
from pathlib import Path

# These programs are no part of the collection: they are imported from tests/, as `python -m chaos` does.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
