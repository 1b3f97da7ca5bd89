#!/usr/bin/python
# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: access_decision_info
short_description: Who gets into which application of Cloudflare Access, and why
version_added: 1.0.0
author:
  - The identityops.lifecycle authors (@identityops)
description:
  - Tells for one person, or for everybody whom Access knows, which applications they get into, which policy decides that, and by
    which rule, also through nested groups. With O(suppose), it tells the same for policies that do not exist yet, or after a
    selector is removed everywhere. Nothing is written.
  - Policies count in Cloudflare's order. Those that bypass and those for service tokens come first, then those that allow and
    deny, by precedence. The first that matches decides; whoever matches none is denied.
  - What is not known of a person makes no answer up. If the outcome is the same either way, it is decided all the same;
    otherwise it is V(undecidable), and RV(decisions[].depends_on) lists the facts that are missing. A group that is not there,
    a group that contains itself, and a kind of rule that is not known here are such facts, too.
  - A person at a browser brings no service token and no token of a linked application, unless O(facts) or the last seen identity
    say so. Whether there is a client certificate in the browser is not known.
  - This is about policies. A session that is running goes on until it ends or is revoked, see M(identityops.lifecycle.access_user).
    Which identity providers an application offers, and whether the person can still sign in there, is not looked at.
notes:
  - A token that is restricted to some applications is shown only those, and Cloudflare does not say so. "Denied everywhere" is
    true of what the token was shown; ask with one that may read all applications and groups. If it is shown none, a warning says so.
  - Applications of the account are looked at. Those that were made for one zone only, below C(/zones), are not.
  - One person costs the pages of applications, those of groups if a rule names one, and, if that does not settle it, one look for
    the person, two if Access does not know them, and one for the last seen identity. Names of lists, identity providers and
    device posture checks cost a list each, and are read only if a missing fact or an option names one.
  - Links (applications of type V(bookmark)) are left out; Access does not guard what is behind them.
extends_documentation_fragment:
  - identityops.lifecycle.access
  - identityops.lifecycle.attributes.access_reading
options:
  email:
    description: The e-mail address of the person. Either this or O(everybody) is needed.
    type: str
  everybody:
    description:
      - Ask about everybody in the list of users of Access.
      - Each person for whom the e-mail address and O(facts) do not settle it costs one request, for the last seen identity.
        With O(last_seen=false) there is none.
    type: bool
    default: false
  facts:
    description:
      - What is to be taken for true of the person, or of everybody. What is not given is not known.
      - Given facts go before those of the last seen identity.
    type: dict
    suboptions:
      identity_provider:
        description: The identity provider by which they sign in, by id or name.
        type: str
      groups:
        description:
          - All groups in which the identity provider has them, by what the rules name, which is an id, a name or an e-mail address.
          - For GitHub, V(organization) and V(organization/team).
          - They count only together with the identity provider that says so.
        type: list
        elements: str
      country:
        description: The country from which they come, two letters.
        type: str
      ip:
        description: The IP address from which they come.
        type: str
      auth_methods:
        description: How they authenticated, as in RFC 8176, for example V(mfa).
        type: list
        elements: str
      saml_attributes:
        description: Attributes of SAML by name, each with a value or a list of values. Attributes that are not named are not known.
        type: dict
      oidc_claims:
        description: Claims of OpenID Connect by name, each with a value or a list of values. Claims that are not named are not known.
        type: dict
      device_posture:
        description: Device posture checks by id or name, each V(true) if their device passes it.
        type: dict
      lists:
        description: Lists by id or name, each V(true) if they, or the address they come from, are on it.
        type: dict
      auth_contexts:
        description: Authentication contexts by id, each V(true) if it is met.
        type: dict
      external_evaluations:
        description: External evaluations by their address, each V(true) if it lets them in.
        type: dict
      service_token:
        description: The service token that the request brings, by id or name.
        type: str
      certificate:
        description: Whether the request brings a client certificate that is valid.
        type: bool
      common_name:
        description: The common name of that certificate.
        type: str
      linked_app_token:
        description: The application of which the request brings a token, by id, name or domain.
        type: str
      user_risk_score:
        description: The risk score of the person.
        type: str
        choices: [low, medium, high, unscored]
      cloudflare_account_member:
        description: Whether they are a member of the Cloudflare account.
        type: bool
  last_seen:
    description:
      - Take facts that are not given from the identity that Access saw at the last login, if the answer depends on them.
      - They are as of that login; see RV(facts_from) and RV(last_login). A group that somebody left since then is still in it.
      - They may show that somebody gets in, by coming the same way again. They do not prove that somebody does not, who may come from
        another country, with another device or by another identity provider; and what SCIM wrote into that identity is not
        what Access goes by at a login. Who would be denied only as last seen is V(undecidable), and RV(decisions[].as_last_seen)
        says V(denied). What is certain is to be given in O(facts).
      - If the token may not read people, a warning says so, and those facts stay unknown.
    type: bool
    default: true
  applications:
    description: The applications to ask about, by id, name or domain. All by default.
    type: list
    elements: str
  suppose:
    description: What to suppose. The answer for it is in RV(supposed), beside the one for how things are.
    type: dict
    suboptions:
      policies:
        description:
          - Policies as they shall be. One that an application has already, by id or name, is changed in what is given, as by
            M(identityops.lifecycle.access_policy); others are new.
          - They are supposed one after the other, in this order.
        type: list
        elements: dict
        suboptions:
          id:
            description: The id of an existing policy.
            type: str
          name:
            description: The name of the policy. Either this or the id is needed.
            type: str
          state:
            description: Whether the applications shall have the policy.
            type: str
            choices: [present, absent]
            default: present
          applications:
            description:
              - The applications that shall have the policy, or lose it, by id, name or domain.
              - By default those that have it, or if none has, all that are asked about.
            type: list
            elements: str
          position:
            description:
              - Its place among the policies of the application. A new one is V(last) by default, and one that is there stays
                where it is.
            type: str
            choices: [first, last]
          precedence:
            description: The number that orders it among the policies of the application.
            type: int
          decision:
            description: What happens to whom it matches. Needed for a new one.
            type: str
            choices: [allow, deny, non_identity, bypass]
          include:
            description: The rules of which one has to match, as in O(identityops.lifecycle.access_policy#module:include). Needed for a new one.
            type: list
            elements: raw
          exclude:
            description: The rules of which none may match.
            type: list
            elements: raw
          require:
            description: The rules that all have to match.
            type: list
            elements: raw
          approval_required:
            description: Whether somebody has to approve each session.
            type: bool
          isolation_required:
            description: Whether the application is shown in an isolated browser only.
            type: bool
          purpose_justification_required:
            description: Whether people have to say why they need access.
            type: bool
          mfa_config:
            description: Which second factor is asked for.
            type: dict
      without:
        description:
          - A selector that is removed from all groups and policies, as M(identityops.lifecycle.access_selector) does it, for example
            C(email) and an address.
        type: dict
      rules:
        description:
          - From which lists of rules it is removed.
          - Removed from V(exclude) or V(require), it may let somebody in.
        type: list
        elements: str
        choices: [include, exclude, require]
        default: [include]
  max_results:
    description:
      - How many people to return at most, with O(everybody). The counts are of all.
      - Those for whom O(suppose) makes a difference come first.
    type: int
    default: 1000
seealso:
  - module: identityops.lifecycle.access_policy
  - module: identityops.lifecycle.access_selector
  - module: identityops.lifecycle.access_user
  - name: Access policies
    description: How Cloudflare evaluates them.
    link: https://developers.cloudflare.com/cloudflare-one/access-controls/policies/
"""

EXAMPLES = r"""
- name: Can they still get in?
  identityops.lifecycle.access_decision_info:
    email: ada@example.com
  register: access

- name: Stop unless they are denied everywhere for certain, and say where not and why
  ansible.builtin.assert:
    that:
      - access.summary.denied > 0
      - access.summary.allowed + access.summary.undecidable == 0
    fail_msg: "{{ access.decisions | rejectattr('decision', 'eq', 'denied') | map(attribute='said') | join('; ') }}"

- name: One application, from home
  identityops.lifecycle.access_decision_info:
    email: ada@example.com
    applications:
      - wiki.example.com
    facts:
      country: DE
      identity_provider: Azure AD Contoso
      groups:
        - 0f1c2a5e-9d7b-4e1c-8a54-6d8f0f4f7c11

- name: Where do they get in once their address is in no rule any more?
  identityops.lifecycle.access_decision_info:
    email: ada@example.com
    suppose:
      without:
        email: ada@example.com

- name: Whom would this policy shut out?
  identityops.lifecycle.access_decision_info:
    everybody: true
    last_seen: false
    suppose:
      policies:
        - name: Block unprovisioned users
          decision: deny
          include:
            - everyone: true
          exclude:
            - group: Staff
          position: first
  register: preview

- name: Stop if they are too many
  ansible.builtin.assert:
    that: preview.shut_out_count <= 5
"""

RETURN = r"""
decisions:
  description: What becomes of the person at each application.
  returned: with O(email)
  type: list
  elements: dict
  contains:
    application:
      description: The name of the application.
      type: str
    application_id:
      description: Its id.
      type: str
    domain:
      description: Its domain, empty if it has none.
      type: str
    decision:
      description: V(allowed), V(denied) or V(undecidable).
      type: str
    as_last_seen:
      description:
        - What it is if the person comes as they were last seen, where the answer depends on that.
        - Empty where it does not, and where nothing was seen.
      type: str
    policy:
      description:
        - The name of the policy that decides.
        - Empty if none matches, and if it is not known which one does.
      type: str
    policy_id:
      description: Its id.
      type: str
    rule:
      description: The rule by which the policy matches, in the form that options have.
      type: dict
    via:
      description: The names of the Access groups through which that rule applies, the outermost first.
      type: list
      elements: str
    depends_on:
      description: The facts on which an undecidable answer depends.
      type: list
      elements: str
    conditions:
      description:
        - What is asked of somebody who is let in, of V(approval), V(purpose_justification), V(isolation) and V(mfa).
        - If several policies may be the one that decides, those that all of them ask for.
      type: list
      elements: str
    said:
      description: All of that in one sentence.
      type: str
  sample:
    - application: Wiki
      application_id: 023e105f4ecef8ad9ca31a8372d0c353
      domain: wiki.example.com
      decision: allowed
      as_last_seen: ""
      policy: Staff
      policy_id: 699d98642c564d2e855e9661899b7252
      rule: {email_domain: example.com}
      via: [Employees]
      depends_on: []
      conditions: [mfa]
      said: "allowed by policy 'Staff' (precedence 2): email domain example.com through group 'Employees'; they need mfa"
supposed:
  description: The same as in RV(decisions), for what is supposed.
  returned: with O(email) and O(suppose)
  type: list
  elements: dict
  sample:
    - application: Wiki
      application_id: 023e105f4ecef8ad9ca31a8372d0c353
      domain: wiki.example.com
      decision: denied
      as_last_seen: ""
      policy: ""
      policy_id: ""
      rule: {}
      via: []
      depends_on: []
      conditions: []
      said: "denied: none of 2 policies matches"
summary:
  description: How many of the decisions are what. With O(everybody), over all people and applications.
  returned: success
  type: dict
  sample: {allowed: 1, denied: 4, undecidable: 0}
allowed:
  description: Whether any of the decisions is V(allowed). If none is, they may be V(undecidable); see RV(summary).
  returned: success
  type: bool
  sample: true
differs:
  description: Whether what is supposed makes a difference to anybody anywhere.
  returned: with O(suppose)
  type: bool
  sample: true
facts_from:
  description:
    - Where each fact came from that is known of the person. It is C(given), C(last seen identity), both where each tells a part,
      or C(a person brings none). The values are not returned.
  returned: with O(email)
  type: dict
  sample: {country: given, email: given, groups: last seen identity, service_token: a person brings none}
last_login:
  description: When the login was from which facts were taken; empty if the last seen identity was not needed or is not there.
  returned: with O(email)
  type: str
  sample: "2026-11-27T08:14:03Z"
people:
  description: What becomes of each person. Those first for whom O(suppose) makes a difference.
  returned: with O(everybody)
  type: list
  elements: dict
  contains:
    email:
      description: The e-mail address.
      type: str
    decisions:
      description: The name of each application with its C(decision), C(as_last_seen), the C(policy) that decides and what it C(depends_on).
      type: list
      elements: dict
    supposed:
      description: The same for what is supposed. With O(suppose) only.
      type: list
      elements: dict
    shut_out:
      description:
        - The applications at which they are worse off with what is supposed, if they come as they were last seen. That is where they
          do not get in any more, and where it is not certain any more.
      type: list
      elements: str
    let_in:
      description: The applications at which they are better off, in the same sense.
      type: list
      elements: str
  sample:
    - email: ada@example.com
      decisions: [{application: Wiki, decision: allowed, as_last_seen: "", policy: Staff, depends_on: []}]
      supposed: [{application: Wiki, decision: denied, as_last_seen: "", policy: Block unprovisioned users, depends_on: []}]
      shut_out: [Wiki]
      let_in: []
people_count:
  description: How many people were looked at.
  returned: with O(everybody)
  type: int
  sample: 120
shut_out_count:
  description: How many people are worse off at one application or more.
  returned: with O(everybody) and O(suppose)
  type: int
  sample: 3
let_in_count:
  description: How many people are better off at one application or more.
  returned: with O(everybody) and O(suppose)
  type: int
  sample: 0
truncated:
  description:
    - Whether there are more decisions or people than are returned, because of O(max_results) or because the result would be
      longer than 600,000 characters. A warning says so.
  returned: success
  type: bool
  sample: false
status:
  description: The HTTP status with which Cloudflare answered the request that failed.
  returned: when Cloudflare refused a request
  type: int
  sample: 403
code:
  description: The number that Cloudflare gave the error, 0 if it gave none.
  returned: when Cloudflare refused a request
  type: int
  sample: 10000
detail:
  description: What Cloudflare said about the error, in its own words.
  returned: when Cloudflare refused a request
  type: str
  sample: Authentication error
candidates:
  description: The ids of the objects that have a name that was given.
  returned: when more than one does, which is refused
  type: list
  elements: str
  sample: [699d98642c564d2e855e9661899b7252, aa0a4aab672b4bdbbc33a59f1130a11f]
"""

from ..module_utils.inquiry.access.decisions import decisions
from ..module_utils.runner import inform_access

NAMES = {"type": "list", "elements": "str"}
RULES = {"type": "list", "elements": "raw"}

FACTS = {
    "identity_provider": {"type": "str"},
    "groups": NAMES,
    "country": {"type": "str"},
    "ip": {"type": "str"},
    "auth_methods": NAMES,
    "saml_attributes": {"type": "dict"},
    "oidc_claims": {"type": "dict"},
    "device_posture": {"type": "dict"},
    "lists": {"type": "dict"},
    "auth_contexts": {"type": "dict"},
    "external_evaluations": {"type": "dict"},
    "service_token": {"type": "str", "no_log": False},  # its name or id, not the token
    "certificate": {"type": "bool"},
    "common_name": {"type": "str"},
    "linked_app_token": {"type": "str", "no_log": False},  # the application, not the token
    "user_risk_score": {"type": "str", "choices": ["low", "medium", "high", "unscored"]},
    "cloudflare_account_member": {"type": "bool"},
}

POLICY = {
    "id": {"type": "str"},
    "name": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "applications": NAMES,
    "position": {"type": "str", "choices": ["first", "last"]},
    "precedence": {"type": "int"},
    "decision": {"type": "str", "choices": ["allow", "deny", "non_identity", "bypass"]},
    "include": RULES,
    "exclude": RULES,
    "require": RULES,
    "approval_required": {"type": "bool"},
    "isolation_required": {"type": "bool"},
    "purpose_justification_required": {"type": "bool"},
    "mfa_config": {"type": "dict"},
}

SPEC = {
    "email": {"type": "str"},
    "everybody": {"type": "bool", "default": False},
    "facts": {"type": "dict", "options": FACTS},
    "last_seen": {"type": "bool", "default": True},
    "applications": NAMES,
    "suppose": {
        "type": "dict",
        "options": {
            "policies": {"type": "list", "elements": "dict", "options": POLICY},
            "without": {"type": "dict"},
            "rules": {"type": "list", "elements": "str", "choices": ["include", "exclude", "require"], "default": ["include"]},
        },
    },
    "max_results": {"type": "int", "default": 1000},
}


def main() -> None:
    inform_access(SPEC, decisions)


if __name__ == "__main__":
    main()
