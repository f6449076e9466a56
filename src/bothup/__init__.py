"""Keep both tunnels of every AWS Site-to-Site VPN connection up."""

__version__ = "0.1.0"
