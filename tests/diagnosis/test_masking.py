"""No key survives the reading, in whatever syntax a vendor writes it."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.diagnosis.lab import AWS, DEVICE, connection, evidence

from bothup.engine.diagnose import diagnose
from bothup.read.bundle import bundle_of, read_bundle
from bothup.read.mask import MASK, masked

KEY = "Fake.Key_0f.Nobody1234"
NOW = datetime(2026, 11, 22, tzinfo=UTC)

SYNTAXES = (
    f'secret = "{KEY}"',
    f"secret = {KEY}",
    f'{DEVICE} {AWS} : PSK "{KEY}"',
    f": PSK {KEY!r}",
    f"crypto isakmp key {KEY} address {AWS}",
    f"crypto isakmp key 6 {KEY} address {AWS}",
    f" pre-shared-key address {AWS} key {KEY}",
    f" pre-shared-key local {KEY}",
    f" ikev1 pre-shared-key {KEY}",
    f" ikev2 remote-authentication pre-shared-key {KEY}",
    f" ikev2 local-authentication pre-shared-key 0 {KEY}",
    f"set psksecret {KEY}",
    f"set psksecret ENC {KEY}AAAAAAAA",
    f'pre-shared-key ascii-text "{KEY}"; ## SECRET-DATA',
    f"set security ike policy p pre-shared-key ascii-text {KEY}",
    f"set vpn ipsec site-to-site peer {AWS} authentication pre-shared-secret {KEY}",
    f"<pre_shared_key>{KEY}</pre_shared_key>",
    f"<pre-shared-key>{KEY}</pre-shared-key>",
    f'"PreSharedKey": "{KEY}"',
    f"'pre_shared_key': '{KEY}'",
    f'tunnel1_preshared_key = "{KEY}"',
    f"psk={KEY}",
    f"Loaded with password: {KEY}",
    f'[security ike policy p pre-shared-key ascii-text] <unconfigured> -> "{KEY}"',
    f'[security ike policy p pre-shared-key ascii-text] "{KEY}"',
    rf"{{\"PreSharedKey\":\"{KEY}\"}}",
    rf"\\\"preSharedKey\\\": \\\"a\\\\\"{KEY}\\\"",
    f'"sharedKey": "{KEY}"',
    f"sharedSecret: {KEY}",
    f"the pre-shared key is: {KEY}",
    f'set ike gateway "g" preshare "{KEY}"',
    f"pre-shared-key cipher {KEY}",
    f"AWS_SECRET_ACCESS_KEY={KEY}",
    f"http://proxy:{KEY}@192.0.2.1:3128/",
    f"crypto isakmp key for-{KEY} address {AWS}",
    f"password not.{KEY}",
    f"psk is {KEY}",
    f"the pre-shared key is {KEY}, as agreed",
    f"the PSK was set to {KEY}.",
    f"PSK is now {KEY}",
    f"shared secret for {AWS} changed: secret is {KEY}",
    f"password was changed to {KEY}",
    f"pre-shared key equals '{KEY}'",
    f"the PSK has been set to {KEY}",
    f"psk was successfully changed to {KEY}",
    f"psk is now: {KEY}",
    f"psk is back\\\\slash{KEY}",
    f'msg="the psk will be {KEY}"',
)


@pytest.mark.parametrize("text", SYNTAXES)
def test_a_key_is_masked(text: str) -> None:
    assert KEY not in masked(text)
    assert MASK in masked(text)


@pytest.mark.parametrize("text", SYNTAXES)
def test_a_key_in_a_device_log_reaches_no_diagnosis(text: str) -> None:
    lines = [
        f"2026-11-22T09:00:00 09[IKE] <t|1> tried 1 shared key for a - b {text}, but MAC mismatched"
    ]
    bundle = bundle_of(evidence([{"source": "device", "lines": lines}]), now=NOW)
    assert bundle.logs[0].events
    assert KEY not in repr(bundle)
    assert KEY not in repr(diagnose(bundle, now=NOW))


@pytest.mark.parametrize(
    "text",
    [
        "tried 1 shared key for 'a' - 'b', but MAC mismatched",
        "AWS tunnel detected a pre-shared key mismatch with cgw: 192.0.2.10",
        "AWS tunnel payload decryption was unsuccessful due to invalid Pre-shared Key",
        "authentication of '192.0.2.10' (myself) with pre-shared key",
        "no shared key found for 'a' - 'b'",
        "Aggressive Mode PSK disabled for security reasons",
        "key exchange method MODP_2048 unacceptable, requesting ECP_384",
        "auth = psk",
        "the pre-shared key is missing",
        "Pre-Shared Key is WRONG.",
        "the psk changed by admin, the psk was not set",
        "the psk is not configured, the secret is mis-typed",
        "PSK is 16 characters, password is 128-bit",
        "pre-shared key is too short: 8 of 64 characters",
        "the shared secret was set to expire",
        'msg="the password is wrong" action="negotiate"',
        '{"message": "the pre-shared key is mismatched"}',
        "the pre-shared key is wrong\\n",
        "the password has expired, the psk has been rotated (by admin)",
        "psk has 20 characters",
        '"PreSharedKeyArn": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:x"',
    ],
)
def test_what_is_said_about_keys_stays(text: str) -> None:
    assert masked(text) == text


@given(st.text(max_size=300) | st.text(alphabet='\\\\"[]:= psk', max_size=300))
def test_masking_takes_any_text_and_nothing_twice(text: str) -> None:
    once = masked(text)
    assert masked(once) == once


def test_what_a_bundle_says_is_missing_is_masked() -> None:
    missing = {"kind": "telemetry", "why": f"psk={KEY}", "how_to_get": f"aws PreSharedKey={KEY}"}
    bundle = bundle_of(evidence([], missing_evidence=[missing]), now=NOW)
    assert bundle.missing
    assert KEY not in repr(bundle)


def test_what_stands_for_the_status_of_a_tunnel_is_masked() -> None:
    said = {"OutsideIpAddress": AWS, "Status": "DOWN", "StatusMessage": f"psk is {KEY}"}
    told = connection() | {"VgwTelemetry": [said]}
    bundle = bundle_of(evidence([], told, same_gateway=[told]), now=NOW)
    assert repr(bundle).count(f"psk is {MASK}") == 2
    assert KEY not in repr(bundle)


def test_the_connections_own_secrets_are_never_read() -> None:
    told = connection(
        CustomerGatewayConfiguration=f"<pre_shared_key>{KEY}</pre_shared_key>",
        options={"PreSharedKey": KEY},
    )
    document = evidence([], told, device_config=[
        {"vendor": "strongswan", "text": f'secrets {{ ike-1 {{ secret = "{KEY}" }} }}'}
    ])  # fmt: skip
    bundle = read_bundle(json.dumps(document).encode(), "bundle.json", now=NOW)
    assert KEY not in repr(bundle)
    assert KEY not in repr(diagnose(bundle, now=NOW))
