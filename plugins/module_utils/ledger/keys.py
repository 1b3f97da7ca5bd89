# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys that sign records and look at signatures: a secret that both sides know (HMAC, RFC 2104), or a pair of keys (Ed25519, RFC 8032).

With a secret, whoever can check a signature can also make one. With a pair, only the host that appends can, and everybody can
check with the public key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import stat
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..core.errors import InvalidInput, LifecycleError
from ..core.ledger.lines import Sign
from ..core.ledger.verify import Check

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ed25519
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        load_pem_private_key,
        load_pem_public_key,
    )

    HAS_CRYPTOGRAPHY = True
except ImportError:
    HAS_CRYPTOGRAPHY = False

_HMAC = "hmac-sha256"
_ED25519 = "ed25519"
_SHORTEST = 16  # bytes of a secret; shorter ones can be guessed
_LARGEST_FILE = 64 * 1024
_PUBLIC = re.compile(rb"-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----", re.DOTALL)
_ID_OF_SECRET = b"identityops.lifecycle ledger: the id of a key"


def secret_of(text: str, path: str) -> bytes:
    """The secret of the options hmac_key and hmac_key_file, b"" if none is given. Raises InvalidInput."""
    if text and path:
        raise InvalidInput("hmac_key and hmac_key_file are both given; choose one")
    secret = text.encode("utf-8", "surrogateescape") if text else _read_secret(path, "hmac_key_file").strip() if path else b""
    if secret and len(secret) < _SHORTEST:
        name = "hmac_key" if text else "hmac_key_file"
        raise InvalidInput(f"{name}: the key has {len(secret)} bytes; give {_SHORTEST} or more, such as openssl rand -hex 32 makes")
    return secret


def signer(secret: bytes, signing_key_file: str) -> Sign | None:
    """What signs records, ``None`` without a key. secret: see ``secret_of``. Raises InvalidInput, LifecycleError."""
    if secret and signing_key_file:
        raise InvalidInput("a key for HMAC and signing_key_file are both given; choose one way to sign")
    if signing_key_file:
        return _pair(signing_key_file)
    return _secret_signer(secret) if secret else None


def checker(secret: bytes, public_key_file: str) -> Check | None:
    """What looks at signatures, ``None`` without a key. Raises InvalidInput, LifecycleError."""
    public = _public_keys(public_key_file) if public_key_file else {}
    if not secret and not public:
        return None

    def check(message: bytes, signature: Mapping[str, Any]) -> str:
        algorithm, key, value = (signature.get(name) for name in ("algorithm", "key", "value"))
        if algorithm not in (_HMAC, _ED25519) or not isinstance(key, str) or not isinstance(value, str) or len(signature) != 3:
            return "it is of no kind that is known"
        if algorithm == _HMAC and secret:
            if key != _id_of_secret(secret):
                return f"it was made with another key ({key[:64]})"
            return "" if hmac.compare_digest(value.encode("utf-8", "replace"), _hmac_of(secret, message).encode()) else "it is not this key's"
        if algorithm == _ED25519 and key in public:
            return _why_not(public[key], value, message)
        return f"the key that made it ({algorithm} {key[:64]}) is not among those that are given"

    return check


def _secret_signer(secret: bytes) -> Sign:
    key = _id_of_secret(secret)
    return lambda message: {"algorithm": _HMAC, "key": key, "value": _hmac_of(secret, message)}


def _id_of_secret(secret: bytes) -> str:
    return hmac.new(secret, _ID_OF_SECRET, hashlib.sha256).hexdigest()[:16]


def _hmac_of(secret: bytes, message: bytes) -> str:
    return base64.b64encode(hmac.new(secret, message, hashlib.sha256).digest()).decode()


def _pair(path: str) -> Sign:
    _need_cryptography("signing_key_file")
    content = _read_secret(path, "signing_key_file")
    try:
        private = load_pem_private_key(content, password=None)
    except TypeError:
        raise InvalidInput(f"signing_key_file: the key in {path!r} has a passphrase; give one without, which only its owner can read") from None
    except Exception:  # noqa: BLE001 - whatever cryptography says of it may quote it
        private = None
    if not isinstance(private, ed25519.Ed25519PrivateKey):
        raise InvalidInput(f"signing_key_file: {path!r} holds no private Ed25519 key in PEM; make one with openssl genpkey -algorithm ed25519")
    key = private
    name = _id_of_public(key.public_key())
    return lambda message: {"algorithm": _ED25519, "key": name, "value": base64.b64encode(key.sign(message)).decode()}


def _public_keys(path: str) -> dict[str, Ed25519PublicKey]:
    """The keys in a file by their ids: of today, and of before."""
    _need_cryptography("public_key_file")
    try:
        with open(os.path.expanduser(path), "rb") as file:
            content = file.read(_LARGEST_FILE)
    except OSError as error:
        raise InvalidInput(f"public_key_file: {path!r} cannot be read: {error.strerror}") from None
    found = {}
    for part in _PUBLIC.findall(content):
        try:
            key = load_pem_public_key(part)
        except Exception:  # noqa: BLE001 - it raises several kinds, depending on its version
            continue
        if isinstance(key, ed25519.Ed25519PublicKey):
            found[_id_of_public(key)] = key
    if not found:
        advice = "make it with openssl pkey -in KEY -pubout"
        raise InvalidInput(f"public_key_file: {path!r} holds no public Ed25519 key in PEM; {advice}")
    return found


def _id_of_public(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def _why_not(key: Ed25519PublicKey, value: str, message: bytes) -> str:
    try:
        # Of a value with stray bits at its end, several texts would be the same signature.
        raw = base64.b64decode(value, validate=True)
        if base64.b64encode(raw).decode() != value:
            return "its value is not spelled as it was made"
        key.verify(raw, message)
    except (InvalidSignature, binascii.Error, ValueError):
        return "it is not this key's"
    return ""


def _read_secret(path: str, option: str) -> bytes:
    """A file that only its owner may read. Raises InvalidInput."""
    path = os.path.expanduser(path)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        try:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                raise InvalidInput(f"{option}: {path!r} is no regular file")
            if found.st_mode & 0o077:
                mode = f"{stat.S_IMODE(found.st_mode):04o}"
                raise InvalidInput(f"{option}: {path!r} is open to others (mode {mode}); give it the mode 0600, and consider a new key")
            content = os.read(handle, _LARGEST_FILE)
        finally:
            os.close(handle)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"{option}: {path!r} cannot be read: {getattr(error, 'strerror', None) or 'no valid path'}") from None
    if not content.strip():
        raise InvalidInput(f"{option}: {path!r} is empty")
    return content


def _need_cryptography(option: str) -> None:
    if not HAS_CRYPTOGRAPHY:
        raise LifecycleError(f"{option} needs the Python library cryptography on the host that runs the task; install it, or use hmac_key")
