"""Drives Authlib, a real OAuth 2.0 client, through every grant against a running gateway, and calls SCIM with what it got.

    WICKETGATE=… python oauth_client.py BASE_URL

WICKETGATE names the binary, which makes the clients; it finds the database as the running gateway does, in WICKETGATE_DATABASE_URL.
Consent is given as a person would: through the pages, with the cookies and forms that a browser would send.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from steps import Steps, equal

REDIRECT = "https://client.example/callback"
PASSWORD = "correct horse battery staple"

if len(sys.argv) != 2 or "WICKETGATE" not in os.environ:
    sys.exit("usage: WICKETGATE=… python oauth_client.py BASE_URL")
# The gateway under test is on this machine, without TLS.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
base = sys.argv[1].rstrip("/")
org = base.rsplit("/", 1)[1]
origin = "{0.scheme}://{0.netloc}".format(urlsplit(base))
step = Steps()


def wicketgate(*arguments: str) -> dict:
    """Runs a command of the gateway and reads its answer."""
    command = [os.environ["WICKETGATE"], *arguments, "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(f"{' '.join(arguments[:2])}: {done.stderr}")
    return json.loads(done.stdout)


metadata = httpx.get(f"{origin}/.well-known/oauth-authorization-server").json()
service_user = wicketgate("service-user", "create", "--org", org, "--name", "oauth")["id"]


def made(name: str, *options: str) -> dict:
    """A client of the organization."""
    return wicketgate("client", "create", "--org", org, "--service-user", service_user, "--name", name, *options)


def session(client: dict, method: str = "client_secret_basic", secret: object = None, **options) -> OAuth2Client:
    """Authlib's client for it."""
    return OAuth2Client(client["clientId"], secret or client["clientSecret"], token_endpoint_auth_method=method, **options)


def scim(token: dict, status: int = 200) -> None:
    """SCIM answers this token so."""
    answer = httpx.get(f"{base}/Users?count=1", headers={"Authorization": f"Bearer {token['access_token']}"})
    equal(answer.status_code, status)


def is_good(token: dict) -> dict:
    """The token's form is that of RFC 6749, and SCIM takes it."""
    equal((token["token_type"].lower(), token["expires_in"]), ("bearer", 3600))
    scim(token)
    return token


@step("the metadata is about this gateway")
def _() -> None:
    equal(metadata["issuer"], origin)
    equal(metadata["token_endpoint"], f"{origin}/oauth/v2/token")
    equal(metadata["code_challenge_methods_supported"], ["S256"])


@step("client credentials in the header and in the body")
def _() -> None:
    client = made("header and body")
    for method in ("client_secret_basic", "client_secret_post"):
        with session(client, method) as http:
            is_good(http.fetch_token(metadata["token_endpoint"], grant_type="client_credentials"))
            is_good(http.fetch_token(metadata["token_endpoint"] + "?scope=scim", grant_type="client_credentials"))


@step("a client assertion signed with the client's own key")
def _() -> None:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256", "kid": "one"})
    with open("jwks.json", "w", encoding="utf-8") as file:
        json.dump({"keys": [key.as_dict(private=False)]}, file)
    client = made("assertion", "--auth", "private_key_jwt", "--jwks-file", "jwks.json")
    with session(client, "private_key_jwt", key) as http:
        http.register_client_auth_method(PrivateKeyJWT(metadata["token_endpoint"], headers={"kid": "one"}, alg="ES256"))
        is_good(http.fetch_token(metadata["token_endpoint"], grant_type="client_credentials"))


@step("an access token that is a JWT, verified with the published keys, and revoked all the same")
def _() -> None:
    with session(made("jwt", "--access-token-format", "jwt")) as http:
        token = is_good(http.fetch_token(metadata["token_endpoint"], grant_type="client_credentials"))
        keys = KeySet.import_key_set(httpx.get(metadata["jwks_uri"]).json())
        signed = jwt.decode(token["access_token"], keys, algorithms=["ES256"])
        equal((signed.claims["iss"], signed.header["typ"]), (origin, "at+jwt"))
        equal(http.revoke_token(metadata["revocation_endpoint"], token["access_token"]).status_code, 200)
        scim(token, 401)


@step("introspection tells a live token from a revoked one")
def _() -> None:
    with session(made("introspection")) as http:
        token = is_good(http.fetch_token(metadata["token_endpoint"], grant_type="client_credentials"))
        for is_active in (True, False):
            answer = http.introspect_token(metadata["introspection_endpoint"], token["access_token"])
            equal(answer.json()["active"], is_active)
            http.revoke_token(metadata["revocation_endpoint"], token["access_token"])


@step("a wrong secret is invalid_client")
def _() -> None:
    client = made("wrong")
    answer = httpx.post(
        metadata["token_endpoint"],
        auth=(client["clientId"], client["clientSecret"][:-1] + "_"),
        data={"grant_type": "client_credentials"},
    )
    equal((answer.status_code, answer.json()["error"]), (401, "invalid_client"))


class Forms(HTMLParser):
    """The forms of a page: where each goes and what it would send."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Collects forms and their fields."""
        found = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append((found.get("action", ""), {}))
        elif tag == "input" and self.forms and "name" in found:
            self.forms[-1][1][found["name"]] = found.get("value", "")


def submit(browser: httpx.Client, page: httpx.Response, holding: str, **fields: str) -> httpx.Response:
    """Sends the form of the page that goes to a path like this, with these fields filled in."""
    for action, known in Forms(page.text).forms:
        if holding in action:
            target = urljoin(str(page.url), action)
            return browser.post(target, data=known | fields, headers={"Origin": origin, "Sec-Fetch-Site": "same-origin"})
    raise AssertionError(f"{page.url} ({page.status_code}) has no form to {holding}: {page.text[:300]}")


@step("an owner accepts an invitation, allows a client, and the client goes on with refresh tokens")
def _() -> None:
    client = made("code", "--redirect-uri", REDIRECT)
    browser = httpx.Client(follow_redirects=True, timeout=30.0)
    invitation = wicketgate("account", "invite", "--org", org, "--email", "owner-of-a-client@example.com")["link"]
    welcome = submit(browser, browser.get(invitation), "invitation", name="Olga Owner", password=PASSWORD)
    equal(welcome.status_code, 200)

    http = session(client, redirect_uri=REDIRECT, code_challenge_method="S256", scope="scim offline_access")
    verifier = "v" * 64
    url, state = http.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
    consent = browser.get(url)
    browser.follow_redirects = False
    back = submit(browser, consent, "/oauth/v2/authorize", decision="allow")
    equal(back.status_code, 303)
    answer = {name: values[0] for name, values in parse_qs(urlsplit(back.headers["location"]).query).items()}
    equal((answer["state"], answer["iss"]), (state, origin))

    token = is_good(
        http.fetch_token(
            metadata["token_endpoint"], authorization_response=back.headers["location"], code_verifier=verifier, state=state
        )
    )
    fresh = is_good(http.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"]))
    is_good(http.refresh_token(metadata["token_endpoint"], refresh_token=fresh["refresh_token"]))

    # The code has been used. Using it again ends everything that came of it.
    replayed = httpx.post(
        metadata["token_endpoint"],
        auth=(client["clientId"], client["clientSecret"]),
        data={"grant_type": "authorization_code", "code": answer["code"], "redirect_uri": REDIRECT, "code_verifier": verifier},
    )
    equal((replayed.status_code, replayed.json()["error"]), (400, "invalid_grant"))
    scim(fresh, 401)


sys.exit(step.run())
