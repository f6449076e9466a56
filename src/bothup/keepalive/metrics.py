"""What probes measured, as Prometheus takes it."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from bothup.errors import UsageError
from bothup.keepalive.prober import Sample

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class Metrics:
    """Counters and round trips by target, served at /metrics."""

    def __init__(self) -> None:
        """Count from nothing."""
        self.registry = CollectorRegistry()
        self._sent = Counter(
            "bothup_keepalive_sent", "Packets sent.", ["target"], registry=self.registry
        )
        self._lost = Counter(
            "bothup_keepalive_lost",
            "Packets that were not answered in time.",
            ["target"],
            registry=self.registry,
        )
        self._up = Gauge(
            "bothup_keepalive_up",
            "Whether the last packet was answered: 1 or 0.",
            ["target"],
            registry=self.registry,
        )
        self._trips = Histogram(
            "bothup_keepalive_round_trip_seconds",
            "Round trips of the packets that were answered.",
            ["target"],
            registry=self.registry,
            buckets=_BUCKETS,
        )

    def add(self, sample: Sample) -> None:
        """Count a sample in."""
        target = sample.host.name
        self._sent.labels(target).inc()
        lost = self._lost.labels(target)
        self._up.labels(target).set(sample.seconds is not None)
        if sample.seconds is None:
            lost.inc()
        else:
            self._trips.labels(target).observe(sample.seconds)

    def serve(self, address: str, port: int) -> int:
        """Serve /metrics in a thread of its own; gives the port. Raises UsageError."""
        try:
            server, _ = start_http_server(port, address, self.registry)
        except OSError as error:
            raise UsageError(
                f"--metrics {address}:{port}: cannot listen: {error.strerror}"
            ) from None
        return int(server.server_port)
