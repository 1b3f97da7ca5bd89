# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that every SCIM module has: where the service is and how to sign in."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  url:
    description:
      - The base URL of the SCIM service, the part before C(/Users).
      - Plain C(http) is refused except on loopback, and so are credentials, a query and a fragment.
      - If it is not set, the environment variable E(SCIM_URL) is used. Empty variables count as unset, here and below.
    type: str
    required: true
  token:
    description: A bearer token. If it is not set, E(SCIM_TOKEN) is used.
    type: str
  auth_username:
    description: User name for basic authentication. If it is not set, E(SCIM_USERNAME) is used.
    type: str
  auth_password:
    description: Password for basic authentication. If it is not set, E(SCIM_PASSWORD) is used.
    type: str
  token_url:
    description:
      - OAuth 2.0 token endpoint for the client credentials grant. If it is not set, E(SCIM_TOKEN_URL) is used.
      - The token is fetched once for a task, and again when the service rejects it after a while. One that is rejected at
        once is not fetched again.
    type: str
  client_id:
    description: OAuth 2.0 client id. If it is not set, E(SCIM_CLIENT_ID) is used.
    type: str
  client_secret:
    description: OAuth 2.0 client secret. If it is not set, E(SCIM_CLIENT_SECRET) is used.
    type: str
  scope:
    description: OAuth 2.0 scope to ask for. If it is not set, E(SCIM_SCOPE) is used.
    type: str
  headers:
    description:
      - More headers for every request. Their values are treated as secrets.
      - If it is not set, E(SCIM_HEADERS) is used, which holds a JSON object.
    type: dict
  ca_file:
    description: File with the certificate authorities to trust, in PEM. If it is not set, E(SCIM_CA_FILE) is used.
    type: path
  client_cert:
    description: File with a client certificate, in PEM. If it is not set, E(SCIM_CLIENT_CERT) is used.
    type: path
  client_key:
    description: File with the key of O(client_cert), unless it is in the same file. If it is not set, E(SCIM_CLIENT_KEY) is used.
    type: path
  skip_tls_verify:
    description: Do not verify the certificate of the service. For rehearsals only. If it is not set, E(SCIM_SKIP_TLS_VERIFY) is used.
    type: bool
    default: false
  timeout:
    description: Seconds to wait for a connection and for each answer. If it is not set, E(SCIM_TIMEOUT) is used.
    type: float
    default: 30.0
  time_budget:
    description:
      - Seconds that the whole task may take, waiting for rate limits included. If it is not set, E(SCIM_TIME_BUDGET) is used.
    type: float
    default: 300.0
  profile:
    description:
      - The product behind O(url), for what it is known to do differently.
      - V(auto) learns from the service's own description and from what it refuses.
      - If it is not set, E(SCIM_PROFILE) is used.
    type: str
    default: auto
    choices:
      - atlassian
      - authentik
      - auto
      - aws
      - cloudflare_dashboard
      - databricks
      - deel
      - entra
      - fortiauthenticator
      - fusionauth
      - github_enterprise
      - github_org
      - gitlab
      - google_cloud_identity
      - hcp_terraform
      - jfrog
      - keycloak
      - keycloak_metatavu
      - mirantis_mke
      - miro
      - oracle_ls_iams
      - salesforce
      - slack
      - tealium
      - vcenter
      - zoom
  capabilities:
    description:
      - Single facts about the service that are known better than O(profile) and the service itself know them.
      - M(identityops.lifecycle.scim_service_info) shows the ones in use and where each comes from.
    type: dict
    suboptions:
      update:
        description: How a resource is changed.
        type: str
        choices: [patch, patch_whole_lists, patch_without_path, put]
      put:
        description: Whether PUT may be used where PATCH is refused.
        type: bool
      filter:
        description: Whether filters can be used at all; otherwise lists are read and searched.
        type: bool
      filter_or:
        description: Whether filters may be joined by C(or).
        type: bool
      pagination:
        description: How lists are paged.
        type: str
        choices: [index, cursor, none]
      page_size:
        description: How many resources to ask for at a time; V(0) leaves it to the service.
        type: int
      totals:
        description: Whether C(totalResults) counts the whole list and not the page; otherwise lists are read until nothing new comes.
        type: bool
      etag:
        description: Whether versions are real, so that writes carry C(If-Match).
        type: bool
      bulk:
        description: Whether many writes can be sent in one request, to C(/Bulk).
        type: bool
      bulk_max_operations:
        description: How many operations one Bulk request may hold.
        type: int
      bulk_max_payload_size:
        description: How many bytes one Bulk request may have.
        type: int
      groups:
        description: Whether the service has groups.
        type: bool
      members_read:
        description:
          - Where memberships can be read. With V(filter) one question is asked for each named member; with V(none) they are
            written and reported as unverifiable.
        type: str
        choices: [group, filter, none]
      members_remove:
        description:
          - How a member is removed. V(value_list) is Entra's form, which a service that follows RFC 7644 reads as "remove all";
            set it for services only that are known to need it.
        type: str
        choices: [value_path, value_list, replace]
      members_per_request:
        description: How many members one request may name.
        type: int
      members_on_create:
        description: Whether a new group may be sent with its members.
        type: bool
      members_wrapped:
        description: Whether members to add or remove are sent as an object inside C(value), as Salesforce wants it.
        type: bool
      delete:
        description: Whether users can be deleted.
        type: bool
      shows_new:
        description:
          - Whether a new user can be read at once, not only once an invitation was accepted. Where it is V(false), a user who
            was created and is not shown is reported as unverifiable instead of unconverged.
        type: bool
      soft_delete:
        description: Whether a deleted user stays visible, inactive.
        type: bool
      missing_status:
        description: What the service answers for an id that does not exist.
        type: int
      accept_on_delete:
        description: Whether DELETE may carry an C(Accept) header.
        type: bool
      requests_per_second:
        description: The most requests a second; V(0) is no limit.
        type: int
      ignored:
        description: Options of attributes that the service accepts and does not keep; they are not sent.
        type: list
        elements: str
      immutable:
        description: Options of attributes that cannot change once they are set; C(Group.external_id) means groups only.
        type: list
        elements: str
      required:
        description: Options of attributes without which the service creates no user.
        type: list
        elements: str
      single_valued:
        description: Options of multi-valued attributes that hold one entry only.
        type: list
        elements: str
  max_scan:
    description:
      - How many resources may be read where a filter does not work. Beyond it the task fails rather than guess.
    type: int
    default: 20000
requirements:
  - requests
notes:
  - Proxies are taken from E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY).
  - Credentials are best given once, in C(module_defaults) for the group C(identityops.lifecycle.scim), or in the environment.
"""

    WRITING = r"""
options:
  protected:
    description:
      - Names, external ids, ids or shell patterns of users and groups that are never written to, nor taken out of a group.
      - If it is not set, E(SCIM_PROTECTED) is used, a list separated by commas.
    type: list
    elements: str
    default: []
  on_unconverged:
    description:
      - What to do if the service accepted something and did not keep it. What was not kept is listed in RV(unconverged).
      - V(fail) fails the task, V(warn) warns, V(ignore) only reports.
    type: str
    choices: [fail, warn, ignore]
    default: fail
  unkept_file:
    description:
      - Where to remember what a service accepted and did not keep, so that the next run does not send it again.
      - The file holds salted hashes only, neither names nor values. An empty path remembers nothing.
      - If it is not set, E(SCIM_UNKEPT_FILE) is used.
    type: path
    default: ~/.cache/identityops.lifecycle/unkept.json
"""
