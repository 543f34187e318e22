"""How Hypothesis works here: nothing fails for being slow, as the machine has other work beside."""

from hypothesis import HealthCheck, settings

# For a test whose fixture is the same for every example, and is meant to be.
BESIDE_FIXTURES = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]

settings.register_profile("kimdong", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kimdong")
