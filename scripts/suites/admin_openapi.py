"""Holds a running gateway to the OpenAPI description of its admin API with schemathesis: as an Org Owner and as an operator.

    WICKETGATE=… python admin_openapi.py BASE_URL

WICKETGATE names the binary, which makes the callers; it finds the database as the running gateway does, in
WICKETGATE_DATABASE_URL. What is judged, and what is excepted for which reason, is in schemathesis_admin.toml.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import httpx

SUITES = Path(__file__).resolve().parent
ROOT = SUITES.parent.parent
DOCUMENT = ROOT / "docs/src/reference/admin-openapi.json"
PASSWORD = "correct horse battery staple"
# It ends by itself long before, unless an answer never comes.
TIMEOUT_SECONDS = 600

if len(sys.argv) != 2 or "WICKETGATE" not in os.environ:
    sys.exit("usage: WICKETGATE=… python admin_openapi.py BASE_URL")
base = sys.argv[1].rstrip("/")
org = base.rsplit("/", 1)[1]
origin = "{0.scheme}://{0.netloc}".format(urlsplit(base))


def wicketgate(*arguments: str) -> dict:
    """Runs a command of the gateway and reads its answer."""
    command = [os.environ["WICKETGATE"], *arguments, "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(arguments[:2])}: {done.stderr}")
    return json.loads(done.stdout)


def session(email: str, *place: str) -> str:
    """The token of a session of a new account: it accepts its invitation as a person would, and signs in."""
    link = wicketgate("account", "invite", *place, "--email", email)["link"]
    form = {"name": "Olga", "password": PASSWORD}
    httpx.post(link, data=form, headers={"Origin": origin, "Sec-Fetch-Site": "same-origin"})
    answer = httpx.post(f"{origin}/admin/v1/sessions", json={"email": email, "password": PASSWORD})
    answer.raise_for_status()
    return answer.json()["token"]


def held(name: str, token: str, *options: str) -> bool:
    """Runs schemathesis as this caller, shows what it found, and says whether that was nothing."""
    program = Path(sys.executable).with_name("st")
    arguments = [
        *("--config-file", str(SUITES / "schemathesis_admin.toml")),
        *("run", str(DOCUMENT), "--url", origin, "--no-color"),
        *options,
    ]
    with tempfile.TemporaryDirectory() as folder:
        # It leaves caches where it runs.
        done = subprocess.run(
            [program, *arguments],
            cwd=folder,
            env={**os.environ, "ADMIN_TOKEN": token, "ADMIN_ORG": org},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    _, is_failure, failures = done.stdout.partition("= FAILURES =")
    if is_failure or done.returncode:
        print("\n".join(line[:600] for line in (failures or done.stdout).splitlines() if line.strip()))
    else:
        shown = [line for line in done.stdout.splitlines() if "generated" in line or "Tested" in line]
        print("\n".join(f"  {name}: {line.strip()}" for line in shown))
    # Whoever was shut out on the way has tested nothing after that.
    still = httpx.get(f"{origin}/admin/v1/roles", headers={"Authorization": f"Bearer {token}"})
    if still.status_code != 200:
        print(f"  {name}: the credential is not accepted any more")
        return False
    return done.returncode == 0


def main() -> int:
    """Runs both, and returns the exit status."""
    # A session that signs itself out, or an organization that is gone, would leave nothing to test. So would a service user
    # that revokes its own credentials, which is why the owner is an account.
    owner = session("owner@example.com", "--org", org, "--role", "org_owner")
    good = held("owner", owner, "--exclude-tag", "Sessions")
    good &= held(
        "operator",
        session("operator@example.com", "--operator"),
        *("--include-tag", "Organizations", "--include-tag", "Operators"),
        *("--exclude-operation-id", "deleteOrg"),
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
