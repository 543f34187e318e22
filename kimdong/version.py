"""Which version of the software this is: as in pyproject.toml, which production does not carry along."""

VERSION = "1.0.0"
