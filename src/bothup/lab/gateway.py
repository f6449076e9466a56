"""Gateway: the customer's device, a strongSwan of its own with BIRD beside it.

Its configuration is a `swanctl.conf` and a `bird.conf`, as a person would have written them; what
they say is what the daemons do.
"""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from bothup.lab.bird import Bird, Neighbor
from bothup.lab.certificates import Authority
from bothup.lab.charon import Charon
from bothup.lab.network import Network


class Tunnel(msgspec.Struct, frozen=True, kw_only=True):
    """What the device is set to on one tunnel, in swanctl's words.

    `inside` is AWS's inside address and the device's. `life` is after how many seconds a phase 2 SA
    is renewed and when it ends; None leaves swanctl's own. `auth` is `psk`, or the certificate's
    name. `starts`: it negotiates by itself.
    """

    name: str
    remote: str
    inside: tuple[str, str]
    key: str
    local: str
    version: Literal[1, 2] = 2
    proposals: str = "aes256-sha256-ecp384"
    esp_proposals: str = "aes256-sha256-ecp384"
    local_id: str
    remote_id: str | None = None
    networks: str = "10.10.0.0/24"
    remote_networks: str = "10.20.0.0/24"
    auth: str = "psk"
    starts: bool = True
    dpd_delay: int = 2
    dpd_action: Literal["clear", "restart"] = "clear"
    inactivity: int = 0
    life: tuple[float, float] | None = None
    bgp: Neighbor | None = None

    @property
    def conf(self) -> str:
        """The connection as `swanctl.conf` says it."""
        local = ",".join(filter(None, (f"{self.inside[1]}/32", self.networks)))
        remote = ",".join(filter(None, (f"{self.inside[0]}/32", self.remote_networks)))
        life = ""
        if self.life:
            life = _LIFE.format(rekey=self.life[0], life=self.life[1])
        if self.inactivity:
            life += f"\n        inactivity = {self.inactivity}s"
        auth = "auth = psk" if self.auth == "psk" else f"auth = pubkey\n      certs = {self.auth}"
        return _CONNECTION.format(
            tunnel=self,
            remote_id=self.remote_id or self.remote,
            local_ts=local,
            remote_ts=remote,
            action="start" if self.starts else "none",
            life=life,
            auth=auth,
            remote_auth="psk" if self.auth == "psk" else "pubkey",
        )

    @property
    def secret(self) -> str:
        """The key as `swanctl.conf` says it; "" with a certificate."""
        if self.auth != "psk":
            return ""
        return _KEY.format(tunnel=self, remote_id=self.remote_id or self.remote)


class Gateway:
    """The device with its tunnels; `apply` has the daemons do what they say."""

    def __init__(self, network: Network, folder: Path) -> None:
        self.charon = Charon(network, "cgw", folder)
        self.bird = Bird(network, "cgw", folder)
        self.tunnels: dict[str, Tunnel] = {}
        self._network = network

    @property
    def config(self) -> Path:
        """The device's IKE configuration, for `diagnose --device-config`."""
        return self.charon.folder / "swanctl" / "swanctl.conf"

    @property
    def logs(self) -> Iterator[Path]:
        """The device's logs, for `diagnose --device-log`."""
        yield self.charon.log
        if self.bird.log.exists():
            yield self.bird.log

    def start(self) -> None:
        """Start the daemons, with whatever configuration there is."""
        self.charon.start()
        self.charon.address(*(f"{each.inside[1]}/30" for each in self.tunnels.values()))
        self._load()

    def apply(self, *tunnels: Tunnel) -> None:
        """Put tunnels into the configuration, anew or changed, and load it."""
        for each in tunnels:
            if each.name not in self.tunnels and self.charon.lives:
                self.charon.address(f"{each.inside[1]}/30")
            self.tunnels[each.name] = each
        self._load()

    def change(self, name: str, **changes: Any) -> None:
        """Change settings of one tunnel and load them."""
        self.apply(msgspec.structs.replace(self.tunnels[name], **changes))

    def remove(self, name: str) -> None:
        """Take a tunnel out of the configuration."""
        del self.tunnels[name]
        self._load()

    def restart(self, name: str) -> None:
        """Begin anew with one tunnel, as a person does who has changed something about it."""
        self.charon.terminate(ike=name)
        self.charon.initiate(name)

    def trust(self, authority: Authority, identity: str, **validity: timedelta) -> str:
        """Put a certificate of an authority into the device, and the authority's own.

        Gives the certificate's name in `swanctl.conf`; `validity` is as `Authority.issue` has it.
        """
        certificate, key = authority.issue(identity, **validity)
        for source, kind in (
            (authority.certificate, "x509ca"),
            (certificate, "x509"),
            (key, "ecdsa"),
        ):
            folder = self.charon.folder / "swanctl" / kind
            folder.mkdir(exist_ok=True)
            shutil.copy(source, folder / source.name)
        return certificate.name

    def change_key(self, name: str, key: str) -> None:
        """Change the key of one tunnel; its SAs go on until somebody asks for the key again."""
        self.keep(name, key=key)
        self._write()
        self.charon.swanctl("--load-creds", "--noprompt", "--clear")

    def keep(self, name: str, **changes: Any) -> None:
        """Change settings of one tunnel; they are loaded when the daemon starts the next time."""
        self.tunnels[name] = msgspec.structs.replace(self.tunnels[name], **changes)

    def starts(self, name: str) -> bool:
        """Whether the device has a tunnel and negotiates it by itself."""
        return name in self.tunnels and self.tunnels[name].starts

    def negotiates(self, name: str) -> bool:
        """Whether the daemon has begun to negotiate a tunnel, or has it."""
        return any(name in each for each in self.charon.sas())

    def stop(self) -> None:
        """Stop both daemons in order."""
        self.bird.stop()
        self.charon.stop()

    def kill(self) -> None:
        """End both daemons at once, as a power cut does."""
        self.bird.kill()
        self.charon.kill()

    def _write(self) -> None:
        tunnels = self.tunnels.values()
        conf = "connections {\n" + "".join(each.conf for each in tunnels) + "}\n"
        self.config.write_text(conf + "secrets {\n" + "".join(e.secret for e in tunnels) + "}\n")

    def _load(self) -> None:
        self._write()
        if self.charon.lives:
            self.charon.swanctl("--load-all", "--noprompt", "--clear")
        neighbors = {each.name: each.bgp for each in self.tunnels.values() if each.bgp}
        if neighbors:
            self.bird.configure(self._network.public["cgw"], neighbors)


_LIFE = """
        rekey_time = {rekey}s
        life_time = {life}s
        rand_time = 0s"""
_KEY = """  ike-{tunnel.name} {{
    id-0 = {tunnel.local_id}
    id-1 = {remote_id}
    secret = "{tunnel.key}"
  }}
"""
_CONNECTION = """  {tunnel.name} {{
    version = {tunnel.version}
    local_addrs = {tunnel.local}
    remote_addrs = {tunnel.remote}
    proposals = {tunnel.proposals}
    dpd_delay = {tunnel.dpd_delay}s
    mobike = no
    local {{
      {auth}
      id = {tunnel.local_id}
    }}
    remote {{
      auth = {remote_auth}
      id = {remote_id}
    }}
    children {{
      {tunnel.name} {{
        local_ts = {local_ts}
        remote_ts = {remote_ts}
        esp_proposals = {tunnel.esp_proposals}
        start_action = {action}
        dpd_action = {tunnel.dpd_action}{life}
      }}
    }}
  }}
"""
