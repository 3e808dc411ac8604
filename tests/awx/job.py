# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job as AWX runs it: its private data sent to a worker, played there, and its events brought back.

AWX calls the same three streamers of ansible-runner: transmit and process in its own process, worker in the container
of an execution environment. Here the worker is a process without a container around it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ansible_runner

from tools import paths
from tools.environment import clean_environment

from . import project, surveys
from .inject import Injected
from .rules import Document

IDENT = "1"
MOST_SECONDS = 240
INVENTORY = {
    "all": {"hosts": ["localhost"]},
    "_meta": {
        "hostvars": {
            "localhost": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
        }
    },
}
"""What load.yml makes, in the form in which AWX hands an inventory to a job: a program that prints it."""

Event = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """What is started: a job template with its answers, and what its credential gives."""

    name: str
    template: Document
    answers: Mapping[str, Any] = field(default_factory=dict)
    check: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """All that this job leaves."""
        return project.ROOT / "jobs" / self.name.replace(" ", "-").replace(":", "")

    @property
    def private(self) -> Path:
        """The private data on AWX's side; artifacts come back to it."""
        return self.folder / "private"

    @property
    def work(self) -> Path:
        """The same on the worker's side; in a container this is /runner."""
        return self.folder / "work"


@dataclass(frozen=True)
class Ended:
    """How a job ended: AWX's word for it, and all its events in order."""

    status: str
    events: Sequence[Event]

    @property
    def stdout(self) -> str:
        """What AWX shows as the job's output."""
        return "\n".join(str(event.get("stdout", "")) for event in self.events)

    def results(self, kind: str) -> Iterator[Any]:
        """Yield what tasks returned in the events of ``kind``, such as runner_on_failed."""
        for event in self.events:
            if event["event"] == kind:
                yield event["event_data"].get("res", {})


def run_job(job: Job, credential: Injected) -> Ended:
    """Run a job to its end, and return how it ended."""
    _write_private_data(job, credential)
    env = {**_own_variables(job), **job.env, **credential.env}
    params = {
        "ident": IDENT,
        "private_data_dir": str(job.private),
        "playbook": job.template["playbook"],
        "envvars": env,
        # AWX's own defaults.
        "suppress_env_files": True,
        "fact_cache_type": "",
    }
    sent, answer = job.folder / "sent", job.folder / "answer"
    with sent.open("wb") as stream:
        ansible_runner.interface.run(streamer="transmit", _output=stream, **params)
    with sent.open("rb") as stream, answer.open("wb") as output, (job.folder / "worker.log").open("wb") as log:
        command = [str(paths.BIN / "python"), "-m", "ansible_runner", "worker", "--private-data-dir", str(job.work)]
        outside = clean_environment({"HOME": str(project.HOME)})
        del outside["ANSIBLE_COLLECTIONS_PATH"], outside["ANSIBLE_HOME"]
        subprocess.run(command, stdin=stream, stdout=output, stderr=log, env=outside, timeout=MOST_SECONDS, check=False)
    with answer.open("rb") as stream:
        done = ansible_runner.interface.run(streamer="process", quiet=True, _input=stream, **params)
    return Ended(str(done.status), _events(job))


def _write_private_data(job: Job, credential: Injected) -> None:
    shutil.rmtree(job.folder, ignore_errors=True)
    job.work.mkdir(parents=True, mode=0o700)
    environment = job.private / "env"
    environment.mkdir(parents=True, mode=0o700)
    values = surveys.variables(job.template, job.answers)
    trusted = job.template.get("extra_vars", {})
    arguments = ["-u", "root", *(["--check", "--diff"] if job.check else []), "-vvv"]
    files = {
        "extravars": surveys.extra_vars_file(values, trusted),
        "cmdline": " ".join(arguments),
        "settings": json.dumps({"suppress_ansible_output": True, "job_timeout": MOST_SECONDS, **job.settings}),
        **credential.files,
    }
    for name, text in files.items():
        (environment / name).touch(mode=0o600)
        (environment / name).write_text(text, encoding="utf-8")
    hosts = job.private / "inventory" / "hosts"
    hosts.parent.mkdir()
    hosts.write_text(f"#! /usr/bin/env python3\nprint({json.dumps(INVENTORY)!r})\n", encoding="utf-8")
    hosts.chmod(0o700)
    shutil.copytree(project.PROJECT, job.private / "project")
    shutil.copytree(project.COLLECTIONS, job.private / "requirements_collections")


def _own_variables(job: Job) -> dict[str, str]:
    places = (f"{job.work}/requirements_collections", "~/.ansible/collections", "/usr/share/ansible/collections")
    return {
        "ANSIBLE_COLLECTIONS_PATH": ":".join(places),
        # In a container it is below the home there; here that would be the home of whoever runs this.
        "ANSIBLE_REMOTE_TEMP": f"{job.work}/tmp",
        "AWX_PRIVATE_DATA_DIR": str(job.private),
        "JOB_ID": IDENT,
    }


def _events(job: Job) -> list[Event]:
    files = (job.private / "artifacts" / IDENT / "job_events").glob("[0-9]*.json")
    events = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return sorted(events, key=lambda event: int(event["counter"]))
