# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services' error codes as data (F §2.4, §3.4, §13): class, meaning and advice.

The service sends many passing faults and conflicts with HTTP 400, so a code decides before the status does.
"""

from __future__ import annotations

import typing as t

from ansible_collections.huaweicloud.backup.plugins.module_utils._error_classes import (
    AUTH,
    CONFLICT,
    NOT_FOUND,
    PARAMETER,
    QUOTA,
    TRANSIENT,
    UNSUPPORTED,
)


class Row(t.NamedTuple):
    """One row of the table. ``codes`` are the last four digits, parted by blanks."""

    family: str
    codes: str
    kind: str
    meaning: str
    advice: str


_RETRY = "try again; if it stays, give the request ID to the provider's support"
_SUPPORT = "ask the provider's support"
_INPUT = "correct the input"
_ID = "check the ID"
_IDS = "check the IDs"
_RIGHT = "grant the missing right to the user"
_SIGN_IN = "sign in again: get a new token"
_STATE = "wait until the volume is available or in-use, then try again"
_RAISE = "raise the quota or delete what is no longer needed"
_WAIT = "wait until it has ended, then try again"
_CLIENT = "ask the provider to allow the caller"
_MAPPING = "correct which disk goes where"

_VB = "VolumeBackup"
_AB = "AutoBackup"
_CS = "CSBS"
_GW = "APIGW"

ROWS: tuple[Row, ...] = (
    Row("common", "0011", NOT_FOUND, "the job does not exist or cannot be read", "check the job ID and the project"),
    Row(_VB, "0014", TRANSIENT, "the job could not be submitted", _RETRY),
    Row(_VB, "0041", AUTH, "the caller has no roles", "grant a role to the user"),
    Row(_VB, "0042", AUTH, "the caller's role does not allow this", _RIGHT),
    Row(_VB, "0044", AUTH, "the roles in the token are not valid", _SIGN_IN),
    Row(_VB, "0002", PARAMETER, "the backup object is missing or malformed", _INPUT),
    Row(_VB, "0003 0007 0026", PARAMETER, "the backup name is too long, too short or empty", "correct the name"),
    Row(_VB, "0004 0005", PARAMETER, "the backup name has bad characters or starts with auto", "correct the name"),
    Row(_VB, "0006", PARAMETER, "the description is too long or has bad characters", "correct the description"),
    Row(_VB, "0008", AUTH, "a delegated token could not be got", _SIGN_IN),
    Row(_VB, "0009", AUTH, "the service's keys could not be got from IAM", _SUPPORT),
    Row(_VB, "0010 0011", PARAMETER, "the volume ID is empty or no UUID", "correct the volume"),
    Row(_VB, "0012", CONFLICT, "the volume is neither available nor in-use", _STATE),
    Row(_VB, "0013", CONFLICT, "another backup of this volume is still running", _WAIT),
    Row(_VB, "0017 0018 0019 0020", TRANSIENT, "the snapshot could not be made or read", _RETRY),
    Row(_VB, "0021", NOT_FOUND, "the volume does not exist", "check the volume, the project and the region"),
    Row(_VB, "0022 0023 0024 0025", TRANSIENT, "the temporary volume could not be made or read", _RETRY),
    Row(_VB, "0027 0028 0029 0030", TRANSIENT, "the backup could not be made or read", _RETRY),
    Row(_VB, "0035 0036", TRANSIENT, "the volumes or backups could not be read", _RETRY),
    Row(_VB, "0037 0038 0039", TRANSIENT, "the snapshot, temporary volume or backup is not available", _RETRY),
    Row(_VB, "0040", QUOTA, "the volume has too many backups", "delete old backups of the volume or raise the quota"),
    Row(_VB, "0043", PARAMETER, "the volume or the backup cannot be read", _IDS),
    Row(_VB, "0049", PARAMETER, "a tag is not valid", "correct the tags"),
    Row(_VB, "0050", QUOTA, "there are too many tags", "give at most 10 tags"),
    Row(_VB, "0051 0053", UNSUPPORTED, "this kind of storage cannot be backed up", _SUPPORT),
    Row(_VB, "0062 0063 0064", TRANSIENT, "the snapshot, temporary volume or backup ended in error", _RETRY),
    Row(_VB, "0070", TRANSIENT, "the use of the quota cannot be read", _SUPPORT),
    Row(_VB, "0071 0072 0073 0074 0075 0076", QUOTA, "the volume quota of this disk type is used up", _RAISE),
    Row(_VB, "0077 0078 0079", QUOTA, "the snapshot quota of this disk type is used up", _RAISE),
    Row(_VB, "0080 0081", QUOTA, "the backup quota (number or gigabytes) is used up", _RAISE),
    Row(_VB, "0082 0083 0084", QUOTA, "the volume or snapshot quota is used up", _RAISE),
    Row(_VB, "0089", CONFLICT, "the backup is not available", "use or wait for a good backup"),
    Row(_VB, "0100 0101 0102 0103 0104 0109 0110", TRANSIENT, "a step of the deletion failed", _RETRY),
    Row(_VB, "0105", PARAMETER, "the URL of the deletion is wrong", _INPUT),
    Row(_VB, "0111 0207", NOT_FOUND, "the volume or the backup to restore does not exist", _IDS),
    Row(_VB, "0113", CONFLICT, "an image was made from the backup", "delete the image first"),
    Row(_VB, "0123 0125", TRANSIENT, "the deletion failed", _RETRY),
    Row(
        _VB,
        "0129",
        UNSUPPORTED,
        "this kind of backup may not be deleted here",
        "a backup of the server backup service is deleted through that service",
    ),
    Row(_VB, "0200 0201 0202", TRANSIENT, "the restore failed", _SUPPORT),
    Row(_VB, "0203 0204", PARAMETER, "the backup ID is empty or no UUID", "correct the backup"),
    Row(_VB, "0205", CONFLICT, "the volume to restore is not available", "detach the volume, then try again"),
    Row(_VB, "0206", CONFLICT, "the volume to restore is being backed up", _WAIT),
    Row(_VB, "0208", PARAMETER, "the volume ID is empty", "correct the volume"),
    Row(_VB, "0209", PARAMETER, "the volume is smaller than the backup", "enlarge the volume or choose another"),
    Row(_VB, "0210", PARAMETER, "the body of the restore is empty", _INPUT),
    Row(_VB, "0211", UNSUPPORTED, "the volume is at a disaster-recovery site", "restore to another volume"),
    Row(_VB, "0900", TRANSIENT, "the service had an internal error", _SUPPORT),
    Row(_AB, "0000 0001 0008", PARAMETER, "the body is empty or malformed", _INPUT),
    Row(_AB, "0002 0003", AUTH, "the token is empty or has expired", _SIGN_IN),
    Row(_AB, "0005", AUTH, "the token has no domain", "use a project-scoped token"),
    Row(_AB, "0006", PARAMETER, "the policy ID is empty", "correct the policy"),
    Row(_AB, "0009", TRANSIENT, "the service had an internal error", _RETRY),
    Row(_AB, "0100", UNSUPPORTED, "the default policy may not be managed", "use a policy of your own"),
    Row(_AB, "0101 0102", PARAMETER, "the policy name's length or characters are wrong", "correct the name"),
    Row(_AB, "0103", PARAMETER, "a start time is wrong", "correct start_times"),
    Row(_AB, "0104", PARAMETER, "the status is neither ON nor OFF", "correct enabled"),
    Row(_AB, "0105", PARAMETER, "the keep-first-of-month flag is neither Y nor N", "correct keep_first_of_month"),
    Row(_AB, "0106", PARAMETER, "the frequency is out of range", "correct frequency"),
    Row(_AB, "0107 0108", PARAMETER, "the retention is out of range", "correct retention_count or retention_days"),
    Row(_AB, "0109", PARAMETER, "a week day is wrong", "correct weekdays"),
    Row(_AB, "0203", QUOTA, "there are too many policies", "delete a policy or raise the quota"),
    Row(_AB, "0204", QUOTA, "there are too many volumes on the policy", "use another policy"),
    Row(_AB, "0205 1100", NOT_FOUND, "the policy does not exist", _ID),
    Row(_AB, "0206", CONFLICT, "a volume to bind is in a bad state", _STATE),
    Row(_AB, "0207", PARAMETER, "there is nothing to bind", "name at least one volume"),
    Row(_AB, "0208", NOT_FOUND, "a volume to bind or unbind does not exist", "check the volumes"),
    Row(_AB, "0209", PARAMETER, "a resource ID or type is empty", "correct the volumes"),
    Row(_AB, "0210 0220", UNSUPPORTED, "this kind of volume cannot be bound", _SUPPORT),
    Row(_AB, "0211", PARAMETER, "the resource type is wrong", "only volumes can be bound"),
    Row(_AB, "0213", AUTH, "the caller lacks the right", _RIGHT),
    Row(_AB, "0214", PARAMETER, "a tag is not valid", "correct the tags"),
    Row(_AB, "0215", QUOTA, "there are too many tags", "give at most 10 tags"),
    Row(_AB, "0216", NOT_FOUND, "the tag does not exist", "check the tag's key"),
    Row(_AB, "0217 0218", QUOTA, "the snapshot or backup quota is too small", _RAISE),
    Row(_AB, "0221", PARAMETER, "the request has < or > in it", _INPUT),
    Row(_AB, "0222", PARAMETER, "the action is unknown", _INPUT),
    Row(_AB, "0225", CONFLICT, "the policy is running now", _WAIT),
    Row(_AB, "0226", PARAMETER, "the time zone is wrong", "correct time_zone"),
    Row(_AB, "1300", TRANSIENT, "the policy could not be deleted", _RETRY),
    Row(_AB, "1400", PARAMETER, "the volumes to bind are not legal", "correct the volumes"),
    Row(_AB, "1700", TRANSIENT, "the policy could not be run", _RETRY),
    Row(_AB, "9002", TRANSIENT, "the service had an internal error while it checked the sign-in", _RETRY),
    Row(_CS, "0001", QUOTA, "there are too many policies", "delete a policy or raise the quota"),
    Row(_CS, "0002", UNSUPPORTED, "the servers' storage is of different types", "use servers with one storage type"),
    Row(_CS, "1001", CONFLICT, "a manual backup is running", _WAIT),
    Row(_CS, "1002", CONFLICT, "the server is being backed up", _WAIT),
    Row(_CS, "2001 2004", CONFLICT, "the policy is running", _WAIT),
    Row(_CS, "2003", CONFLICT, "the backup is being made, restored or deleted", _WAIT),
    Row(_CS, "3000", NOT_FOUND, "the policy does not exist", "check the policy, the project and the region"),
    Row(_CS, "3001", NOT_FOUND, "the backup does not exist", _ID),
    Row(_CS, "4000", CONFLICT, "the backup is not available for a restore", "use or wait for a good backup"),
    Row(_CS, "5001", TRANSIENT, "the policy's schedule could not be stopped", "check the policy, then try again"),
    Row(_CS, "6000", NOT_FOUND, "the server does not exist", "check the server, the project and the region"),
    Row(_CS, "6001", CONFLICT, "the server is stopped or terminated", "check the server, then try again"),
    Row(_CS, "6003 6013", PARAMETER, "this type of resource cannot be backed up or restored", "use a server"),
    Row(_CS, "6004", CONFLICT, "the server is in a policy already", "take it out of the other policy first"),
    Row(_CS, "6005", CONFLICT, "the server's state does not allow a backup", "check the server, then try again"),
    Row(_CS, "6006 6016", UNSUPPORTED, "this kind of server cannot be backed up or restored", "use another server"),
    Row(_CS, "6007 6020", PARAMETER, "the server has no disk", "attach a disk"),
    Row(_CS, "6010 6021", UNSUPPORTED, "the server has a shared disk", "detach the shared disk"),
    Row(_CS, "6014", PARAMETER, "a disk is not attached to the server to restore", _MAPPING),
    Row(_CS, "6015", CONFLICT, "the server is being restored", _WAIT),
    Row(_CS, "6017", PARAMETER, "a disk's backup is not part of the server's backup", _MAPPING),
    Row(_CS, "6018", PARAMETER, "the restore leaves disks out", "map all disks"),
    Row(_CS, "6019", PARAMETER, "the servers are of different kinds", "restore to a server of the same kind"),
    Row(_CS, "6023", PARAMETER, "a data disk cannot be restored to a system disk", _MAPPING),
    Row(_CS, "6024", PARAMETER, "a disk to restore to is too small", "enlarge the disk or choose another"),
    Row(_CS, "6025 6027", UNSUPPORTED, "the availability zone does not allow this", _SUPPORT),
    Row(_CS, "6030", CONFLICT, "an automatic backup is running", _WAIT),
    Row(_CS, "6031", CONFLICT, "a copy of the backup is being made", _WAIT),
    Row(
        _CS,
        "6032",
        PARAMETER,
        "the policy has no server that can be backed up",
        "bind servers to the policy, or ask csbs_protectable_info why they cannot be backed up",
    ),
    Row(_CS, "6033 6061", UNSUPPORTED, "the storage of one of the disks is not supported", "detach that disk"),
    Row(_CS, "6040", NOT_FOUND, "the task does not exist", _ID),
    Row(_CS, "7000", QUOTA, "there are too many tags", "give at most 10 tags"),
    Row(_CS, "7001", NOT_FOUND, "the tag does not exist", "check the tag's key"),
    Row(_CS, "8001 8008", CONFLICT, "the backup's state does not allow this", "use or wait for a good backup"),
    Row(_CS, "8007", CONFLICT, "an image was made from the backup", "delete the image first"),
    Row(_CS, "8009", PARAMETER, "the backup has no system disk", "use another backup"),
    Row(_CS, "9001", PARAMETER, "a parameter is wrong", _INPUT),
    Row(_CS, "9006", QUOTA, "the quota is used up", _RAISE),
    Row(_CS, "9007", PARAMETER, "the name is taken by another policy", "choose another name"),
    Row(_CS, "9008", CONFLICT, "only a good backup can become a server", "use or wait for a good backup"),
    Row(_CS, "9998 9999", TRANSIENT, "the service had an internal error", _RETRY),
    Row(
        "BackupService",
        "4008",
        UNSUPPORTED,
        "the project is new, and this service is closed to new projects",
        "use Cloud Backup and Recovery (CBR), the successor of VBS and CSBS",
    ),
    Row(_GW, "0101 0103", NOT_FOUND, "the path is not served here", "check region and endpoints"),
    Row(_GW, "0104 0105 0106 0602 0607", PARAMETER, "the gateway refused the request's form", _SUPPORT),
    Row(_GW, "0301", AUTH, "the token or the access key's signature is wrong", "check the credentials and the clock"),
    Row(_GW, "0302", AUTH, "the user is not allowed to do this", _RIGHT),
    Row(_GW, "0303 0304 0305 0306 0310 0311", AUTH, "the gateway refused the caller", _CLIENT),
    Row(_GW, "0307", AUTH, "the token must be renewed", _SIGN_IN),
    Row(_GW, "0308", TRANSIENT, "too many requests", "send fewer requests at once, then try again"),
    Row(_GW, "0401 0402 0404 0801 0802", AUTH, "the caller's address, user or region is refused", _CLIENT),
    Row(_GW, "0501 0502", QUOTA, "the caller's quota of requests is used up", _RAISE),
    Row(_GW, "0601 0605 0606 0608 0609 0610 0611 0612 0613 0705", TRANSIENT, "the gateway had an error", _RETRY),
    Row("IAM", "0001 0062 0063 0067", AUTH, "the sign-in was refused", "check user, password and account"),
    Row("IAM", "0061 0080 0081 0082", AUTH, "the user is locked, disabled or for the console only", _CLIENT),
    Row("IAM", "0002 0003 0064 0083", AUTH, "the user lacks the right", _RIGHT),
    Row("IAM", "0066", AUTH, "the token has expired", _SIGN_IN),
    Row("IAM", "0004", NOT_FOUND, "what was asked for does not exist", _ID),
    Row("IAM", "0005", CONFLICT, "it exists already", "choose another name"),
    Row("IAM", "0006", TRANSIENT, "the identity service had an error", _RETRY),
    Row("IAM", "0007 0011 0072 0073", PARAMETER, "the input is wrong", _INPUT),
    Row("IAM", "0012", TRANSIENT, "too many requests", "send fewer requests at once, then try again"),
)

_BY_CODE: dict[str, Row] = {f"{row.family}.{digits}": row for row in ROWS for digits in row.codes.split()}

# The one code that means two things, told apart by the HTTP status (F §13.2).
_BY_STATUS: dict[tuple[str, int], Row] = {
    ("CSBS.9009", 400): Row(_CS, "9009", QUOTA, "the space cannot be made smaller than what is used", _RAISE),
    ("CSBS.9009", 403): Row(_CS, "9009", AUTH, "the account is not verified", "have the account verified"),
}


def find(code: str | None, status: int | None = None) -> Row | None:
    """The row of a code; None where the table has none, or where the HTTP status decides (APIGW.0201).

    Some regions spell the gateway's prefix ``APIG`` (F §11, row 27).
    """
    if code is None:
        return None
    if code.startswith("APIG."):
        code = "APIGW." + code[len("APIG.") :]
    return _BY_CODE.get(code) or _BY_STATUS.get((code, status or 0))
