"""What schemathesis must know about SCIM that the OpenAPI description does not say, because readers would drown in it."""

from __future__ import annotations

import schemathesis


@schemathesis.hook
def before_load_schema(context: object, raw_schema: dict) -> None:
    """Allows null for everything optional in a user or a group that is sent.

    RFC 7643 section 2.5: null and an attribute that is left out are the same.
    """
    schemas = raw_schema["components"]["schemas"]
    for name, extension in (("User", "EnterpriseUser"), ("Group", None)):
        request = schemas[f"{name}Request"]
        properties = schemas[name]["properties"]
        if extension:
            urn = next(key for key, value in properties.items() if value.get("$ref", "").endswith(extension))
            properties = {**properties, urn: schemas[extension]}
        del request["allOf"]
        request["properties"] = {
            key: value if key in request["required"] else or_null(value) for key, value in properties.items()
        }


def or_null(schema: dict) -> dict:
    """The schema, its parts and its elements, or null in place of each."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    changed = dict(schema)
    changed["type"] = [schema["type"], "null"]
    if "properties" in schema:
        changed["properties"] = {key: or_null(value) for key, value in schema["properties"].items()}
    if "items" in schema:
        changed["items"] = or_null(schema["items"])
    return changed
