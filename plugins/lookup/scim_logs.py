# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Provisioning events of Cloudflare Access or of files on the controller, in one shape."""

from __future__ import annotations

DOCUMENTATION = r"""
name: scim_logs
short_description: SCIM provisioning events of Cloudflare Access, log files and Windows event logs
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Reads who was provisioned when, with which outcome, and returns it in one shape, whichever system wrote it down.
  - V(cloudflare) reads the SCIM update log of Cloudflare Access, which holds every write of the identity providers, whether it was accepted
    or not. Cloudflare does not say for how long it keeps them; see M(identityops.lifecycle.scim_log_archive).
  - V(file) and V(evtx) read files on the controller. For logs on other hosts there is M(identityops.lifecycle.scim_log_info).
  - What logs hold is data. It is never templated, and secrets in it are hidden.
notes:
  - Use C(query) or C(wantlist=True). Without, a list of one event is that event, as with all lookups.
  - Cloudflare is asked for 1,000 entries at once. What is logged while it is read is left out, and neither shifts nor doubles anything.
  - >-
    The token needs the permission C(Access: SCIM Logs Read), and to find identity providers by name or by their SCIM settings
    C(Access: Organizations, Identity Providers, and Groups Read).
  - Environment variables that are empty count as unset.
options:
  _terms:
    description:
      - For V(cloudflare) names or ids of identity providers. None reads all that have SCIM enabled.
      - For V(file) and V(evtx) names of files or shell patterns; relative ones are looked for beside the playbook. At least one.
    type: list
    elements: str
  source:
    description: Where to read.
    type: str
    choices: [cloudflare, file, evtx]
    default: cloudflare
  format:
    description:
      - How the lines of a file are to be read. V(auto) finds out for each line.
      - Among others V(cloudflare), V(scimgateway), V(entra), V(okta), V(ssosync), V(idp_scim_sync), V(json) and V(key_value).
    type: str
    default: auto
  since:
    description:
      - Only events from this instant on, as in V(2026-11-24T10:00:00Z), or V(-2h), V(-7d) for a time before now.
    type: str
  until:
    description: Only events before this instant, written like O(since).
    type: str
  status:
    description: Only events with one of these outcomes, of V(success), V(failure), V(skipped), V(warning), V(attempted) and V(unknown).
    type: list
    elements: str
  action:
    description: Only these actions, such as V(user.create) or V(user.deactivate); shell patterns such as V(group.*) are allowed.
    type: list
    elements: str
  resource_type:
    description: Only V(User) or only V(Group).
    type: list
    elements: str
  user:
    description:
      - Only what concerns these people, by the name in the log, in any letter case; shell patterns such as V(*@example.com) are allowed.
      - Cloudflare is asked for each name as it is given and in lower case, and for everything if it has one of them in neither spelling. With
        a pattern, or with more than five names, it is asked for everything, which finds names in mixed spellings, too.
    type: list
    elements: str
  group:
    description: Only what concerns these groups, like O(user).
    type: list
    elements: str
  limit:
    description: How many events to return at most, the newest ones. V(0) means all.
    type: int
    default: 0
  fields:
    description:
      - Which fields an event has, as far as the log tells them. V(all) is everything but V(raw), the whole entry, which holds personal data.
      - If it is not set, C(timestamp), C(action), C(user) or C(group), and C(status).
    type: list
    elements: str
  query:
    description:
      - A JMESPath expression that is applied to the list of events. If O(fields) is not set, it sees all fields but V(raw).
      - What is no list becomes a list of one, and nothing an empty list. It needs C(jmespath) on the controller.
    type: str
  account_id:
    description: The id of the Cloudflare account, 32 hexadecimal digits. Required for V(cloudflare).
    type: str
    vars: [{name: identityops_cloudflare_account_id}]
    env: [{name: CLOUDFLARE_ACCOUNT_ID}]
  api_token:
    description: An API token, of a user or of the account.
    type: str
    vars: [{name: identityops_cloudflare_api_token}]
    env: [{name: CLOUDFLARE_API_TOKEN}]
  api_key:
    description: The global API key of a user, the older way, beside O(api_email).
    type: str
    vars: [{name: identityops_cloudflare_api_key}]
    env: [{name: CLOUDFLARE_API_KEY}]
  api_email:
    description: The e-mail address of the user to whom O(api_key) belongs.
    type: str
    vars: [{name: identityops_cloudflare_api_email}]
    env: [{name: CLOUDFLARE_EMAIL}]
  base_url:
    description: Where Cloudflare's API is, with C(/client/v4). Plain C(http) is refused except on loopback.
    type: str
    default: https://api.cloudflare.com/client/v4
    vars: [{name: identityops_cloudflare_base_url}]
    env: [{name: CLOUDFLARE_BASE_URL}]
  ca_file:
    description: File with the certificate authorities to trust, in PEM.
    type: path
    vars: [{name: identityops_cloudflare_ca_file}]
    env: [{name: CLOUDFLARE_CA_FILE}]
  skip_tls_verify:
    description: Do not verify the certificate. For rehearsals only.
    type: bool
    default: false
    vars: [{name: identityops_cloudflare_skip_tls_verify}]
    env: [{name: CLOUDFLARE_SKIP_TLS_VERIFY}]
  timeout:
    description: Seconds to wait for a connection and for each answer.
    type: float
    default: 30.0
    vars: [{name: identityops_cloudflare_timeout}]
    env: [{name: CLOUDFLARE_TIMEOUT}]
  time_budget:
    description: Seconds that the whole lookup may take, waiting for the rate limit included.
    type: float
    default: 900.0
    vars: [{name: identityops_cloudflare_time_budget}]
    env: [{name: CLOUDFLARE_TIME_BUDGET}]
  rate_file:
    description:
      - A file on the controller, in which all tasks and lookups note how many requests they sent, so that together they stay below
        Cloudflare's rate limit. Empty means that each counts for itself.
    type: path
    default: ~/.cache/identityops.lifecycle/cloudflare-rate.json
    vars: [{name: identityops_cloudflare_rate_file}]
    env: [{name: CLOUDFLARE_RATE_FILE}]
requirements:
  - requests
  - jmespath, for O(query)
  - evtx, for O(source=evtx)
seealso:
  - module: identityops.lifecycle.scim_log_archive
  - module: identityops.lifecycle.scim_log_info
    description: The same events from the journal, from files and from the Windows Event Log of other hosts.
  - module: identityops.lifecycle.access_identity_provider_info
"""

EXAMPLES = r"""
- name: What failed in the last two hours?
  ansible.builtin.debug:
    msg: "{{ query('identityops.lifecycle.scim_logs', status='failure', since='-2h', fields=['all']) }}"
  vars:
    identityops_cloudflare_account_id: "{{ account }}"
    identityops_cloudflare_api_token: "{{ cloudflare_token }}"

- name: The account of somebody who left was deactivated
  ansible.builtin.assert:
    that: >-
      query('identityops.lifecycle.scim_logs', 'Entra ID', user='ada@example.com', action=['user.deactivate', 'user.delete'],
            status='success') | length > 0

- name: The newest 20 events of one identity provider
  ansible.builtin.debug:
    msg: "{{ query('identityops.lifecycle.scim_logs', 'Entra ID', limit=20) }}"

- name: Who could not be provisioned today, and why
  ansible.builtin.debug:
    msg: >-
      {{ query('identityops.lifecycle.scim_logs', since='-24h', status='failure',
               query='[?user].{who: user, why: detail, when: timestamp}') }}

- name: Failures that scimgateway logged
  ansible.builtin.debug:
    msg: "{{ query('identityops.lifecycle.scim_logs', '/var/log/scimgateway/*.log', source='file', status='failure') }}"

- name: A Windows event log that somebody sent
  ansible.builtin.debug:
    msg: "{{ query('identityops.lifecycle.scim_logs', 'scim-connector.evtx', source='evtx') }}"
"""

RETURN = r"""
_raw:
  description:
    - The events, oldest first, or what O(query) makes of them. Fields that are not known are left out.
    - The other fields are C(error_code), C(scim_type), C(detail), C(resource_type), C(resource_id), C(external_id), C(idp), C(request_id),
      C(duration_ms), C(host), C(unit), C(source), C(record_id) and C(raw).
  type: list
  elements: dict
  contains:
    timestamp:
      description: When it was logged, in UTC.
      type: str
      sample: "2026-11-24T10:00:00.123Z"
    action:
      description: What was done, C(user), C(group) or C(service), a dot, and the deed.
      type: str
      sample: user.create
    user:
      description: Of whom, by the name in the log, if it concerns a person.
      type: str
      sample: ada@example.com
    group:
      description: The group, by the name in the log, if it concerns one.
      type: str
      sample: Engineering
    status:
      description: C(success), C(failure), C(skipped), C(warning), C(attempted) or C(unknown).
      type: str
      sample: failure
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.lookup import LookupBase
from ansible.utils.display import Display

from ..module_utils.client.connection import REQUESTS_PROBLEM
from ..module_utils.cloudflare_options import ACCESS, connect_account
from ..module_utils.core.errors import InvalidInput, LifecycleError
from ..module_utils.core.events.event import ALL, RAW, Event, chosen
from ..module_utils.core.events.selection import Selection
from ..module_utils.core.spelling import nearest
from ..module_utils.inquiry.logs.cloudflare import updates
from ..module_utils.logs.file_events import events_of_evtx, events_of_files
from ..module_utils.query import compiled

Collected = dict[str, Any]


class LookupModule(LookupBase):  # type: ignore[misc]
    """The lookup of the same name."""

    def run(self, terms: list[Any], variables: Mapping[str, Any] | None = None, **kwargs: Any) -> list[Any]:
        """The events. Raises AnsibleError."""
        self._refuse_unknown_options(kwargs)
        with _without_empty_variables():
            self.set_options(var_options=self._our_variables(variables or {}), direct=kwargs)
        try:
            return self._events(self._names(terms))
        except LifecycleError as error:
            raise AnsibleError(f"scim_logs: {error}") from None

    def _refuse_unknown_options(self, given: Mapping[str, Any]) -> None:
        """ansible-core passes over them, and without its filter a question has another answer."""
        known = sorted(name for name in self.option_definitions if not name.startswith("_"))
        unknown = sorted(set(given) - {*known, "allow_unsafe"})
        if unknown:
            near = next(filter(None, (nearest(name, known) for name in unknown)), "")
            advice = f"did you mean {near}?" if near else f"there are {', '.join(known)}"
            raise AnsibleError(f"scim_logs: {', '.join(unknown)} {'are no options' if unknown[1:] else 'is no option'}; {advice}")

    def _given(self, name: str) -> Any:
        """The value of an option, ``None`` for one that only other plugins have."""
        return self.get_option(name) if name in self.option_definitions else None

    def _events(self, names: list[str]) -> list[Any]:
        """What is returned. Options are looked at before anything is asked."""
        ask = compiled(self.get_option("query"))
        given = self.get_option("fields")
        fields = chosen(given or ([ALL] if ask else None))
        selection = Selection.from_options(self._given, datetime.now(timezone.utc))
        read = {"cloudflare": self._from_cloudflare, "file": self._from_files, "evtx": self._from_evtx}[self.get_option("source")]
        collected = read(names, selection, RAW in fields)
        if collected["unparsed"]:
            Display().warning(f"scim_logs: {collected['unparsed']:,} entries are not understood and left out")
        events: list[Event] = [{name: event[name] for name in fields if name in event} for event in collected["events"]]
        if ask is None:
            return events
        found = ask(events)
        return found if isinstance(found, list) else [] if found is None else [found]

    def _from_cloudflare(self, names: list[str], selection: Selection, raw: bool) -> Collected:
        if REQUESTS_PROBLEM:
            raise AnsibleError(missing_required_lib("requests"))
        account = connect_account(self._given, read_only=True)
        said = f"the SCIM log of the Cloudflare account {account.account_id} at {self.get_option('base_url')}"
        Display().vvvv(f"scim_logs: {said}; identity providers: {', '.join(names) or 'all with SCIM'}; {_told(selection)}")
        try:
            collected = updates(account, names, selection, raw=raw)
        finally:
            account.close()
        requests = account.transport.counts["GET"]
        Display().vvvv(f"scim_logs: {len(collected['events']):,} events in {requests:,} requests, {collected['unparsed']:,} entries not understood")
        return collected

    def _from_files(self, names: list[str], selection: Selection, raw: bool) -> Collected:
        return events_of_files(self._paths(names), self.get_option("format"), selection, raw=raw)

    def _from_evtx(self, names: list[str], selection: Selection, raw: bool) -> Collected:
        return events_of_evtx(self._paths(names), selection, raw=raw)

    def _paths(self, names: list[str]) -> list[str]:
        """The names as paths; relative ones are beside the playbook."""
        if not names:
            raise InvalidInput(f"give at least one file for source {self.get_option('source')}")
        base = self._loader.get_basedir() if self._loader else ""
        paths = [os.path.join(base, os.path.expanduser(name)) for name in names]
        Display().vvvv(f"scim_logs: reading {', '.join(paths)}")
        return paths

    def _names(self, terms: list[Any]) -> list[str]:
        """The terms as texts. A list among them stands for what is in it."""
        names = self._flatten(terms)
        for name in names:
            if not isinstance(name, str) or not name.strip():
                raise AnsibleError(f"scim_logs: {name!r} is no name; give names or ids of identity providers, or names of files")
        return names

    def _our_variables(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Those that options are read from, templated: ansible-core gives them as they are written."""
        found = {}
        for name in ACCESS:
            variable = f"identityops_cloudflare_{name}"
            if variable in variables:
                value = self._templar.template(variables[variable]) if self._templar else variables[variable]
                if value not in (None, "") or name == "rate_file":
                    found[variable] = value
        return found


@contextlib.contextmanager
def _without_empty_variables() -> Iterator[None]:
    """Empty environment variables count as unset: an AWX credential exports every field that it has, and "" is no number."""
    empty = [variable for option in ACCESS.values() for variable in option["fallback"][1] if os.environ.get(variable) == ""]
    for variable in empty:
        del os.environ[variable]
    try:
        yield
    finally:
        os.environ.update(dict.fromkeys(empty, ""))


def _told(selection: Selection) -> str:
    """A selection for people; nothing in it is secret."""
    parts = {name: getattr(selection, name) for name in ("since", "until", "status", "action", "resource_type", "user", "group", "limit")}
    said = [f"{name} {', '.join(value) if isinstance(value, tuple) else value}" for name, value in parts.items() if value]
    return "; ".join(said) or "everything"
