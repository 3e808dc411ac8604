# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a large batch costs, in requests and in the service's time; in threads, as by default."""

from __future__ import annotations

import typing as t
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from ansible_collections.huaweicloud.backup.tests.unit.plugins.support.module_run import Result
from ansible_collections.huaweicloud.backup.tests.unit.properties.in_process import Cloud
from ansible_collections.huaweicloud.backup.tests.unit.reliability.hostile_days import USER

Json = dict[str, t.Any]


class Cost(t.NamedTuple):
    """What a run cost."""

    result: Result
    accepted: int
    refused: int
    seconds: float
    kinds: Counter[str]


@contextmanager
def batch(volumes: int, settings: Json, **options: t.Any) -> Iterator[tuple[Cloud, t.Callable[[], Cost]]]:
    """A cloud with so many volumes, and the task that backs them all up."""
    with closing(Cloud(settings, volumes)) as cloud:
        names = [row.name for row in cloud.project.volumes]

        def run() -> Cost:
            begun, mark = cloud.clock.elapsed, len(cloud.sim.log._entries)
            result = cloud.run("vbs_backup_batch", {"volumes": names, **options})
            entries = list(cloud.sim.log._entries)[mark:]
            refused = sum(entry.status == 429 for entry in entries)
            kinds = Counter(
                f"{entry.request.method} {entry.request.raw_path.split('/')[3]}"
                for entry in entries
                if entry.status != 429
            )
            return Cost(result, len(entries) - refused, refused, cloud.clock.elapsed - begun, kinds)

        yield cloud, run


def test_nothing_to_do_is_as_many_requests_as_the_lists_have_pages() -> None:
    with batch(120, {"max_page": 100}) as (cloud, run):
        for number in range(10):
            for row in list(cloud.project.volumes):
                cloud.add("backups", name=f"{row.name}-20261121", volume_id=row.id, age=60 + number)
        cost = run()
        assert (cost.result.failed, cost.result["changed"]) == (False, False)
        # 120 and 1,200 rows.
        assert cost.kinds == {"GET volumes": 2, "GET backups": 12}


def test_sixty_jobs_of_six_seconds_take_little_longer_than_one() -> None:
    with batch(60, {"job_seconds": 6.0}) as (_cloud, run):
        cost = run()
        assert not cost.result.failed
        assert cost.seconds <= 6 + 3
        assert cost.accepted <= 60 + 20
        assert run().accepted == 2


@pytest.mark.parametrize("job_seconds", [0.5, 30.0])
def test_a_service_that_allows_fifty_a_second_is_used_well_and_seldom_refuses(job_seconds: float) -> None:
    with batch(300, {"job_seconds": job_seconds, "rate_limit_per_second": 50}) as (_cloud, run):
        cost = run()
        assert not cost.result.failed
        assert cost.kinds["POST cloudbackups"] == 300
        assert cost.accepted <= 2.2 * 300
        assert cost.refused <= 0.2 * (cost.accepted + cost.refused)
        # A job's end is noticed within a tenth of its length and the shortest pause.
        assert cost.seconds <= 1.2 * cost.accepted / 50 + 1.1 * job_seconds + 1


def test_a_token_that_ends_while_many_are_on_their_way_is_renewed_once() -> None:
    with batch(40, {"job_seconds": 2.0}) as (cloud, run):
        cloud.credentials = dict(USER)

        def end_tokens(_moment: str) -> None:
            if sum(entry.request.method == "POST" for entry in list(cloud.sim.log._entries)) >= 20:
                cloud.at = lambda _moment: None
                cloud.sim.gatekeeper.end_tokens(revoke=True)

        cloud.at = end_tokens
        cost = run()
        assert not cost.result.failed, cost.result["msg"]
        assert sum(sent.url.endswith("/auth/tokens") for sent in cost.result.sent) == 2
        assert len(list(cloud.project.backups)) == 40
