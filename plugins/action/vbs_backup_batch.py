# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.huaweicloud.backup.plugins.plugin_utils._progress import ProgressAction


class ActionModule(ProgressAction):
    """Runs vbs_backup_batch and shows how far a long wait is."""
