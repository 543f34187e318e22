"""Until when a certificate lasts, read from the handshake of a server and from the file that books are signed by."""

import datetime
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from accounts import certificates
from accounts.certificates import Lifetime, lifetime_in

BEGINS = datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
ENDS = datetime.datetime(2021, 1, 2, 3, 4, 5, tzinfo=datetime.UTC)
KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(begins=BEGINS, ends=ENDS):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "so.kimdong.example")])
    draft = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(KEY.public_key())
    draft = draft.serial_number(x509.random_serial_number()).not_valid_before(begins).not_valid_after(ends)
    return draft.sign(KEY, hashes.SHA256())


def der(*moments):
    return certificate(*moments).public_bytes(serialization.Encoding.DER)


@pytest.mark.parametrize("year", [1951, 2049, 2051])
def test_moments_are_read_in_both_ways_of_writing_them(year):
    moments = BEGINS.replace(year=year), ENDS.replace(year=year + 1)
    assert lifetime_in(der(*moments)) == Lifetime(*moments)


@pytest.mark.parametrize("broken", [b"", b"\x30", b"\x30\x00", b"not a certificate", b"\x30\x82\xff"])
def test_what_is_no_certificate_is_refused(broken):
    with pytest.raises(ValueError, match="certificate"):
        lifetime_in(broken)


@pytest.fixture
def server(tmp_path):
    """Shows a certificate that has ended to one visitor, and gives its port."""
    pem = serialization.Encoding.PEM
    (tmp_path / "cert.pem").write_bytes(certificate().public_bytes(pem))
    kept = KEY.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(kept)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet():
            visitor, _address = listener.accept()
            with context.wrap_socket(visitor, server_side=True) as secured:
                secured.recv(1)

        thread = threading.Thread(target=greet)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


@pytest.fixture
def asked(monkeypatch):
    monkeypatch.setattr(certificates, "_asked", {})


def test_a_certificate_that_has_ended_is_read_from_its_server_and_asked_for_once(settings, server, asked):
    settings.TLS = ("so.kimdong.example", "127.0.0.1", server)
    assert certificates.served() == Lifetime(BEGINS, ENDS)
    assert certificates.served() == Lifetime(BEGINS, ENDS)  # the server is gone: it takes one visitor


def test_an_address_that_nobody_serves_is_answered_with_nothing(settings, asked):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    settings.TLS = ("so.kimdong.example", "127.0.0.1", port)
    assert certificates.served() is None


def test_the_signing_certificate_is_read_from_its_file(settings, tmp_path):
    file = tmp_path / "school.p12"
    locked = serialization.BestAvailableEncryption(b"right")
    file.write_bytes(pkcs12.serialize_key_and_certificates(b"school", KEY, certificate(), None, locked))
    settings.SIGNING = (file, "right")
    assert certificates.signing() == Lifetime(BEGINS, ENDS)
    settings.SIGNING = (file, "wrong")
    assert certificates.signing() is None
    settings.SIGNING = (tmp_path / "gone.p12", "right")
    assert certificates.signing() is None
