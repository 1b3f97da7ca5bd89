# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rows by which ``causes.explain`` tells why something failed; see there for their shape and sources. The first that fits counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

CAUSES: tuple[Mapping[str, Any], ...] = (
    # Entra: a job is put in quarantine after most of its calls fail, or when its credentials do, and is disabled after four weeks.
    {
        "detail": r"\bquarantine",
        "cause": "Entra has put the provisioning job in quarantine because most of its requests failed; it runs once a day or less until "
        "that is mended, and is switched off after four weeks.",
        "remedy": "Mend what the job's first errors say, mostly the token or URL of the application, use Test Connection, then Restart "
        "provisioning in Entra.",
    },
    {
        "error_code": "*CredentialValidation*",
        "cause": "Entra could not sign in to the SCIM service when it checked the credentials, or could not reach it.",
        "remedy": "Put a valid token and the exact SCIM URL into the job's admin credentials, see that the service can be reached from the "
        "internet, and use Test Connection.",
    },
    # Cloudflare Access: SCIM does not create people there, it changes those who have logged in or enrolled a device before.
    {
        "source": "cloudflare",
        "resource_type": "User",
        "detail": r"user (?:does not exist|not found|unknown)|no such user|unknown user|(?:must|has to|have to|needs? to) (?:first )?(?:log|sign) ?in|"
        r"not (?:yet )?(?:logged|signed) in|not enrolled",
        "cause": "Cloudflare Access does not know the person: its SCIM does not create people, it changes those who have logged in once.",
        "remedy": "Let the person log in to an application behind Access or enroll a device once, then provision again.",
    },
    {
        "detail": r"(?:must|has to|have to|needs? to) (?:first )?(?:log|sign) ?in (?:first|once|before)",
        "cause": "The service changes people only after they have signed in to it once.",
        "remedy": "Let the person sign in once, then provision again.",
    },
    {
        "detail": r"\A(?!.{0,300}(?:already|exists|duplicate|pattern|format|required))"
        r"(?=.{0,300}\b(?:user ?name|upn|user ?principal ?name)\b)(?=.{0,300}e-?mail)(?=.{0,300}(?:match|differ|\bsame\b|equal))",
        "cause": "The user name and the work e-mail of the person are not the same; Cloudflare wants both to be the person's e-mail address, "
        "in the same letters.",
        "remedy": "Map userName and emails[type eq \"work\"].value to the same attribute in the identity provider, then provision again.",
    },
    {
        "detail": r"(?:group|user|entry|object)\b.{0,80}(?:not in (?:the )?scope|out of scope|not assigned|not effectively entitled)|"
        r"\bout of scope\b|NotEffectivelyEntitled",
        "cause": "The person or group is not in the scope of provisioning: not assigned to the application, or left out by a scoping filter.",
        "remedy": "Assign the person or the group to the application in the identity provider (Okta: Push Groups), or mend the scoping filter.",
    },
    {
        "status": "skipped",
        "error_code": ["EntrySynchronizationSkipped", "ImportSkipped"],
        "cause": "Entra skipped it: out of scope, nothing to change, or the attribute by which accounts are matched is empty.",
        "remedy": "Read the steps of the entry in Entra's provisioning log; fill in the matching attribute or assign the person if it should "
        "have been provisioned.",
    },
    {
        "error_code": ["DuplicateTargetEntries", "DuplicateSourceEntries", "*MultipleEntriesInResponse"],
        "cause": "More than one account has the same value in the attribute by which accounts are matched.",
        "remedy": "Delete or rename the double account, or match by an attribute that is unique.",
    },
    {
        "error_code": ["LicenseLimitExceeded"],
        "cause": "The service has no licence or seat left for the person.",
        "remedy": "Buy licences, or free seats of people who left.",
    },
    {
        "detail": r"\b(?:licen[cs]e|seat)s?\b.{0,60}(?:limit|exceed|exhaust|available|left|full)|no (?:more )?(?:licen[cs]es?|seats?)",
        "cause": "The service has no licence or seat left for the person.",
        "remedy": "Buy licences, or free seats of people who left.",
    },
    {
        "error_code": ["InvalidAnchor"],
        "cause": "The account that the identity provider remembers does not exist in the service any more.",
        "remedy": "Create the account again or let the identity provider forget it: in Entra, restart provisioning to match everybody anew.",
    },
    {
        "error_code": ["MandatoryFieldsMissing", "MissingValues"],
        "cause": "An attribute that the service requires is empty for this person.",
        "remedy": "Fill it in where the identity provider reads it, or change the attribute mapping.",
    },
    {
        "detail": r"\b(?:missing|lacks)\b.{0,30}\b(?:required|mandatory)\b|"
        r"\b(?:required|mandatory)\b.{0,60}\b(?:missing|empty|not (?:set|given|present|provided))\b|"
        r"\b(?:user ?name|e-?mails?|name|attribute|field|value)\b.{0,40}\b(?:is|are) (?:required|mandatory)",
        "cause": "An attribute that the service requires is empty for this person.",
        "remedy": "Fill it in where the identity provider reads it, or change the attribute mapping.",
    },
    {
        "error_code": ["SchemaAttributeNotFound", "SchemaPropertyCanOnlyAcceptValue", "InvalidDomain"],
        "cause": "The attribute mapping sends what the service does not have or does not accept.",
        "remedy": "Compare the attribute mapping with the service's schema, and remove or change the attribute.",
    },
    {
        "error_code": "*ServiceIncompatible",
        "cause": "The service's answer is no valid SCIM, so the identity provider could not read it.",
        "remedy": "Look at the answer with module scim_service_info and ask the vendor of the service.",
    },
    {
        "detail": r"invalid json|json (?:parse|syntax)|malformed (?:json|body|request)|unexpected (?:end of|token)|cannot (?:parse|decode)|"
        r"failed to (?:parse|decode|unmarshal)|token\b.{0,20}\bin json",
        "cause": "The body of the request was no valid JSON, so the service did nothing.",
        "remedy": "Look for special characters in the mapped attributes and for a proxy between that changes bodies; then provision again.",
    },
    # RFC 7644 table 9: uniqueness comes with 409, and from some services with 400 or without a keyword.
    {
        "scim_type": "uniqueness",
        "cause": "An account or group with the same user name, e-mail or name already exists.",
        "remedy": "Find the other account, also an inactive one, and link it (same externalId), rename it or delete it; then provision again.",
    },
    {
        "error_code": ["409", "Conflict"],
        "cause": "It already exists, or somebody else changed it at the same moment.",
        "remedy": "Find the other account, also an inactive one, and link, rename or delete it; if there is none, provision again.",
    },
    {
        "detail": r"already (?:exists|in use|taken|registered)|duplicate (?:key|entry|value|user|name)|must be unique|not unique",
        "cause": "An account or group with the same user name, e-mail or name already exists.",
        "remedy": "Find the other account, also an inactive one, and link it (same externalId), rename it or delete it; then provision again.",
    },
    {
        "error_code": ["401", "Unauthorized", "application.integration.authentication_failure"],
        "cause": "The token was not accepted: it was rotated, revoked or has expired.",
        "remedy": "Make a new token in the service, put it into the identity provider, and test the connection.",
    },
    {
        "detail": r"(?:invalid|expired|revoked|bad|wrong) (?:\w+ )?(?:token|credentials?|bearer)|token (?:is |has |was )?(?:invalid|expired|revoked|rotated)|"
        r"\bunauthori[sz]ed\b|authentication (?:failed|error|failure)",
        "cause": "The token was not accepted: it was rotated, revoked or has expired.",
        "remedy": "Make a new token in the service, put it into the identity provider, and test the connection.",
    },
    {
        "error_code": ["403", "Forbidden", "InsufficientRights", "NotPermitted"],
        "cause": "The token is valid, but it may not do this: a permission is missing, or the account is protected.",
        "remedy": "Give the token's owner the permission for users and groups, and see whether the account is an owner or the last administrator.",
    },
    {
        "detail": r"(?:permission|access) (?:was |is )?denied|insufficient (?:\w+ )?(?:privileges?|permissions?|rights|access|scopes?)|\bforbidden\b",
        "cause": "The token is valid, but it may not do this: a permission is missing, or the account is protected.",
        "remedy": "Give the token's owner the permission for users and groups, and see whether the account is an owner or the last administrator.",
    },
    {
        "error_code": ["429", "TooManyRequests"],
        "cause": "The service got more requests than it allows in a time and refused the rest.",
        "remedy": "Wait; identity providers try again by themselves. If it comes back, provision in smaller parts or less often.",
    },
    {
        "detail": r"\b(?:too many requests|rate.?limit|throttl)",
        "cause": "The service got more requests than it allows in a time and refused the rest.",
        "remedy": "Wait; identity providers try again by themselves. If it comes back, provision in smaller parts or less often.",
    },
    {
        "error_code": "413",
        "cause": "The request was too large, mostly a group with too many members at once.",
        "remedy": "Send members in smaller parts, or split the group.",
    },
    # scimgateway tells invalidSyntax of most errors, also where the account is not there any more.
    {
        "detail": r"\b(?:user|account|group|member|resource)\b.{0,60}(?:not found|does not exist|unknown)|failed for user id",
        "cause": "The account or group does not exist in the service, or it has another id there.",
        "remedy": "See whether it was deleted there by hand; let the identity provider match its accounts anew.",
    },
    {
        "scim_type": "tooMany",
        "cause": "The question had more answers than the service gives.",
        "remedy": "Use a narrower filter, or page through the answers.",
    },
    {
        "scim_type": "mutability",
        "cause": "An attribute was to be changed that the service does not let anybody change.",
        "remedy": "Remove the attribute from the mapping, or map it only when the account is created.",
    },
    {
        "scim_type": ["invalidValue", "invalidSyntax", "invalidPath", "noTarget", "invalidFilter"],
        "cause": "The service does not understand or accept a value, path or filter of the request.",
        "remedy": "Compare the attribute mapping with the service's schema; module scim_service_info shows what it supports.",
    },
    {
        "error_code": ["404", "NotFound"],
        "cause": "The account, group or address does not exist in the service: deleted there, or a wrong SCIM URL if it happens to everybody.",
        "remedy": "Compare the SCIM URL; if it is right, let the identity provider match its accounts anew.",
    },
    {
        "error_code": ["400", "422", "UnprocessableEntity", "BadRequest"],
        "cause": "The service does not accept the request as it was sent.",
        "remedy": "Read the detail; compare the attribute mapping with the service's schema, above all required attributes.",
    },
    {
        "error_code": ["405", "415", "501", "MethodNotAllowed", "NotImplemented"],
        "cause": "The service does not offer this kind of request, or the SCIM URL is not the right one.",
        "remedy": "Compare the SCIM URL with the service's documentation, and switch off the operation in the identity provider.",
    },
    {
        "error_code": ["5[0-9][0-9]", "InternalServerError", "InternalError", "Timeout", "WebExceptionProtocolError"],
        "cause": "The service has a trouble of its own, or was not reached in time.",
        "remedy": "Look at the service's status page and provision again later; if only some people fail, show the detail to its vendor.",
    },
    {
        "detail": r"connection (?:refused|reset|timed out|error)|timed? ?out|no route to host|name resolution|getaddrinfo|ENOTFOUND|ECONN\w+|"
        r"certificate|\btls\b|\bssl\b",
        "cause": "The service was not reached: network, name, certificate or time-out.",
        "remedy": "Check name, firewall, proxy and certificate between the connector and the service.",
    },
)
