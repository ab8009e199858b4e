"""How hard hypothesis tries: a little by default, long with ``SLOTKEEPER_SOAK=1``."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "default", deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("soak", settings.get_profile("default"), max_examples=5000)
settings.load_profile("soak" if os.environ.get("SLOTKEEPER_SOAK") == "1" else "default")
