# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs (F §4.2). They are read on C(/v1), and a failed job is still HTTP 200."""

from __future__ import annotations

from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import AnswerError, ApiError


def get_job(client: Client, job_id: str) -> JsonObject | None:
    """One job; None where the service does not know it (common.0011).

    :raises AnswerError: the answer is no job.
    """
    try:
        answer = client.vbs(f"read job {job_id}", "GET", ("jobs", job_id), version="v1")
    except ApiError as error:
        if error.missing_object:
            return None
        raise
    body = answer.body or {}
    if not isinstance(body.get("status"), str):
        raise AnswerError(f"job {job_id}: the answer has no status", http_status=answer.status)
    return body
