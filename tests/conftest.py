"""What every test runs under."""

from hypothesis import settings

# A deadline measures the machine, which runs two tests at once; pytest-timeout catches what hangs.
settings.register_profile("heliotrope", deadline=None)
settings.load_profile("heliotrope")
