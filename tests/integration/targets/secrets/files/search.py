# Copyright (c) 2026, huaweicloud.backup contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs plays against the simulator and looks for their secrets in all that they show and leave behind.

Called with a folder to work in, and on standard input with what the simulator knows; prints what was found as JSON.
"""

from __future__ import annotations

import base64
import html
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import typing as t
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from simulator.client import Client

HERE = Path(__file__).resolve().parent
TEMPORARY = {
    "access_key": "SIMTEMPORARYACCESS01",
    "secret_key": "simTemporarySecretKey0123456789abcdefghij",
    "security_token": "simSecurityTokenOfTheTemporaryKey",
}
Json = dict[str, t.Any]


def closed_address() -> str:
    """Where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def spellings(secret: str) -> set[str]:
    """How a secret may look where it should not be, whole or in part."""
    encoded = {base64.b64encode(secret[start:].encode()).decode().rstrip("=")[1:-2] for start in range(3)}
    found = {secret, secret[::-1], json.dumps(secret)[1:-1], html.escape(secret), quote(secret, safe=""), *encoded}
    found |= {secret.encode().hex()}
    return found | {secret[start : start + 16] for start in range(0, max(0, len(secret) - 15), 4)}


class Watch(threading.Thread):
    """Reads the command lines, and where asked the environments, of a process and all that it starts."""

    def __init__(self, root: int, secrets: Mapping[str, set[str]], *, environments: bool) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._secrets = secrets
        self._files = ("cmdline", "environ") if environments else ("cmdline",)
        self.is_over = threading.Event()
        self.leaks: set[str] = set()
        self.modules: set[int] = set()

    def run(self) -> None:
        while not self.is_over.wait(0.05):
            parents = {int(entry.name): parent_of(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
            for process in parents:
                above = process
                while above in parents and above != self._root:
                    above = parents[above]
                if above == self._root:
                    self._look(Path("/proc", str(process)))

    def _look(self, entry: Path) -> None:
        try:
            texts = {name: (entry / name).read_bytes().decode("utf-8", "replace") for name in self._files}
        except OSError:
            # It has ended.
            return
        if "AnsiballZ_vbs_" in texts["cmdline"]:
            self.modules.add(int(entry.name))
        for name, text in texts.items():
            for secret in found_in(text, self._secrets):
                self.leaks.add(f"{secret} in {name} of a process: {texts['cmdline'][:80]!r}")


def parent_of(entry: Path) -> int:
    """The process that started this one; 0 where it has ended."""
    try:
        # The name in brackets may hold anything; what follows it are the state and numbers.
        return int((entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def found_in(text: str, secrets: Mapping[str, set[str]]) -> list[str]:
    """The names of the secrets that a text holds in any spelling."""
    return [name for name, looks in secrets.items() if any(look in text for look in looks)]


def files_below(folder: Path) -> Iterator[Path]:
    """Every file that was left."""
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


class Search:
    """A folder in which plays run, and what was found of their secrets.

    :param temporary: for temporary files, at a short path: ansible-core has sockets there, whose paths may have but 107
        characters.
    """

    def __init__(self, folder: Path, temporary: Path, known: Json) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        self.left = folder / "left"
        self.inputs = folder / "inputs"
        self.temporary = temporary
        for name in ("home", "run", "cwd", "out"):
            (self.left / name).mkdir(parents=True, mode=0o700)
        self.inputs.mkdir(mode=0o700)
        self.known = known
        self.secrets: dict[str, set[str]] = {}
        self.report: Json = {"leaks": [], "unexpected": [], "files": 0, "bytes": 0, "results": 0, "module_processes": 0}

    def keep_secret(self, **secrets: str) -> None:
        """Look for these from now on."""
        self.secrets.update({name: spellings(secret) for name, secret in secrets.items()})

    def play(self, name: str, variables: Json, environ: Mapping[str, str]) -> None:
        """Run a play with all that it can say, and watch its processes."""
        kept = self.left / "out" / f"{name}-results.json"
        file = self.inputs / f"{name}.json"
        file.write_text(json.dumps({**variables, "kept_results": str(kept)}), encoding="utf-8")
        book = HERE / ("options.yml" if name == "options" else "environment.yml")
        command = ["ansible-playbook", "-vvvv", "--diff", "-e", f"@{file}", str(book)]
        with (self.left / "out" / f"{name}-shown").open("wb") as shown:
            process = subprocess.Popen(
                command,
                cwd=self.left / "cwd",
                env={**self._surroundings(), **environ},
                stdin=subprocess.DEVNULL,
                stdout=shown,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            watch = Watch(process.pid, self.secrets, environments=name == "options")
            watch.start()
            status = process.wait(300)
            watch.is_over.set()
            watch.join()
        self.report["leaks"] += sorted(watch.leaks)
        self.report["module_processes"] += len(watch.modules)
        self._judge(name, status, json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else [])

    def _surroundings(self) -> dict[str, str]:
        passed = ("PATH", "LANG", "LC_ALL", "ANSIBLE_COLLECTIONS_PATH", "PYTHONPATH")
        out = str(self.left / "out")
        return {
            **{name: os.environ[name] for name in passed if name in os.environ},
            "HOME": str(self.left / "home"),
            "TMPDIR": str(self.temporary),
            "XDG_RUNTIME_DIR": str(self.left / "run"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_LOG_PATH": f"{out}/log",
            "ANSIBLE_CALLBACKS_ENABLED": "ansible.builtin.junit,ansible.builtin.tree",
            "ANSIBLE_CALLBACK_TREE_DIR": f"{out}/tree",
            "JUNIT_OUTPUT_DIR": f"{out}/junit",
        }

    def _judge(self, name: str, status: int, results: list[Json]) -> None:
        self.report["results"] += len(results)
        works = {"options": 4}.get(name, 1)
        ends = ["fails" if result.get("failed") else "works" for result in results]
        if status or ends != ["works"] * works + ["fails"] * (len(ends) - works) or not ends:
            self.report["unexpected"].append(f"{name}: ended with {status}: {ends}: {json.dumps(results)[:4000]}")

    def cached_token(self) -> str:
        """The token that the first play left; nothing else may be there."""
        folder = self.left / "run" / "huaweicloud.backup"
        (entry,) = folder.glob("*.json")
        self.report["cache"] = [f"{stat.S_IMODE(path.stat().st_mode):04o}" for path in (entry, folder)]
        return str(json.loads(entry.read_bytes())["token"])

    def look(self) -> None:
        """Search every file, the token cache for all but its own token."""
        for path in (*files_below(self.left), *files_below(self.temporary)):
            content = path.read_bytes()
            self.report["files"] += 1
            self.report["bytes"] += len(content)
            is_cache = path.parent.name == "huaweicloud.backup" and path.suffix == ".json"
            found = found_in(content.decode("utf-8", "replace") + str(path), self.secrets)
            self.report["leaks"] += [
                f"{secret} in {path.name}" for secret in found if not (is_cache and secret == "cached token")
            ]
        self.report["control_finds"] = sum(
            found_in(f"x{min(looks)}y", self.secrets) != [] for looks in self.secrets.values()
        )


def fault(client: Client, path: str, what: Json) -> None:
    """The next such request is answered so."""
    client.call("POST", "/faults", {"match": {"path": path}, "fault": what})


def echo(secret: str) -> Json:
    """A refusal that repeats a secret."""
    return {"status": 403, "body": {"error_code": "APIGW.0302", "error_msg": f"{secret} may not", "request_id": "r"}}


def page(secret: str, *, before: int) -> Json:
    """A page of a proxy that repeats the headers, so far down that a message shows but a part."""
    return {"status": 403, "raw": f"<html>{'x' * before}<pre>X-Auth-Token: {secret}\n{quote(secret)}</pre></html>"}


def run_options(search: Search, client: Client, given_token: str) -> None:
    """The play with options, and the faults for it in the order of its tasks."""
    known = search.known
    wrong = {
        "wrong_password": "canary-wrong-password-7d793037a076",
        "wrong_key": "canaryWrongSecretKey5d41402abc4b2a76b9719",
        "wrong_token": "canary-wrong-token-c20ad4d76fe97759aa27a0c99bff6710",
        "address_password": "canary-address-password-aab3238922bc",
    }
    search.keep_secret(**wrong)
    auth = {"auth_url": known["auth_url"], "username": known["username"], "password": known["password"]}
    auth.update(user_domain_name=known["domain_name"], project_id=known["project_id"])
    clouds = search.inputs / "clouds.yaml"
    clouds.write_text(json.dumps({"clouds": {"site": {"auth": auth, "region_name": known["region"]}}}))
    for what in (
        page(TEMPORARY["security_token"], before=200),
        echo(TEMPORARY["secret_key"]),
        {"status": 302, "headers": {"Location": f"https://{given_token}.example.com/{given_token}"}, "body": {}},
        page(given_token, before=270),
    ):
        fault(client, "/cloudbackups/quota$", what)
    # The first sign-in with the right password is good, and clouds.yaml finds its token; the second one is this.
    match = {"path": "/auth/tokens$", "body_contains": f'"{known["password"]}"'}
    client.call("POST", "/faults", {"match": match, "skip": 1, "fault": echo(known["password"])})
    variables = {**known, **wrong, "temporary": TEMPORARY, "given_token": given_token, "closed": closed_address()}
    search.play("options", variables, {"OS_CLIENT_CONFIG_FILE": str(clouds)})


def run_environment(search: Search, client: Client, cached_token: str) -> None:
    """The play with the environment alone: once with the cached token, once with keys."""
    known = search.known
    place = {"HW_AUTH_URL": known["auth_url"], "HW_REGION_NAME": known["region"], "HW_PROJECT_ID": known["project_id"]}
    place.update({f"HW_{name.upper()}_ENDPOINT": url for name, url in known["endpoints"].items()})
    names = {"username": "USER_NAME", "password": "USER_PASSWORD", "domain_name": "DOMAIN_NAME"}
    user = {f"HW_{name}": known[option] for option, name in names.items()}
    fault(client, "/cloudbackups/quota$", page(cached_token, before=275))
    search.play("user", {}, {**place, **user})
    keys = {f"HW_{name.upper()}": value for name, value in TEMPORARY.items()}
    fault(client, "/cloudbackups/quota$", echo(TEMPORARY["secret_key"] + " " + TEMPORARY["security_token"]))
    search.play("keys", {}, {**place, **keys})


def main() -> None:
    """Run all plays, then search."""
    with tempfile.TemporaryDirectory() as temporary:
        run_all(Path(temporary))


def run_all(temporary: Path) -> None:
    """With a place for temporary files that goes away afterwards."""
    known = json.load(sys.stdin)
    search = Search(Path(sys.argv[1]), temporary, known)
    client = Client(known["simulator"])
    given_token = client.token()
    search.keep_secret(
        **{"password": known["password"], "secret key": TEMPORARY["secret_key"], "given token": given_token},
        **{"security token": TEMPORARY["security_token"]},
    )
    started = time.monotonic()
    run_options(search, client, given_token)
    cached_token = search.cached_token()
    search.keep_secret(**{"cached token": cached_token})
    run_environment(search, client, cached_token)
    search.look()
    search.report["seconds"] = round(time.monotonic() - started)
    json.dump(search.report, sys.stdout)


if __name__ == "__main__":
    main()
