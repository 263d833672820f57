"""Drives the client library scim2-client through the life of users and groups in one organization.

    SCIM_TOKEN=… python life_cycle.py BASE_URL

The library holds every answer to the RFCs: status, media type, schemas, what is required, returned and read-only.
The steps say what a client would want next, and that it got it.

Everything that is created is deleted again.
"""

from __future__ import annotations

import sys

import httpx2
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import PatchOp, PatchOperation, SearchRequest
from steps import Steps, base_and_token, equal

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"

base, token = base_and_token("life_cycle.py")
http = httpx2.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=60.0)
client = SyncSCIMClient(http)
known: dict[str, object] = {}
step = Steps()


def model(name: str):
    """The library's model of a resource type, made from what discovery answered."""
    found = client.get_resource_model(name)
    if found is None:
        raise AssertionError(f"there is no resource type {name}")
    return found


def found(kind: str, **query) -> list[str]:
    """The ids on one page of a list, in order."""
    page = client.query(model(kind), query_parameters=SearchRequest(**query))
    return [resource.id for resource in page.resources or []]


def patched(kind: str, identifier: str, *operations: dict):
    """Changes a resource and reads it again."""
    patch = PatchOp[model(kind)](operations=[PatchOperation(**operation) for operation in operations])
    client.modify(model(kind), identifier, patch)
    return client.query(model(kind), identifier)


def refused(answer, status: int, scim_type: str | None) -> None:
    """An error with this status and this reason."""
    equal((int(answer.status), answer.scim_type), (status, scim_type))


@step("discovery names the types, their schemas and every feature")
def _() -> None:
    client.discover()
    provider = client.provider.config
    for feature in ("patch", "bulk", "filter", "sort", "etag"):
        equal((feature, getattr(provider, feature).supported), (feature, True))
    equal(provider.change_password.supported, False)
    model("User"), model("Group")


@step("a user is created with all that was sent")
def _() -> None:
    sent = {
        "schemas": [USER, ENTERPRISE],
        "userName": "Anna.Berg@example.com",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "displayName": "Anna Berg",
        "name": {"givenName": "Anna", "familyName": "Berg"},
        "active": True,
        "emails": [
            {"value": "anna@example.com", "type": "work", "primary": True},
            {"value": "anna@example.org", "type": "home"},
        ],
        ENTERPRISE: {"department": "Tours", "employeeNumber": "701984"},
    }
    anna = client.create(model("User"), sent)
    known["anna"] = anna.id
    equal(anna.meta.resource_type, "User")
    equal(str(anna.meta.location), f"{base}/Users/{anna.id}")
    shown = anna.model_dump()
    for attribute in ("userName", "externalId", "displayName", "emails", ENTERPRISE):
        equal(shown[attribute], sent[attribute])


@step("another user has the first one as manager")
def _() -> None:
    sent = {
        "schemas": [USER, ENTERPRISE],
        "userName": "bo@example.com",
        "displayName": "Bo",
        ENTERPRISE: {"manager": {"value": known["anna"]}},
    }
    bo = client.create(model("User"), sent)
    known["bo"] = bo.id
    equal(bo.active, True)
    equal(bo.model_dump()[ENTERPRISE]["manager"]["value"], known["anna"])


@step("a user name is taken in any case")
def _() -> None:
    again = model("User")(user_name="ANNA.BERG@EXAMPLE.COM")
    refused(client.create(again, raise_scim_errors=False, expected_status_codes=[409]), 409, "uniqueness")


@step("what does not exist is not found")
def _() -> None:
    answer = client.query(model("User"), "0193a4c2-8f00-7d11-a0c3-5b1d5f2e9c77", raise_scim_errors=False)
    refused(answer, 404, None)


FILTERS = {
    'userName eq "anna.berg@EXAMPLE.com"': ["anna"],
    'userName ne "bo@example.com"': ["anna"],
    'userName co "@example"': ["anna", "bo"],
    'userName sw "BO"': ["bo"],
    'userName ew ".com"': ["anna", "bo"],
    'userName gt "b"': ["bo"],
    'userName le "B"': ["anna"],
    "name pr": ["anna"],
    'externalId eq "00ujl29u0le5T6Aj10h7"': ["anna"],
    'externalId eq "00UJL29U0LE5T6AJ10H7"': [],
    'not (name.familyName eq "berg")': ["bo"],
    'active eq true and (displayName eq "bo" or displayName eq "nobody")': ["bo"],
    'emails[type eq "work" and value co "example.com"]': ["anna"],
    'emails[type eq "home" and value co "example.com"]': [],
    'emails.value eq "ANNA@example.org"': ["anna"],
    f'{ENTERPRISE}:department eq "tours"': ["anna"],
    'meta.created gt "2011-05-13T04:42:34Z"': ["anna", "bo"],
    'meta.lastModified lt "2011-05-13T04:42:34+02:00"': [],
    'meta.resourceType eq "User"': ["anna", "bo"],
}


def filtering(text: str, names: list[str]) -> None:
    @step(f"the filter {text}")
    def _() -> None:
        equal(sorted(found("User", filter=text)), sorted(known[name] for name in names))


for text, names in FILTERS.items():
    filtering(text, names)


@step("the filter id eq …")
def _() -> None:
    equal(found("User", filter=f'id eq "{known["bo"]}"'), [known["bo"]])


@step("a filter by the manager's id")
def _() -> None:
    equal(found("User", filter=f'{ENTERPRISE}:manager.value eq "{known["anna"]}"'), [known["bo"]])


@step("a filter that is none is refused")
def _() -> None:
    answer = client.query(
        model("User"),
        query_parameters={"filter": 'userName xx "a"'},
        check_request_payload=False,
        raise_scim_errors=False,
    )
    refused(answer, 400, "invalidFilter")


@step("lists are sorted both ways")
def _() -> None:
    equal(found("User", sort_by="userName"), [known["anna"], known["bo"]])
    equal(found("User", sort_by="userName", sort_order="descending"), [known["bo"], known["anna"]])


@step("pages by position do not overlap")
def _() -> None:
    pages = [
        client.query(model("User"), query_parameters=SearchRequest(start_index=start, count=1, sort_by="userName"))
        for start in (1, 2, 3)
    ]
    equal([page.total_results for page in pages], [2, 2, 2])
    equal([[user.id for user in page.resources or []] for page in pages], [[known["anna"]], [known["bo"]], []])
    equal(client.query(model("User"), query_parameters=SearchRequest(count=0)).total_results, 2)


@step("pages by cursor follow each other to the last")
def _() -> None:
    ids: list[str] = []
    cursor: str | None = ""
    while cursor is not None and len(ids) < 10:
        page = client.query(model("User"), query_parameters=SearchRequest(cursor=cursor, count=1, sort_by="userName"))
        ids.extend(user.id for user in page.resources or [])
        cursor = page.next_cursor
    equal(ids, [known["anna"], known["bo"]])


@step("only the attributes that were asked for come back")
def _() -> None:
    one = client.query(model("User"), known["anna"], query_parameters=SearchRequest(attributes=["userName"]))
    equal((one.user_name, one.display_name), ("Anna.Berg@example.com", None))
    rest = client.query(model("User"), known["anna"], query_parameters=SearchRequest(excluded_attributes=["emails"]))
    equal((rest.display_name, rest.emails), ("Anna Berg", None))


@step("PUT of what was read, with one change, changes that")
def _() -> None:
    anna = client.query(model("User"), known["anna"])
    anna.display_name = "Anna B."
    equal(client.replace(anna).display_name, "Anna B.")
    again = client.query(model("User"), known["anna"])
    equal((again.display_name, again.emails), ("Anna B.", anna.emails))


@step("PATCH deactivates and activates")
def _() -> None:
    for active in (False, True):
        user = patched("User", known["bo"], {"op": "replace", "path": "active", "value": active})
        equal(user.active, active)


@step("PATCH adds and removes an attribute")
def _() -> None:
    user = patched("User", known["bo"], {"op": "add", "path": "nickName", "value": "Bobo"})
    equal(user.nick_name, "Bobo")
    equal(patched("User", known["bo"], {"op": "remove", "path": "nickName"}).nick_name, None)


@step("PATCH replaces a part of a selected value")
def _() -> None:
    operation = {"op": "replace", "path": 'emails[type eq "work"].value', "value": "berg@example.com"}
    user = patched("User", known["anna"], operation)
    equal([str(email.value) for email in user.emails], ["berg@example.com", "anna@example.org"])


@step("PATCH replaces an attribute of the extension")
def _() -> None:
    operation = {"op": "replace", "path": f"{ENTERPRISE}:department", "value": "Sales"}
    user = patched("User", known["anna"], operation)
    equal(user.model_dump()[ENTERPRISE]["department"], "Sales")


@step("PATCH of a selection that nothing fits has no target")
def _() -> None:
    operation = PatchOperation(op="replace", path='emails[type eq "other"].value', value="x@example.com")
    answer = client.modify(
        model("User"), known["anna"], PatchOp[model("User")](operations=[operation]), raise_scim_errors=False
    )
    refused(answer, 400, "noTarget")


@step("a group is created with a member")
def _() -> None:
    sent = {"schemas": [GROUP], "displayName": "Guides", "members": [{"value": known["anna"]}]}
    guides = client.create(model("Group"), sent)
    known["guides"] = guides.id
    equal([member.value for member in guides.members], [known["anna"]])


@step("a group is a member of a group")
def _() -> None:
    sent = {"schemas": [GROUP], "displayName": "Staff", "members": [{"value": known["guides"], "type": "Group"}]}
    known["staff"] = client.create(model("Group"), sent).id


@step("a user shows direct and indirect memberships")
def _() -> None:
    user = client.query(model("User"), known["anna"])
    shown = sorted((group.value, str(group.type), group.display) for group in user.groups)
    expected = [(known["guides"], "direct", "Guides"), (known["staff"], "indirect", "Staff")]
    equal(shown, sorted(expected))


@step("members come and go")
def _() -> None:
    group = patched("Group", known["guides"], {"op": "add", "path": "members", "value": [{"value": known["bo"]}]})
    equal({member.value for member in group.members}, {known["anna"], known["bo"]})
    group = patched("Group", known["guides"], {"op": "remove", "path": f'members[value eq "{known["anna"]}"]'})
    equal([member.value for member in group.members], [known["bo"]])


@step("groups are found by name and by member")
def _() -> None:
    equal(found("Group", filter='displayName eq "GUIDES"'), [known["guides"]])
    equal(found("Group", filter=f'members.value eq "{known["bo"]}"'), [known["guides"]])


@step("POST to /Users/.search is a list of users")
def _() -> None:
    page = client.search(model("User"), SearchRequest(filter='userName co "example"', sort_by="userName", count=1))
    equal((page.total_results, [user.id for user in page.resources]), (2, [known["anna"]]))


@step("POST to /.search finds users and groups")
def _() -> None:
    page = client.search(SearchRequest(filter='displayName sw "Guides" or userName sw "bo"', count=10))
    equal({resource.id for resource in page.resources}, {known["guides"], known["bo"]})


@step("GET of the base URL finds users and groups")
def _() -> None:
    page = client.query(query_parameters=SearchRequest(filter='meta.resourceType eq "Group"', count=10))
    equal({resource.id for resource in page.resources}, {known["guides"], known["staff"]})


@step("a version that is held is not sent again, and a stale one changes nothing")
def _() -> None:
    version = client.query(model("Group"), known["guides"]).meta.version
    url = f"{base}/Groups/{known['guides']}"
    equal(http.get(url, headers={"If-None-Match": version}).status_code, 304)
    equal(http.delete(url, headers={"If-Match": 'W/"999"'}).status_code, 412)


@step("a bulk request creates a group before its member and deletes both")
def _() -> None:
    group = {"schemas": [GROUP], "displayName": "Bulk", "members": [{"value": "bulkId:user"}]}
    user = {"schemas": [USER], "userName": "bulk@example.com"}
    operations = [
        {"method": "POST", "path": "/Groups", "bulkId": "group", "data": group},
        {"method": "POST", "path": "/Users", "bulkId": "user", "data": user},
    ]
    done = client.bulk({"schemas": [BULK], "Operations": operations})
    equal([str(operation.status) for operation in done.operations], ["201", "201"])
    paths = [str(operation.location).removeprefix(base) for operation in done.operations]
    by_kind = {path.split("/")[1]: path for path in paths}
    group = client.query(model("Group"), by_kind["Groups"].rsplit("/", 1)[1])
    equal([member.value for member in group.members], [by_kind["Users"].rsplit("/", 1)[1]])
    done = client.bulk({"schemas": [BULK], "Operations": [{"method": "DELETE", "path": path} for path in paths]})
    equal([str(operation.status) for operation in done.operations], ["204", "204"])


@step("what is deleted is gone, and from its groups too")
def _() -> None:
    client.delete(model("User"), known["bo"])
    refused(client.query(model("User"), known["bo"], raise_scim_errors=False), 404, None)
    equal(client.query(model("Group"), known["guides"]).members or [], [])
    client.delete(model("Group"), known["staff"])
    client.delete(model("Group"), known["guides"])
    client.delete(model("User"), known["anna"])
    equal((found("User"), found("Group")), ([], []))


if __name__ == "__main__":
    sys.exit(step.run())
