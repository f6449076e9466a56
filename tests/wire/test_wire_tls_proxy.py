"""TLS that is always verified, and proxies by the SDK's rules, with a real proxy in between."""

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.httpsession import ProxyConfiguration
from botocore.utils import get_environ_proxies
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from raw_server import EMPTY, NOTHING, Peer, RawServer, Request, always, answer, describe

from bothup.aws.wire import Wire, pool
from bothup.aws.wire.proxy import Proxy, proxy_for
from bothup.aws.wire.tls import tls_context
from bothup.aws.wire.url import split_url
from bothup.errors import BothupError, Unreachable, UsageError

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")


@pytest.fixture(autouse=True)
def no_proxy_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost (its own CA) and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    addresses = [ipaddress.ip_address(each) for each in ("127.0.0.1", "::1")]
    names = [x509.DNSName("localhost"), *map(x509.IPAddress, addresses)]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


@pytest.fixture(scope="module")
def tls(bundle: Path) -> ssl.SSLContext:
    """The server's side."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(bundle)
    return context


def test_calls_go_through_tls_on_one_connection(bundle: Path, tls: ssl.SSLContext) -> None:
    async def run() -> None:
        async with (
            RawServer(always(answer()), tls=tls) as server,
            Wire(ca_bundle=str(bundle)) as wire,
        ):
            for _ in range(3):
                assert await describe(wire, server.url) == NOTHING
            assert await describe(wire, server.url.replace("127.0.0.1", "localhost")) == NOTHING
            assert server.connections == 2
        assert wire.connections == 0

    asyncio.run(run())


@pytest.mark.parametrize(("calls", "most"), [(8, 5), (40, 7)])
def test_handshakes_are_saved_until_many_calls_wait(
    bundle: Path, tls: ssl.SSLContext, calls: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host's share of ten is five, and each sixteenth call that waits opens one more."""
    monkeypatch.setattr(pool, "_PATIENCE", 60)

    async def serve(peer: Peer) -> None:
        while True:
            await peer.request()
            await asyncio.sleep(0.02)
            await peer.send(answer())

    async def run() -> int:
        async with (
            RawServer(serve, tls=tls) as server,
            Wire(ca_bundle=str(bundle), total=10) as wire,
        ):
            asked = [describe(wire, server.url) for _ in range(calls)]
            assert await asyncio.gather(*asked) == [NOTHING] * calls
            return server.most_open

    assert asyncio.run(run()) == most


def test_ipv6_addresses_are_called_as_well(bundle: Path, tls: ssl.SSLContext) -> None:
    async def run() -> None:
        seen: list[Request] = []
        serve = always(answer(), seen)
        async with (
            RawServer(serve, host="::1", tls=tls) as server,
            Wire(ca_bundle=str(bundle)) as wire,
        ):
            assert await describe(wire, server.url) == NOTHING
            assert seen[0].headers["host"] == f"[::1]:{server.port}"

    asyncio.run(run())


def test_an_address_that_answers_too_late_gives_way_to_the_next(
    bundle: Path, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(peer: Peer) -> None:
        await asyncio.sleep(30)

    real = socket.getaddrinfo

    def names(host: str, *rest: Any, **options: Any) -> list[Any]:
        # The certificate names neither: it is the host's name that counts.
        addresses = ["127.0.0.3", "127.0.0.2"] if host == "localhost" else [host]
        return [info for each in addresses for info in real(each, *rest, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", names)

    async def run() -> None:
        async with (
            RawServer(always(answer()), host="127.0.0.2", tls=tls) as server,
            RawServer(silent, host="127.0.0.3", port=server.port) as other,
            Wire(ca_bundle=str(bundle)) as wire,
        ):
            assert await describe(wire, f"https://localhost:{server.port}") == NOTHING
            assert (other.connections, server.connections) == (1, 1)

    asyncio.run(run())


def test_a_redirect_from_tls_to_plain_text_is_not_followed(
    bundle: Path, tls: ssl.SSLContext
) -> None:
    async def run() -> None:
        async with RawServer(always(answer())) as plain:
            moved = answer(b"", "307 Temporary Redirect", f"Location: {plain.url}")
            async with (
                RawServer(always(moved), tls=tls) as server,
                Wire(ca_bundle=str(bundle)) as wire,
            ):
                with pytest.raises(Unreachable, match="HTTP status 307"):
                    await describe(wire, server.url)
                assert plain.connections == 0

    asyncio.run(run())


def test_the_bundle_comes_from_the_environment(
    bundle: Path, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> None:
        async with RawServer(always(answer()), tls=tls) as server, Wire() as wire:
            assert await describe(wire, server.url) == NOTHING

    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"):
        with monkeypatch.context() as patch:
            patch.setenv(name, str(bundle))
            asyncio.run(run())


def test_the_bundle_is_read_once_for_all_connections(
    bundle: Path, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    copy = tmp_path / "bundle.pem"
    copy.write_bytes(bundle.read_bytes())

    async def run() -> None:
        serve = always(answer(EMPTY, "200 OK", "Connection: close"))
        async with RawServer(serve, tls=tls) as server, Wire(ca_bundle=str(copy)) as wire:
            assert await describe(wire, server.url) == NOTHING
            copy.unlink()
            assert await describe(wire, server.url) == NOTHING
            assert server.connections == 2

    asyncio.run(run())


def test_a_certificate_that_nobody_vouches_for_is_refused(tls: ssl.SSLContext) -> None:
    async def run() -> None:
        async with RawServer(always(answer()), tls=tls) as server, Wire() as wire:
            with pytest.raises(Unreachable, match=r"cannot be trusted.*AWS_CA_BUNDLE") as caught:
                await describe(wire, server.url)
            assert not caught.value.retryable
            assert wire.connections == 0

    asyncio.run(run())


def test_a_certificate_of_another_host_is_refused(bundle: Path, tls: ssl.SSLContext) -> None:
    async def run() -> None:
        async with (
            RawServer(always(answer()), host="127.0.0.2", tls=tls) as server,
            Wire(ca_bundle=str(bundle)) as wire,
        ):
            with pytest.raises(Unreachable, match="mismatch"):
                await describe(wire, server.url)

    asyncio.run(run())


def test_plain_http_behind_https_is_an_error(bundle: Path) -> None:
    async def serve(peer: Peer) -> None:
        await peer.reader.read(100)
        await peer.send(answer(b"", "400 Bad Request"))
        await peer.reader.read()

    async def run() -> None:
        async with RawServer(serve) as server, Wire(ca_bundle=str(bundle)) as wire:
            with pytest.raises(Unreachable, match="no connection to"):
                await describe(wire, server.url.replace("http:", "https:"))

    asyncio.run(run())


def test_a_handshake_that_hangs_is_given_up(bundle: Path) -> None:
    async def serve(peer: Peer) -> None:
        await peer.reader.read(1)
        await asyncio.sleep(30)

    async def run() -> None:
        async with RawServer(serve) as server:
            url = server.url.replace("http:", "https:")
            async with Wire(ca_bundle=str(bundle), connect_timeout=0.2) as wire:
                with pytest.raises(Unreachable, match=r"no connection to .* within 0\.2 s"):
                    await describe(wire, url)

    asyncio.run(run())


@pytest.mark.parametrize("content", [None, b"", b"not a certificate"])
def test_a_bundle_that_holds_nothing_is_a_usage_error(
    content: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "bundle.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"ca_bundle: CA bundle '.*bundle\.pem' cannot be read"):
        tls_context(str(path))


def test_without_a_bundle_the_sdks_is_used() -> None:
    context = tls_context()
    assert context.cert_store_stats()["x509_ca"] > 50
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


class ProxyServer(RawServer):
    """A proxy: tunnels for CONNECT, passes on what comes in absolute form."""

    def __init__(
        self,
        *,
        allow: str | None = None,
        tls: ssl.SSLContext | None = None,
        delay: float = 0.0,
    ) -> None:
        super().__init__(self._proxy, tls=tls)
        self._allow, self._delay = allow, delay
        self.asked: list[str] = []

    async def _proxy(self, peer: Peer) -> None:
        while True:
            method, target, headers = await peer.head()
            self.asked.append(f"{method} {target}")
            await asyncio.sleep(self._delay)
            if headers.pop("proxy-authorization", None) != self._allow:
                await peer.send(answer(b"no", "407 Proxy Authentication Required"))
            elif method == "CONNECT":
                await self._tunnel(peer, target)
            else:
                await self._forward(peer, method, target, headers)

    async def _tunnel(self, peer: Peer, target: str) -> None:
        host, _, port = target.rpartition(":")
        reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
        await peer.send(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")
        try:
            await asyncio.gather(pass_on(peer.reader, writer), pass_on(reader, peer.writer))
        finally:
            writer.transport.abort()

    async def _forward(self, peer: Peer, method: str, target: str, headers: dict[str, str]) -> None:
        url = split_url(target)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        lines = [f"{name}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([f"{method} {url.target} HTTP/1.1", *lines, "", ""]).encode())
        writer.write(await peer.reader.readexactly(int(headers["content-length"])))
        await peer.send(await reader.readexactly(len(answer())))
        writer.transport.abort()


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()


# base64 of "al ice:hunter2@"
BASIC = "Basic YWwgaWNlOmh1bnRlcjJA"


@pytest.mark.parametrize("proxy_tls", [False, True], ids=["http proxy", "https proxy"])
@pytest.mark.parametrize("service_tls", [False, True], ids=["http", "https"])
@pytest.mark.parametrize("user", ["", "al%20ice:hunter2%40@"])
def test_calls_go_through_the_proxy(
    bundle: Path, tls: ssl.SSLContext, proxy_tls: bool, service_tls: bool, user: str
) -> None:
    async def run() -> None:
        seen: list[Request] = []
        async with (
            RawServer(always(answer(), seen), tls=tls if service_tls else None) as server,
            ProxyServer(allow=BASIC if user else None, tls=tls if proxy_tls else None) as proxy,
        ):
            address = proxy.url.replace("://", f"://{user}")
            proxies = {"http": address, "https": address}
            async with Wire(ca_bundle=str(bundle), proxies=proxies) as wire:
                for _ in range(2):
                    assert await describe(wire, server.url + "/path") == NOTHING
            where = f"127.0.0.1:{server.port}"
            asked = f"CONNECT {where}" if service_tls else f"POST http://{where}/path"
            assert proxy.asked == [asked] if service_tls else [asked] * 2
            assert proxy.connections == 1
            assert [request.target for request in seen] == ["/path", "/path"]
            assert all("proxy-authorization" not in request.headers for request in seen)

    asyncio.run(run())


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_refuses_is_an_error_without_its_password(bundle: Path, scheme: str) -> None:
    async def run() -> None:
        async with ProxyServer(allow=BASIC) as proxy:
            address = proxy.url.replace("://", "://mallory:hunter2@")
            async with Wire(ca_bundle=str(bundle), proxies={scheme: address}) as wire:
                with pytest.raises(BothupError) as caught:
                    await describe(wire, f"{scheme}://ec2.example.invalid")
                assert "407" in str(caught.value) or "wants credentials" in str(caught.value)
                assert "hunter2" not in str(caught.value)
                assert not caught.value.retryable
            await asyncio.sleep(0.05)
            assert proxy.open == 0

    asyncio.run(run())


def test_a_certificate_of_another_host_is_refused_behind_a_proxy_too(
    bundle: Path, tls: ssl.SSLContext
) -> None:
    async def run() -> None:
        async with (
            RawServer(always(answer()), host="127.0.0.2", tls=tls) as server,
            ProxyServer() as proxy,
            Wire(ca_bundle=str(bundle), proxies={"https": proxy.url}) as wire,
        ):
            with pytest.raises(Unreachable, match="mismatch"):
                await describe(wire, server.url)
            await asyncio.sleep(0.05)
            assert proxy.open == 0

    asyncio.run(run())


def test_a_connection_that_opens_too_late_is_closed(bundle: Path, tls: ssl.SSLContext) -> None:
    async def run() -> None:
        seen: list[Request] = []
        async with (
            RawServer(always(answer(), seen), tls=tls) as server,
            ProxyServer(delay=0.1) as proxy,
        ):
            async with Wire(ca_bundle=str(bundle), proxies={"https": proxy.url}) as wire:
                call = asyncio.create_task(describe(wire, server.url))
                await asyncio.sleep(0.05)
            with pytest.raises(Unreachable):
                await call
            await asyncio.sleep(0.05)
            assert (seen, proxy.open, wire.connections) == ([], 0, 0)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (b"HTTP/1.1 503 No\r\n\r\n", "opens no way to ec2.example.invalid:443: '503'"),
        (b"garbage\r\n\r\n", "opens no way"),
        (b"x" * 20_000, "does not speak HTTP"),
        (b"", "hung up"),
    ],
)
def test_a_proxy_that_opens_no_way_is_an_error(bundle: Path, reply: bytes, problem: str) -> None:
    async def serve(peer: Peer) -> None:
        await peer.head()
        await peer.send(reply)

    async def run() -> None:
        async with RawServer(serve) as proxy:
            proxies = {"https": f"http://u:hunter2@127.0.0.1:{proxy.port}"}
            async with Wire(ca_bundle=str(bundle), proxies=proxies) as wire:
                with pytest.raises(Unreachable) as caught:
                    await describe(wire, "https://ec2.example.invalid")
                assert problem in str(caught.value)
                assert "hunter2" not in str(caught.value)

    asyncio.run(run())


def test_no_proxy_at_the_port_is_an_error(bundle: Path) -> None:
    async def run() -> None:
        async with RawServer(always(answer())) as server:
            port = server.port
        proxies = {"https": f"http://u:hunter2@127.0.0.1:{port}"}
        async with Wire(ca_bundle=str(bundle), proxies=proxies) as wire:
            with pytest.raises(Unreachable, match=rf"by proxy 127\.0\.0\.1:{port}") as caught:
                await describe(wire, "https://ec2.example.invalid")
            assert "hunter2" not in str(caught.value)

    asyncio.run(run())


def settings() -> Iterator[tuple[dict[str, str], str]]:
    """Environments and URLs to hold against the SDK."""
    proxies = ["http://p.example:3128", "p.example:3128", "//p.example", "https://u:p@p.example"]
    for proxy in proxies:
        yield {"HTTPS_PROXY": proxy}, "https://ec2.eu-west-1.amazonaws.com"
        yield {"https_proxy": proxy}, "https://ec2.eu-west-1.amazonaws.com"
        yield {"HTTP_PROXY": proxy}, "https://ec2.eu-west-1.amazonaws.com"
        yield {"http_proxy": proxy}, "http://localhost:5000"
        yield {"ALL_PROXY": proxy}, "https://ec2.eu-west-1.amazonaws.com"
    for user in ["u@", "u:@", ":p@"]:
        yield {"HTTPS_PROXY": f"http://{user}p.example"}, "https://ec2.eu-west-1.amazonaws.com"
    yield {"HTTPS_PROXY": "http://a", "https_proxy": "http://b"}, "https://ec2.amazonaws.com"
    yield {"HTTPS_PROXY": "http://a", "https_proxy": ""}, "https://ec2.amazonaws.com"
    yield {"HTTP_PROXY": "http://a", "REQUEST_METHOD": "GET"}, "http://ec2.amazonaws.com"
    for bypass in [
        "*",
        "localhost",
        ".amazonaws.com",
        "amazonaws.com",
        "aws.com",
        "EC2.amazonaws.com:443",
        "a.b, ec2.amazonaws.com ",
        "127.0.0.1",
        "127.0.0.0/8",
        "",
    ]:
        for url in [
            "https://ec2.amazonaws.com",
            "https://ec2.amazonaws.com:443",
            "https://ec2.amazonaws.com:8443",
            "https://localhost:5000",
            "https://127.0.0.1",
        ]:
            yield {"https_proxy": "http://a", "no_proxy": bypass}, url
            yield {"https_proxy": "http://a", "NO_PROXY": bypass}, url


@pytest.mark.parametrize(("environment", "url"), list(settings()))
def test_the_environment_is_read_as_the_sdk_does(
    environment: dict[str, str], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    theirs = ProxyConfiguration(get_environ_proxies(url)).proxy_url_for(url)
    ours = proxy_for(url)
    if theirs is None:
        assert ours is None
    else:
        parts = split_url(theirs)
        assert ours is not None
        assert (ours.scheme, ours.host, ours.port) == (parts.scheme, parts.host, parts.port)
        sent = ProxyConfiguration().proxy_headers_for(theirs).get("Proxy-Authorization")
        assert ours.authorization == sent


@pytest.mark.parametrize(
    "address", ["http://", "http://u:hunter2@", "http://u:hunter2@[", "http://u:hunter2@h:x"]
)
def test_a_proxy_that_is_no_url_is_a_usage_error(address: str) -> None:
    with pytest.raises(UsageError, match="proxy's URL is malformed") as caught:
        proxy_for("https://ec2.amazonaws.com", {"https": address})
    assert "hunter2" not in str(caught.value)


def test_a_proxy_does_not_show_its_password() -> None:
    proxy = proxy_for("http://a", {"http": "http://u:hunter2@p"})
    assert proxy == Proxy("http", "p", 80, "Basic dTpodW50ZXIy")
    assert "dTpodW50ZXIy" not in f"{proxy!r} {proxy}"
