# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the SCIM service says that it can do, and therefore does: scim2-server enforces what it announces."""

from __future__ import annotations

from functools import cache
from typing import Any

from scim2_models import ScimProvider, ServiceProviderConfig
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
PROFILES = tuple(_CHANGES)


@cache
def provider(profile: str) -> ScimProvider:
    """scim2-server's description of a service, made once for each profile."""
    document = load_default_service_provider_config().model_dump()
    config = ServiceProviderConfig.model_validate({**document, **_CHANGES[profile]})
    config.authentication_schemes = [BEARER_TOKEN_SCHEME]
    return ScimProvider.from_discovery(*_definitions(), config=config)


@cache
def _definitions() -> tuple[list[Any], list[Any]]:
    return list(load_default_schemas().values()), list(load_default_resource_types().values())
