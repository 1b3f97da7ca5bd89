# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keys sign, and only the right one agrees."""

from __future__ import annotations

import base64

import pytest
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    InvalidInput,
    LifecycleError,
)
from ansible_collections.identityops.lifecycle.plugins.module_utils.ledger import keys
from ansible_collections.identityops.lifecycle.plugins.module_utils.ledger.keys import (
    checker,
    secret_of,
    signer,
)

SECRET = b"sixteen bytes or more"
MESSAGE = b'{"a":1}'


def file_of(path, content, mode=0o600):
    path.write_bytes(content)
    path.chmod(mode)
    return str(path)


@pytest.fixture
def pair(tmp_path):
    """A new private key and its public one, as openssl writes them."""
    pytest.importorskip("cryptography")
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    def make(name):
        key = Ed25519PrivateKey.generate()
        private = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
        public = key.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)
        return file_of(tmp_path / name, private), file_of(tmp_path / f"{name}.pub", public, 0o644)

    return make


def test_a_secret_agrees_with_itself_only():
    signature = signer(SECRET, "")(MESSAGE)
    check = checker(SECRET, "")
    assert check(MESSAGE, signature) == ""
    assert check(MESSAGE + b" ", signature) == "it is not this key's"
    assert "another key" in checker(b"another secret of the right length", "")(MESSAGE, signature)
    assert SECRET.decode() not in str(signature)


def test_a_pair_of_keys_and_one_of_before(pair, tmp_path):
    private, public = pair("today")
    older_private, older_public = pair("before")
    signature = signer(b"", private)(MESSAGE)
    assert signature["algorithm"] == "ed25519"
    assert checker(b"", public)(MESSAGE, signature) == ""
    assert checker(b"", public)(MESSAGE + b" ", signature) == "it is not this key's"
    assert "not among those" in checker(b"", older_public)(MESSAGE, signature)
    assert "not among those" in checker(SECRET, "")(MESSAGE, signature)
    both = file_of(tmp_path / "both", (tmp_path / "today.pub").read_bytes() + b"# before\n" + (tmp_path / "before.pub").read_bytes())
    for made in (signature, signer(b"", older_private)(MESSAGE)):
        assert checker(b"", both)(MESSAGE, made) == ""


@pytest.mark.parametrize(
    "change",
    [{"algorithm": "none"}, {"key": 5}, {"value": None}, {"value": ""}, {"value": "not base64"}, {"more": 1}, {"value": "\ud800"}],
)
def test_signatures_that_are_none(pair, change):
    private, public = pair("today")
    for sign in (signer(SECRET, ""), signer(b"", private)):
        assert checker(SECRET, public)(MESSAGE, {**sign(MESSAGE), **change}) != ""


def test_stray_bits_at_the_end_of_a_signature_are_seen(pair):
    private, public = pair("today")
    signature = signer(b"", private)(MESSAGE)
    value = signature["value"]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = value[:-3] + letters[letters.index(value[-3]) ^ 1] + "=="
    assert base64.b64decode(other) == base64.b64decode(value)
    assert checker(b"", public)(MESSAGE, {**signature, "value": other}) != ""


def test_secrets_of_files_and_texts(tmp_path):
    path = file_of(tmp_path / "key", b"  sixteen bytes or more\n")
    assert secret_of("", path) == secret_of("sixteen bytes or more", "") == SECRET
    assert secret_of("", "") == b""
    assert signer(b"", "") is checker(b"", "") is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_key_that_is_open_to_others_is_refused(tmp_path, pair, mode):
    path = file_of(tmp_path / "key", SECRET, mode)
    with pytest.raises(InvalidInput, match=f"open to others than|open to others .mode 0{mode:o}"):
        secret_of("", path)
    private, dummy = pair("today")
    (tmp_path / "today").chmod(mode)
    with pytest.raises(InvalidInput, match="signing_key_file: .* open to others"):
        signer(b"", private)


def test_keys_that_are_none(tmp_path, pair):
    private, public = pair("today")
    for call, said in [
        (lambda: secret_of("short", ""), "hmac_key: the key has 5 bytes"),
        (lambda: secret_of("", file_of(tmp_path / "short", b"short")), "hmac_key_file: the key has 5 bytes"),
        (lambda: secret_of("x" * 16, private), "both given"),
        (lambda: secret_of("", str(tmp_path)), "no regular file"),
        (lambda: secret_of("", str(tmp_path / "nowhere")), "No such file"),
        (lambda: secret_of("", file_of(tmp_path / "empty", b"\n")), "is empty"),
        (lambda: secret_of("", "/\0"), "no valid path"),
        (lambda: signer(SECRET, private), "choose one way"),
        (lambda: signer(b"", file_of(tmp_path / "junk", SECRET)), "holds no private Ed25519 key"),
        (lambda: signer(b"", file_of(tmp_path / "public", (tmp_path / "today.pub").read_bytes())), "holds no private Ed25519 key"),
        (lambda: checker(b"", private), "holds no public Ed25519 key"),
        (lambda: checker(b"", str(tmp_path / "nowhere")), "public_key_file: .* No such file"),
        (lambda: checker(b"", file_of(tmp_path / "broken", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")), "holds no public"),
    ]:
        with pytest.raises(InvalidInput, match=said) as error:
            call()
        assert "sixteen" not in str(error.value)


def test_other_kinds_of_keys_and_keys_with_a_passphrase(tmp_path):
    pytest.importorskip("cryptography")
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    other = generate_private_key(SECP256R1()).private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    with pytest.raises(InvalidInput, match="holds no private Ed25519 key"):
        signer(b"", file_of(tmp_path / "ec", other))
    locked = Ed25519PrivateKey.generate().private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.BestAvailableEncryption(b"x"))
    with pytest.raises(InvalidInput, match="has a passphrase"):
        signer(b"", file_of(tmp_path / "locked", locked))


def test_without_the_library_it_is_said_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(keys, "HAS_CRYPTOGRAPHY", False)
    for call in (lambda: signer(b"", "/key"), lambda: checker(b"", "/key")):
        with pytest.raises(LifecycleError, match="needs the Python library cryptography"):
            call()
    assert signer(SECRET, "")
