# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a service can do, and where we learned it from. What providers are known to do differently is data here.

Layers, weakest first: the RFC's defaults, what the service says of itself (ServiceProviderConfig), the provider's
profile, the task's ``capabilities`` option, and what the service refused or accepted while we worked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import InvalidInput
from .json_values import boolean

PATH, WHOLE, PATHLESS, PUT = "patch", "patch_whole_lists", "patch_without_path", "put"
VALUE_PATH, VALUE_LIST, REPLACE = "value_path", "value_list", "replace"

# Capability -> its value on a service that does what RFC 7644 says.
DEFAULTS: dict[str, Any] = {
    "update": PATH,  # how a resource is changed: patch, patch_whole_lists, patch_without_path or put
    "put": True,  # PUT may be used where PATCH is refused
    "filter": True,  # eq filters work
    "filter_or": True,  # ... and may be joined by "or"
    "pagination": "index",  # index, cursor (RFC 9865) or none
    "page_size": 100,
    "totals": True,  # totalResults counts the whole list, not the page
    "etag": False,  # versions are real: If-Match is sent
    "bulk": False,  # there is a /Bulk endpoint (RFC 7644 section 3.7)
    "bulk_max_operations": 1000,
    "bulk_max_payload_size": 1048576,  # bytes
    "groups": True,  # there is a /Groups endpoint
    "members_read": "group",  # where memberships can be read: group, filter or none
    "members_remove": VALUE_PATH,  # how a member is removed: value_path, value_list or replace
    "members_per_request": 1000,
    "members_on_create": True,  # a new group may be sent with its members
    "members_wrapped": False,  # members are sent as {"members": [...]} inside value
    "delete": True,  # users can be deleted
    "shows_new": True,  # a new user can be read at once, not only once an invitation was accepted
    "soft_delete": False,  # a deleted user stays visible, inactive
    "missing_status": 404,  # what a service answers for an id that does not exist
    "accept_on_delete": True,  # DELETE may carry an Accept header
    "requests_per_second": 0,  # 0: as fast as the service answers
    "ignored": (),  # attributes that the service accepts and does not keep
    "immutable": (),  # attributes that cannot change once set; "Group.external_id" means groups only
    "required": (),  # attributes without which a user is not created
    "single_valued": (),  # multi-valued attributes that hold one entry only
}

# The values that a capability with a word for a value may have.
CHOICES: dict[str, tuple[str, ...]] = {
    "update": (PATH, WHOLE, PATHLESS, PUT),
    "pagination": ("index", "cursor", "none"),
    "members_read": ("group", "filter", "none"),
    "members_remove": (VALUE_PATH, VALUE_LIST, REPLACE),
}

# Each with its source: the vendor's documentation or a public issue. Rows without either are not here.
PROFILES: dict[str, dict[str, Any]] = {
    "auto": {},
    # docs.aws.amazon.com/singlesignon/latest/developerguide/limitations.html
    "aws": {
        "filter_or": False,
        "pagination": "cursor",
        "members_read": "filter",
        "members_per_request": 100,
        "required": ("user_name", "display_name", "name.given_name", "name.family_name"),
        "single_valued": ("emails", "phone_numbers", "addresses"),
        "ignored": ("password", "photos", "ims", "roles", "entitlements", "x509_certificates"),
    },
    # docs.github.com: provisioning users and groups with SCIM using the REST API
    "github_enterprise": {"filter_or": False, "members_per_request": 1000},
    # github.com/goauthentik/authentik/issues/13441
    "github_org": {"filter_or": False, "groups": False, "shows_new": False},
    # docs.gitlab.com/development/internal_api: DELETE blocks the user, the identity stays
    "gitlab": {
        "filter_or": False,
        "groups": False,
        "soft_delete": True,
        "required": ("external_id", "user_name", "emails", "name.formatted"),
    },
    # docs.slack.dev/reference/scim-api: says that it has no filter, and has one; DELETE deactivates
    "slack": {"filter": True, "filter_or": False, "soft_delete": True, "requests_per_second": 3},
    # developer.atlassian.com/cloud/admin/user-provisioning
    "atlassian": {"filter_or": False, "soft_delete": True},
    # learn.microsoft.com/azure/databricks/reference/scim-2-1
    "databricks": {"ignored": ("password",)},
    # developers.zoom.us/docs/api/scim2: PATCH only switches active, PUT is partial
    "zoom": {"update": PUT},
    # help.salesforce.com, "Manage Group Members with SCIM": no deletion of users; {"members": [...]} to add and to remove
    "salesforce": {
        "delete": False,
        "members_remove": VALUE_LIST,
        "members_wrapped": True,
        "required": ("user_name", "entitlements"),
    },
    # docs.cloud.google.com/identity/docs/scim/reference/rest
    "google_cloud_identity": {"pagination": "none", "filter_or": False},
    # Microsoft Entra ID as a SCIM server, scim-sanity's profile: PUT is 405, a missing id is 400, DELETE refuses Accept
    "entra": {
        "put": False,
        "filter_or": False,
        "missing_status": 400,
        "accept_on_delete": False,
        "required": ("password",),
    },
    # github.com/keycloak/keycloak/issues/52673: externalId of a group cannot change
    "keycloak": {"immutable": ("Group.external_id",)},
    # github.com/Metatavu/keycloak-scim-server/issues/46: filters on groups are ignored; pull/125: totals count the page
    "keycloak_metatavu": {"filter_or": False, "totals": False},
    # github.com/goauthentik/authentik/issues/24173: members[value eq ..] removes nobody and answers 200
    "authentik": {"members_remove": REPLACE},
    # github.com/cloudflare/cloudflare-docs/pull/17701: account (dashboard) SCIM has a fixed set of groups
    "cloudflare_dashboard": {"filter_or": False, "immutable": ("Group.display_name",)},
    # developer.hashicorp.com/terraform/enterprise/api-docs/scim
    "hcp_terraform": {"filter_or": False},
    # developers.miro.com/reference/rate-limits
    "miro": {"members_per_request": 8000},
    # jfrog.com/help: implemented SCIM endpoints; users and groups cannot be renamed
    "jfrog": {"immutable": ("user_name", "Group.display_name")},
    # docs.tealium.com/api/v3/scim-api/patch-user-api
    "tealium": {"immutable": ("user_name",)},
    # docs.oracle.com/en/industries/life-sciences: DELETE disables the user and revokes the roles
    "oracle_ls_iams": {"soft_delete": True, "filter_or": False},
    # Mirantis Kubernetes Engine: SCIM integration
    "mirantis_mke": {"update": PUT, "filter_or": False, "page_size": 200},
    # github.com/FusionAuth/fusionauth-issues/issues/2784: only the first 100 members of a request are looked at
    "fusionauth": {"members_per_request": 100},
    # FortiAuthenticator 8.0.1, scim-sanity's profile
    "fortiauthenticator": {"filter_or": False},
    # developer.deel.com: SCIM API, rate limits
    "deel": {"requests_per_second": 5},
    # authentik's compatibility mode: members have to come with the creation of a group
    "vcenter": {"filter_or": False, "members_on_create": True, "members_per_request": 10000},
}

# Capabilities that are numbers of which 0 would be no way to work.
AT_LEAST_ONE = ("members_per_request", "bulk_max_operations", "bulk_max_payload_size")

_BY_DEFAULT = "RFC 7644"


class Capabilities:
    """The capabilities in use. ``source(name)`` tells where a value comes from, for people who ask why."""

    def __init__(self, profile: str = "auto", overrides: Mapping[str, Any] | None = None) -> None:
        given = {name: value for name, value in (overrides or {}).items() if value is not None}
        for name in AT_LEAST_ONE:
            if given.get(name, 1) < 1:
                raise InvalidInput(f"capabilities.{name} has to be 1 or more")
        self._observed: dict[str, Any] = {}
        self._layers: list[tuple[str, Mapping[str, Any]]] = [
            ("observed while working", self._observed),
            ("option capabilities", given),
            (f"profile {profile}", PROFILES[profile]),
            ("ServiceProviderConfig", {}),
            (_BY_DEFAULT, DEFAULTS),
        ]

    def said_by_service(self, config: Mapping[str, Any]) -> None:
        """Take in a ServiceProviderConfig (RFC 7643 section 5, RFC 9865 section 4); nonsense in it is passed over."""
        self._layers[3] = ("ServiceProviderConfig", from_service_provider_config(config))

    def observe(self, name: str, value: Any) -> None:
        """Remember what the service really did, for the rest of the task. Several threads may observe at once."""
        self._observed[name] = value

    def _find(self, name: str) -> tuple[str, Any]:
        return next((source, layer[name]) for source, layer in self._layers if name in layer)

    def source(self, name: str) -> str:
        """Which layer a capability's value comes from."""
        return self._find(name)[0]

    def is_assumed(self, name: str) -> bool:
        """Whether nobody said so: it is what the RFC says, and only hoped."""
        return self.source(name) == _BY_DEFAULT

    def flag(self, name: str) -> bool:
        return bool(self._find(name)[1])

    def number(self, name: str) -> int:
        return int(self._find(name)[1])

    def text(self, name: str) -> str:
        return str(self._find(name)[1])

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(self._find(name)[1])

    def shown(self) -> dict[str, dict[str, Any]]:
        """Every capability with its value and source, for scim_service_info."""
        found = {name: self._find(name) for name in DEFAULTS}
        return {name: {"value": list(v) if isinstance(v, tuple) else v, "source": source} for name, (source, v) in found.items()}


def from_service_provider_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """The capabilities that a ServiceProviderConfig states; what it leaves out or garbles is not in the result."""

    def section(name: str) -> Mapping[str, Any]:
        value = next((value for key, value in config.items() if str(key).lower() == name), None)
        return value if isinstance(value, Mapping) else {}

    said: dict[str, Any] = {}
    if boolean(section("patch").get("supported")) is False:
        said["update"] = PUT
    for name in ("filter", "etag", "bulk"):
        supported = boolean(section(name).get("supported"))
        if isinstance(supported, bool):
            said[name] = supported
    pagination = section("pagination")
    only_cursor = pagination.get("index") is False or pagination.get("defaultPaginationMethod") == "cursor"
    if pagination.get("cursor") is True and only_cursor:
        said["pagination"] = "cursor"
    sizes = [section("filter").get("maxResults"), pagination.get("maxPageSize")]
    usable = [size for size in map(_size, sizes) if size]
    if usable:
        said["page_size"] = min([*usable, 1000])
    for name, stated in (("bulk_max_operations", "maxOperations"), ("bulk_max_payload_size", "maxPayloadSize")):
        size = _size(section("bulk").get(stated))
        if size:
            # More at once would save nothing, and may take longer than anybody waits for an answer.
            said[name] = min(size, DEFAULTS[name])
    return said


def _size(value: Any) -> int:
    """A number of things; 0 for whatever is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
