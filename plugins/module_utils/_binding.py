# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Binding volumes to policies although the service cannot say what a policy holds (F §6.2, §12; contract §3).

Only counts are readable, so a count before and after each step proves what it did.
"""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from ansible_collections.huaweicloud.backup.plugins.module_utils import _model
from ansible_collections.huaweicloud.backup.plugins.module_utils._answers import JsonObject
from ansible_collections.huaweicloud.backup.plugins.module_utils._api.policies import (
    BindAnswer,
    bind_volumes,
    list_policies,
    unbind_volumes,
)
from ansible_collections.huaweicloud.backup.plugins.module_utils._client import Client
from ansible_collections.huaweicloud.backup.plugins.module_utils._error_classes import CONFLICT, TRANSIENT
from ansible_collections.huaweicloud.backup.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    BackupError,
    table_row,
)

# A volume that does not exist any more (F §13.1).
_NO_VOLUME = "AutoBackup.0208"
# More than about 40 at once is slow (F §6.5).
CHUNK = 40

Counts = dict[str, int]


@dataclass
class Tally:
    """What has been proved so far. A list is None where the count moved by another number than the answers say."""

    policy_id: str
    count: int
    added: list[str] | None = field(default_factory=list)
    removed: list[str] | None = field(default_factory=list)
    added_count: int = 0
    removed_count: int = 0
    failures: list[JsonObject] = field(default_factory=list)

    def result(self) -> dict[str, t.Any]:
        """As documented."""
        return {
            "policy_id": self.policy_id,
            "added": self.added,
            "removed": self.removed,
            "added_count": self.added_count,
            "removed_count": self.removed_count,
            "failures": self.failures,
            "resource_count": self.count,
        }

    @property
    def changed(self) -> bool:
        """Whether the policy holds other volumes than before, as far as counts can tell."""
        return self.added_count != 0 or self.removed_count != 0


def counts_of(policies: Iterable[JsonObject]) -> Counts:
    """How many volumes each policy holds.

    :raises AnswerError: a count is missing.
    """
    counts: Counts = {}
    for policy in policies:
        count = _model.number(policy.get("policy_resource_count"))
        if count is None:
            raise AnswerError("list policies: a policy has no policy_resource_count, so nothing can be proved")
        counts[str(policy["backup_policy_id"])] = count
    return counts


def read_counts(client: Client) -> Counts:
    """The counts as they are now."""
    return counts_of(list_policies(client))


def bind(client: Client, tally: Tally, volume_ids: Sequence[str]) -> Counts:
    """Bind in chunks; the counts, which are returned, are read once at the end, also where a chunk failed as a whole.

    :raises BackupError: a chunk was refused as a whole; the others before it stay done and are in the results.
    """
    done: list[str] = []
    failure: BackupError | None = None
    for chunk in chunks(volume_ids):
        try:
            answer = bind_volumes(client, tally.policy_id, chunk)
        except BackupError as error:
            failure = error
            break
        done.extend(answer.done)
        tally.failures.extend(_failures(answer.failed))
    before = tally.count
    counts = _counts_after(client, tally, failure)
    tally.count = _count(counts, tally.policy_id)
    tally.added_count = tally.count - before
    tally.added = _proved(done, tally.added_count)
    if failure is not None:
        failure.results.update(tally.result(), changed=tally.changed)
        raise failure
    return counts


def unbind(
    client: Client,
    tally: Tally,
    candidates: Iterable[str],
    counts: Counts,
    *,
    is_enough: Callable[[], bool],
    guessed: bool = False,
) -> None:
    """Unbind candidates, and look after each request that only this policy lost volumes.

    A service might unbind by volume alone, whatever the policy; then it must stop before a second volume is lost. So
    as long as any other policy holds volumes, each candidate goes alone. The first one always does.

    :param counts: all policies' counts just before.
    :param is_enough: whether to stop, also before the first request.
    :param guessed: whether nobody named the candidates, so that one that does not exist any more is no failure.
    :raises BackupError: another policy lost a volume, or a request was refused as a whole.
    """
    waiting = iter(candidates)
    size = 1
    while not is_enough():
        chunk = list(islice(waiting, size))
        if not chunk:
            return
        counts = _unbind_chunk(client, tally, chunk, counts, guessed=guessed)
        size = 1 if any(count for policy_id, count in counts.items() if policy_id != tally.policy_id) else CHUNK


def _unbind_chunk(
    client: Client, tally: Tally, chunk: Sequence[str], before: Counts, *, guessed: bool = False
) -> Counts:
    """One request, and the counts after it; each volume alone where one that does not exist spoils the request."""
    answer, failure = BindAnswer([], []), None
    try:
        answer = unbind_volumes(client, tally.policy_id, chunk)
    except BackupError as error:
        failure = error
        if guessed and error.code == _NO_VOLUME:
            for volume_id in chunk if len(chunk) > 1 else ():
                before = _unbind_chunk(client, tally, [volume_id], before, guessed=guessed)
            return before
        if not _may_be_done(error):
            error.results.update(tally.result(), changed=tally.changed)
            raise
    now = _counts_after(client, tally, failure)
    _note_removed(tally, answer.done, _count(now, tally.policy_id))
    # A failed entry without a code means: was not bound (F §6.6, §12). With a code it is a real failure.
    passed_over = (None, "", _NO_VOLUME) if guessed else (None, "")
    tally.failures.extend(_failures(row for row in answer.failed if row.get("code") not in passed_over))
    # Also after a lost answer, which must not hide whom the request hurt.
    _guard(tally, chunk, before, now)
    if failure is not None:
        failure.results.update(tally.result(), changed=tally.changed)
        raise failure
    return now


def _counts_after(client: Client, tally: Tally, failure: BackupError | None = None) -> Counts:
    """The counts after a request; C(failure) is what went wrong with it, and what is raised if they cannot be read."""
    try:
        return read_counts(client)
    except BackupError as error:
        # Something was sent, and nothing can be proved of it.
        told = failure or error
        unknown = ("added", "removed", "added_count", "removed_count", "resource_count")
        told.results.update({**tally.result(), **dict.fromkeys(unknown)}, changed=True)
        raise told from None


def _may_be_done(error: BackupError) -> bool:
    """Whether a request that failed may have been carried out all the same."""
    return not isinstance(error, ApiError) or (error.http_status or 0) >= 500


def _note_removed(tally: Tally, done: Sequence[str], count: int) -> None:
    moved = tally.count - count
    tally.count = count
    tally.removed_count += moved
    proved = _proved(done, moved)
    tally.removed = None if proved is None or tally.removed is None else tally.removed + proved


def _guard(tally: Tally, chunk: Sequence[str], before: Counts, now: Counts) -> None:
    fallen = sorted(
        policy_id
        for policy_id, count in before.items()
        if policy_id != tally.policy_id and policy_id in now and now[policy_id] < count
    )
    if fallen:
        raise BackupError(
            f"unbind volumes from policy {tally.policy_id}: stopped after {', '.join(chunk)}, because at the same time"
            f" another policy lost volumes: {', '.join(fallen)}",
            advice="look at the volumes of those policies and bind again what is missing there",
            results={**tally.result(), "changed": True},
        )


def failure(tally: Tally, what: str) -> BackupError:
    """One error for all volumes that failed; worth a retry if each of them is."""
    known = [table_row(row["code"]) for row in tally.failures]
    first = known[0]
    return BackupError(
        _failed_message(tally, what),
        code=tally.failures[0]["code"],
        advice="see failures" if first is None else f"{first.advice}; see failures",
        retryable=all(row is not None and row.kind in (CONFLICT, TRANSIENT) for row in known),
        results={**tally.result(), "changed": tally.changed},
    )


def _failed_message(tally: Tally, what: str) -> str:
    """One sentence for the volumes that failed."""
    shown = [
        f"{row['volume_id']} ({row['code'] or 'no code'}: {row['message'] or 'no reason given'})"
        for row in tally.failures
    ]
    more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""
    return f"{what}: {len(shown)} failed, the others are done: {', '.join(shown[:5])}{more}"


def chunks(volume_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Parts of at most 40."""
    for start in range(0, len(volume_ids), CHUNK):
        yield volume_ids[start : start + CHUNK]


def _proved(volume_ids: Sequence[str], moved: int) -> list[str] | None:
    if moved == len(volume_ids):
        return list(volume_ids)
    return [] if moved == 0 else None


def _count(counts: Counts, policy_id: str) -> int:
    if policy_id not in counts:
        raise BackupError(
            f"policy {policy_id} was deleted meanwhile", advice="make the policy anew, then run the task again"
        )
    return counts[policy_id]


def _failures(rows: Iterable[JsonObject]) -> list[JsonObject]:
    return [
        {
            "volume_id": _model.text(row.get("resource_id")),
            "code": _model.text(row.get("code")),
            "message": _model.text(row.get("message")),
        }
        for row in rows
    ]
