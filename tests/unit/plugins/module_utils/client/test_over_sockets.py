# Copyright (c) 2026, The identityops.lifecycle authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What only a real connection shows: TLS, cookies, keep-alive, closed ports, proxies."""

from __future__ import annotations

import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time

import pytest
import urllib3
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.auth import BearerToken
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.connection import Connection
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.redaction import Redactor
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.throttle import Clock, Gate
from ansible_collections.identityops.lifecycle.plugins.module_utils.client.transport import Transport
from ansible_collections.identityops.lifecycle.plugins.module_utils.core.errors import (
    OutcomeUnknown,
    OutOfTime,
    Unreachable,
)
from ansible_collections.identityops.lifecycle.tests.unit.plugins.module_utils.client.scripted import (
    FakeClock,
    serving,
)

TOKEN = "topsecrettoken"


pytestmark = pytest.mark.usefixtures("plain_environment")


def transport_to(url, **connection):
    settings = Connection(url, BearerToken(TOKEN), **connection)
    return Transport(settings, Gate(FakeClock(), 300), Redactor([TOKEN]))


def ok(*_request):
    return 200, {"Content-Type": "application/scim+json", "Set-Cookie": "session=abc; Path=/"}, b'{"id": "1"}'


def test_no_cookie_is_ever_sent_back():
    with serving(ok) as (url, asked):
        transport = transport_to(url)
        for _dummy in range(2):
            transport.request("GET", "/Users/1")
        transport.close()
    assert [headers.get("Cookie") for _method, _path, headers, _body in asked] == [None, None]


def test_bodies_and_queries_arrive_as_they_were_meant():
    with serving(ok) as (url, asked):
        transport = transport_to(url)
        transport.request("PATCH", "/Users/a%26b", body={"name": "ä"})
        transport.request("GET", "/Users", params={"filter": 'userName eq "a+b c"'})
        transport.close()
    assert asked[0][0:2] == ("PATCH", "/v2/Users/a%26b")
    assert asked[0][3] == b'{"name":"\\u00e4"}'
    assert asked[1][1] == "/v2/Users?filter=userName%20eq%20%22a%2Bb%20c%22"
    assert asked[1][2]["Authorization"] == f"Bearer {TOKEN}"


def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_closed_port_was_certainly_not_reached(method):
    port = closed_port()
    with pytest.raises(Unreachable, match=f"no connection to 127.0.0.1:{port} .*[Rr]efused"):
        transport_to(f"http://127.0.0.1:{port}/v2").request(method, "/Users", body={})


def test_a_reset_after_the_request_leaves_the_outcome_open():
    with socket.create_server(("127.0.0.1", 0)) as server:
        transport = transport_to(f"http://127.0.0.1:{server.getsockname()[1]}/v2")

        def reset():
            client, _address = server.accept()
            client.recv(65536)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.close()

        thread = threading.Thread(target=reset)
        thread.start()
        with pytest.raises(OutcomeUnknown, match="POST /Users: the answer was lost"):
            transport.request("POST", "/Users", body={})
        thread.join(5)


@pytest.mark.parametrize("proxy", ["http://ada:topsecretproxy@127.0.0.1:{port}", "http://ada:topsecretproxy@[bad", "ada:topsecretproxy@127.0.0.1:{port}"])
def test_the_password_of_a_proxy_is_not_shown_when_it_cannot_be_reached(monkeypatch, proxy):
    monkeypatch.setenv("HTTPS_PROXY", proxy.format(port=closed_port()))
    with pytest.raises((Unreachable, OutcomeUnknown)) as caught:
        transport_to("https://scim.example.com/v2").request("GET", "/Users")
    assert "topsecretproxy" not in str(caught.value)


# -- TLS -------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A folder with a certificate authority of our own (ca), a server's certificate (server) and a client's (client)."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl command to make certificates with")
    folder = tmp_path_factory.mktemp("authority")

    def run(*arguments):
        subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True, timeout=60)

    (folder / "leaf.cnf").write_text("subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n", encoding="utf-8")
    # Written out: the configuration of the machine is not ours to rely on.
    (folder / "ca.cnf").write_text(
        "[req]\ndistinguished_name=dn\nx509_extensions=ca\nprompt=no\n[dn]\nCN=Test CA\n"
        "[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n",
        encoding="utf-8",
    )
    run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-config", "ca.cnf", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2")
    for name in ("server", "client"):
        subject = ["-subj", f"/CN={name}"]
        run("req", "-newkey", "rsa:2048", "-nodes", "-config", "ca.cnf", *subject, "-keyout", f"{name}.key", "-out", f"{name}.csr")
        signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "leaf.cnf"]
        run("x509", "-req", "-in", f"{name}.csr", *signing, "-out", f"{name}.pem")
    both = (folder / "client.pem").read_text(encoding="utf-8") + (folder / "client.key").read_text(encoding="utf-8")
    (folder / "both.pem").write_text(both, encoding="utf-8")
    run("rsa", "-in", "client.key", "-aes256", "-passout", "pass:topsecret", "-out", "locked.key")
    return folder


def server_side(authority, *, client_certificate=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "server.pem", authority / "server.key")
    if client_certificate:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(authority / "ca.pem")
    return context


def test_an_authority_of_our_own_is_trusted_by_its_file(authority):
    with serving(ok, server_side(authority)) as (url, asked):
        assert transport_to(url, ca_file=str(authority / "ca.pem")).request("GET", "/Users/1").body == {"id": "1"}
    assert asked[0][2]["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_authority_is_refused_clearly_and_at_once(authority, method):
    with serving(ok, server_side(authority)) as (url, asked):
        transport = transport_to(url)
        with pytest.raises(Unreachable, match=r"TLS with 127.0.0.1:\d+ failed: .*certificate verify failed"):
            transport.request(method, "/Users", body={})
    assert asked == []


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_without_verification_it_is_taken(authority, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority / "ca.cnf"))
    with serving(ok, server_side(authority)) as (url, _asked):
        assert transport_to(url, skip_tls_verify=True).request("GET", "/Users/1").status == 200


@pytest.mark.parametrize("files", [("client.pem", "client.key"), ("both.pem", "")])
def test_a_client_certificate_lets_us_in(authority, files):
    certificate, key = files
    options = {"client_cert": str(authority / certificate), "client_key": str(authority / key) if key else ""}
    with serving(ok, server_side(authority, client_certificate=True)) as (url, _asked):
        assert transport_to(url, ca_file=str(authority / "ca.pem"), **options).request("GET", "/Users/1").status == 200


def test_without_a_client_certificate_we_are_kept_out(authority):
    with serving(ok, server_side(authority, client_certificate=True)) as (url, asked), pytest.raises(Unreachable):
        transport_to(url, ca_file=str(authority / "ca.pem")).request("GET", "/Users/1")
    assert asked == []


@pytest.mark.parametrize(
    "options",
    [
        {"client_cert": "client.pem", "client_key": "locked.key"},
        {"client_cert": "client.pem"},
        {"client_cert": "ca.cnf"},
        {"client_cert": "client.pem", "client_key": "server.key"},
    ],
)
def test_a_certificate_that_cannot_be_used_is_an_error_and_no_prompt(authority, options):
    paths = {name: str(authority / value) for name, value in options.items()}
    with serving(ok, server_side(authority)) as (url, asked), pytest.raises(Unreachable, match="TLS with"):
        transport_to(url, ca_file=str(authority / "ca.pem"), **paths).request("GET", "/Users/1")
    assert asked == []


def test_a_file_without_certificates_is_named_as_what_it_is(authority):
    with serving(ok, server_side(authority)) as (url, _asked), pytest.raises(Unreachable, match="TLS with"):
        transport_to(url, ca_file=str(authority / "ca.cnf")).request("GET", "/Users/1")


@pytest.mark.skipif(not hasattr(urllib3.HTTPResponse, "read1"), reason="urllib3 1.26 reads whole chunks")
def test_an_answer_that_drips_does_not_outlast_the_budget():
    """A byte every now and then keeps the connection alive, and each is in time."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip():
            client, _address = listening.accept()
            with client:
                client.recv(65536)
                client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/scim+json\r\nContent-Length: 1000\r\n\r\n")
                for _second in range(100):
                    if ended.wait(0.05):
                        return
                    try:
                        client.sendall(b" ")
                    except OSError:
                        return

        server = threading.Thread(target=drip, daemon=True)
        server.start()
        connection = Connection(url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=30)
        begin = time.monotonic()
        with pytest.raises(OutOfTime):
            Transport(connection, Gate(Clock(), 0.4), Redactor(()), read_only=True).request("GET", "/Users")
        took = time.monotonic() - begin
        ended.set()
        server.join(5)
    assert took < 3
