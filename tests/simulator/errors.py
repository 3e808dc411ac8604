# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# HTTP status of a code where it is not 400 (F §13.1, §13.2, §3.4).
STATUS: Mapping[str, int] = {
    "common.0011": 404,
    "VolumeBackup.0021": 404,
    "VolumeBackup.0041": 401,
    "VolumeBackup.0042": 403,
    "VolumeBackup.0044": 401,
    "VolumeBackup.0111": 404,
    "VolumeBackup.0207": 404,
    "AutoBackup.0002": 401,
    "AutoBackup.0003": 401,
    "AutoBackup.0005": 401,
    "AutoBackup.0009": 500,
    "AutoBackup.0205": 404,
    "AutoBackup.0208": 404,
    "AutoBackup.0216": 404,  # status not stated; "missing" is 404 everywhere else
    "AutoBackup.9002": 401,
    "CSBS.1001": 500,
    "CSBS.1002": 500,
    "CSBS.2001": 500,
    "CSBS.3000": 404,
    "CSBS.3001": 404,
    "CSBS.5001": 500,
    "CSBS.6019": 500,
    "CSBS.6023": 500,
    "CSBS.6030": 500,
    "CSBS.6032": 500,
    "CSBS.6040": 404,
    "CSBS.7001": 404,
    "CSBS.8001": 500,
    "CSBS.8008": 500,
    "CSBS.8009": 500,
    "CSBS.9998": 500,
    "CSBS.9999": 500,
    "APIGW.0101": 404,
    "APIGW.0201": 413,
    "APIGW.0301": 401,
    "APIGW.0302": 403,
    "APIGW.0307": 401,
    "APIGW.0308": 429,
    "APIGW.0601": 500,
}

MESSAGE: Mapping[str, str] = {
    "common.0011": "the job cannot be read",
    "BackupService.4008": "this project is new; the service is closed to new projects, use CBR",
    "VolumeBackup.0002": "the request's main object is missing or malformed",
    "VolumeBackup.0003": "the name is too long",
    "VolumeBackup.0004": "the name has characters that are not allowed",
    "VolumeBackup.0005": "the name must not start with auto",
    "VolumeBackup.0006": "the description is too long or has characters that are not allowed",
    "VolumeBackup.0007": "the name is empty",
    "VolumeBackup.0010": "the volume id is empty",
    "VolumeBackup.0011": "the volume id is not a UUID",
    "VolumeBackup.0012": "the volume is neither available nor in-use",
    "VolumeBackup.0013": "the previous backup of this volume is still running",
    "VolumeBackup.0019": "the snapshot cannot be read",
    "VolumeBackup.0021": "the volume does not exist",
    "VolumeBackup.0040": "the volume has too many backups",
    "VolumeBackup.0049": "a tag is not valid",
    "VolumeBackup.0050": "too many tags",
    "VolumeBackup.0064": "the backup ended in error",
    "VolumeBackup.0080": "the quota for backups is used up",
    "VolumeBackup.0081": "the quota for backup capacity is used up",
    "VolumeBackup.0089": "the backup is not available",
    "VolumeBackup.0111": "the volume or backup does not exist",
    "VolumeBackup.0113": "the backup was made into an image",
    "VolumeBackup.0125": "the backup cannot be deleted now",
    "VolumeBackup.0129": "this kind of backup may not be deleted",
    "VolumeBackup.0203": "the backup id is empty",
    "VolumeBackup.0204": "the backup id is not a UUID",
    "VolumeBackup.0205": "the volume is not available",
    "VolumeBackup.0206": "the volume is being backed up",
    "VolumeBackup.0207": "the volume or backup details are missing",
    "VolumeBackup.0208": "the volume id is empty",
    "VolumeBackup.0209": "the volume is smaller than the backup",
    "VolumeBackup.0210": "the request body is empty",
    "VolumeBackup.0211": "the volume is at a disaster recovery site",
    "AutoBackup.0000": "the request body is empty",
    "AutoBackup.0001": "an object in the request body is empty",
    "AutoBackup.0006": "the policy id is empty",
    "AutoBackup.0008": "the request body is not JSON of the right shape",
    "AutoBackup.0100": "the default policy may not be managed",
    "AutoBackup.0101": "the policy name has a wrong length",
    "AutoBackup.0102": "the policy name has characters that are not allowed",
    "AutoBackup.0103": "the start time is not valid",
    "AutoBackup.0104": "the status is neither ON nor OFF",
    "AutoBackup.0105": "the flag for the month's first backup is neither Y nor N",
    "AutoBackup.0106": "the frequency is out of range",
    "AutoBackup.0107": "the number of retained backups is out of range",
    "AutoBackup.0108": "the number of retention days is out of range",
    "AutoBackup.0109": "a week day is not valid",
    "AutoBackup.0203": "too many policies",
    "AutoBackup.0204": "too many volumes for the policy",
    "AutoBackup.0205": "policy not found",
    "AutoBackup.0206": "the volume's state does not allow this",
    "AutoBackup.0207": "there is nothing to bind",
    "AutoBackup.0208": "volume not found",
    "AutoBackup.0209": "the resource id or type is empty",
    "AutoBackup.0211": "the resource type is wrong",
    "AutoBackup.0214": "a tag is not valid",
    "AutoBackup.0215": "too many tags",
    "AutoBackup.0216": "the tag does not exist",
    "AutoBackup.0221": "the request has < or > in it",
    "AutoBackup.0222": "the action is not known",
    "AutoBackup.0225": "the policy is running",
    "AutoBackup.0226": "the time zone is not valid",
    "AutoBackup.1300": "the policy cannot be deleted",
    "CSBS.1001": "a manual backup is running",
    "CSBS.2003": "the backup is busy",
    "CSBS.2004": "the policy is running",
    "CSBS.3000": "policy not found",
    "CSBS.3001": "backup not found",
    "CSBS.6000": "server not found",
    "CSBS.6003": "this type of resource cannot be backed up",
    "CSBS.6004": "the server is already in a policy",
    "CSBS.6005": "the server's state does not allow a backup",
    "CSBS.6007": "server has no disk",
    "CSBS.6030": "an automatic backup is running",
    "CSBS.6032": "the policy has no server that can be backed up",
    "CSBS.8007": "the backup was made into an image",
    "CSBS.9001": "a parameter is not valid",
    "APIGW.0101": "the API does not exist or has not been published",
    "APIGW.0106": "the request does not fit the API: Content-Type is missing",
    "APIGW.0302": "the IAM user is not allowed to use this project",
    "APIGW.0308": "the throttling threshold has been reached",
    "APIGW.0601": "internal server error",
}

TITLES: Mapping[int, str] = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}


class ApiError(Exception):
    """A refusal in the shape of the service that refuses (F §3.3)."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = dict(body)
        self.headers = dict(headers or {})


def status_of(code: str) -> int:
    """The documented HTTP status of a code (F §13)."""
    return STATUS.get(code, 400)


def vbs(code: str, detail: str = "") -> ApiError:
    """`{"error": {"code", "message"}}` of VBS's own calls (F §3.3)."""
    message = MESSAGE.get(code, "request refused") + (f": {detail}" if detail else "")
    return ApiError(status_of(code), {"error": {"code": code, "message": message}})


def csbs(code: str, detail: str = "", *, status: int | None = None) -> ApiError:
    """`{"error_code", "error_msg"}` of CSBS (F §3.3)."""
    message = MESSAGE.get(code, "request refused") + (f": {detail}" if detail else "")
    return ApiError(status or status_of(code), {"error_code": code, "error_msg": message})


def gateway(code: str, message: str = "", headers: Mapping[str, str] | None = None) -> ApiError:
    """`{"error_code", "error_msg", "request_id"}` of the API gateway; the request id is filled in later (F §3.4)."""
    body = {"error_code": code, "error_msg": message or MESSAGE.get(code, "request refused"), "request_id": ""}
    return ApiError(status_of(code), body, headers)


def bad_request(message: str, code: int | str = 400) -> ApiError:
    """`{"badRequest": ...}` of the OpenStack-form paths (F §3.3; the code is a number or a text, F §11 no. 31)."""
    return ApiError(400, {"badRequest": {"code": code, "message": message}})


def not_found(what: str) -> ApiError:
    """`{"itemNotFound": ...}` of the OpenStack-form paths (F §3.3)."""
    return ApiError(404, {"itemNotFound": {"message": f"{what} could not be found.", "code": 404}})


def identity(status: int, message: str) -> ApiError:
    """`{"error": {"code", "message", "title"}}` of IAM, the code a number (F §2.4)."""
    return ApiError(status, {"error": {"code": status, "message": message, "title": TITLES[status]}})
