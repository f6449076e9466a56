"""Settings for all tests: the same examples each run.

`--hypothesis-profile=search` looks on, and `--hypothesis-profile=nightly` for longer.
"""

from hypothesis import HealthCheck, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("repeat", derandomize=True, deadline=None, suppress_health_check=SLOW)
settings.register_profile(
    "search", max_examples=5000, deadline=None, suppress_health_check=SLOW, print_blob=True
)
settings.register_profile(
    "nightly", max_examples=10_000, deadline=None, suppress_health_check=SLOW, print_blob=True
)
settings.load_profile("repeat")
