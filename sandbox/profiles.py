# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the SCIM service says that it can do, and therefore does: scim2-server enforces what it announces."""

from __future__ import annotations

from functools import cache
from typing import Any

from scim2_models import ResourceType, Schema, ScimProvider, ServiceProviderConfig
from scim2_server.testserver.application import BEARER_TOKEN_SCHEME
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)

_NO = {"supported": False}
_YES = {"supported": True}

# filter.maxResults is also the size of a page, so it is never 0.
_CHANGES: dict[str, dict[str, Any]] = {
    "full": {},
    "minimal": {
        "patch": _NO,
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": False, "maxResults": 100},
        "changePassword": _NO,
        "sort": _NO,
        "etag": _NO,
    },
    "cursor": {
        "bulk": {"supported": True, "maxOperations": 5, "maxPayloadSize": 2000},
        "filter": {"supported": True, "maxResults": 4},
        "changePassword": _NO,
        "sort": _YES,
        "etag": _YES,
        # RFC 9865 section 2.4
        "pagination": {
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": 3,
            "maxPageSize": 4,
            "cursorTimeout": 3600,
        },
    },
    "small-pages": {"filter": {"supported": True, "maxResults": 5}},
}
# What Cloudflare's services know beside PATCH and filters: nothing (the quirks of the same names narrow it further).
# https://developers.cloudflare.com/fundamentals/account/account-security/scim-setup/
_CLOUDFLARE: dict[str, Any] = {
    "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
    "filter": {"supported": True, "maxResults": 100},
    "changePassword": _NO,
    "sort": _NO,
    "etag": _NO,
}
_CHANGES["cloudflare-access"] = _CLOUDFLARE
_CHANGES["cloudflare-dashboard"] = _CLOUDFLARE
_CORE_ONLY = frozenset(("cloudflare-access", "cloudflare-dashboard"))
PROFILES = tuple(_CHANGES)

# Every real directory has attributes that no RFC knows.
STAFF = "urn:example:params:scim:schemas:extension:staff:2.0:User"
_STAFF: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
    "id": STAFF,
    "name": "Staff",
    "description": "What the people of the example have beside what others have",
    "attributes": [
        {"name": "badge", "type": "string", "multiValued": False, "caseExact": True},
        {"name": "shift", "type": "string", "multiValued": False},
        {
            "name": "locker",
            "type": "complex",
            "multiValued": False,
            "subAttributes": [
                {"name": "floor", "type": "integer", "multiValued": False},
                {"name": "number", "type": "string", "multiValued": False},
            ],
        },
    ],
}


@cache
def provider(profile: str) -> ScimProvider:
    """scim2-server's description of a service, made once for each profile."""
    document = load_default_service_provider_config().model_dump()
    config = ServiceProviderConfig.model_validate({**document, **_CHANGES[profile]})
    config.authentication_schemes = [BEARER_TOKEN_SCHEME]
    return ScimProvider.from_discovery(*_definitions(profile in _CORE_ONLY), config=config)


@cache
def _definitions(core_only: bool) -> tuple[list[Any], list[Any]]:
    """The schemas and resource types of RFC 7643, and a schema of our own for users (section 3.3).

    core_only: users and groups without any extension.
    """
    schemas = list(load_default_schemas().values())
    if core_only:
        schemas = [schema for schema in schemas if ":extension:" not in str(schema.id)]
    types = []
    for resource_type in load_default_resource_types().values():
        document = resource_type.model_dump()
        if core_only:
            document.pop("schemaExtensions", None)
        elif document["id"] == "User":
            document["schemaExtensions"].append({"schema": STAFF, "required": False})
        types.append(ResourceType.model_validate(document))
    return schemas if core_only else [*schemas, Schema.model_validate(_STAFF)], types
