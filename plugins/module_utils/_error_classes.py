# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The classes of F §13's error codes. Apart from the table, which is read only where there is an error to explain."""

from __future__ import annotations

TRANSIENT = "transient"
CONFLICT = "conflict"
QUOTA = "quota"
PARAMETER = "parameter"
UNSUPPORTED = "unsupported"
AUTH = "auth"
NOT_FOUND = "not-found"
