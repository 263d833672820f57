"""Drives the command-line client scim2-cli through the life of a user and a group, as a person would with a shell.

    SCIM_TOKEN=… python command_line.py BASE_URL

Every command is a process of its own, which discovers the gateway anew. Everything that is created is deleted again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from steps import Steps, base_and_token, equal

base, token = base_and_token("command_line.py")
program = Path(sys.executable).with_name("scim")
# On the command line others could read the token.
environment = {**os.environ, "SCIM_CLI_HEADERS": f"Authorization: Bearer {token}", "NO_COLOR": "1"}
known: dict[str, str] = {}
step = Steps()


def scim(*arguments: str, body: object = None) -> dict:
    """Runs one command and returns the JSON that it printed."""
    done = subprocess.run(
        [program, "--url", base, *arguments],
        env=environment,
        input="" if body is None else json.dumps(body),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(f"scim {' '.join(arguments)} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return json.loads(done.stdout) if done.stdout.strip() else {}


@step("create user")
def _() -> None:
    emails = [{"value": "carl@example.com", "type": "work", "primary": True}]
    user = scim("create", "user", "--user-name", "carl@example.com", "--emails", json.dumps(emails))
    known["user"] = user["id"]
    equal((user["userName"], user["emails"]), ("carl@example.com", emails))


@step("query user")
def _() -> None:
    equal(scim("query", "user", known["user"])["userName"], "carl@example.com")


@step("query user --filter")
def _() -> None:
    page = scim("query", "user", "--filter", 'userName eq "CARL@example.com" and emails.type eq "work"')
    equal([user["id"] for user in page["Resources"]], [known["user"]])


@step("modify user")
def _() -> None:
    scim("modify", "user", known["user"], "replace", "displayName", "Carl", "add", "nickName", "C")
    scim("modify", "user", known["user"], "replace", 'emails[type eq "work"].value', "c@example.com")
    user = scim("query", "user", known["user"])
    equal((user["displayName"], user["nickName"], user["emails"][0]["value"]), ("Carl", "C", "c@example.com"))


@step("replace user")
def _() -> None:
    user = scim("replace", "user", "--id", known["user"], "--user-name", "carla@example.com")
    equal((user["userName"], user.get("displayName")), ("carla@example.com", None))


@step("create group")
def _() -> None:
    members = json.dumps([{"value": known["user"]}])
    group = scim("create", "group", "--display-name", "Drivers", "--members", members)
    known["group"] = group["id"]
    equal([member["value"] for member in group["members"]], [known["user"]])


@step("modify group")
def _() -> None:
    scim("modify", "group", known["group"], "remove", f'members[value eq "{known["user"]}"]')
    equal(scim("query", "group", known["group"]).get("members", []), [])
    scim("modify", "group", known["group"], "add", "members", json.dumps([{"value": known["user"]}]))
    equal(scim("query", "user", known["user"])["groups"][0]["value"], known["group"])


@step("search user")
def _() -> None:
    page = scim("search", "user", "--filter", 'userName sw "carla"', "--count", "5")
    equal([user["id"] for user in page["Resources"]], [known["user"]])


@step("search over all types")
def _() -> None:
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
        "filter": 'displayName eq "Drivers" or userName sw "carla"',
        "count": 10,
    }
    page = scim("search", body=body)
    equal({resource["id"] for resource in page["Resources"]}, {known["user"], known["group"]})


@step("bulk")
def _() -> None:
    user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "dora@example.com"}
    request = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "POST", "path": "/Users", "bulkId": "dora", "data": user}],
    }
    operation = scim("bulk", body=request)["Operations"][0]
    equal((operation["status"], operation["bulkId"]), ("201", "dora"))
    scim("delete", "user", operation["location"].rsplit("/", 1)[1])


@step("delete group and user")
def _() -> None:
    scim("delete", "group", known["group"])
    scim("delete", "user", known["user"])
    for kind in ("user", "group"):
        equal(scim("query", kind)["totalResults"], 0)


if __name__ == "__main__":
    sys.exit(step.run())
