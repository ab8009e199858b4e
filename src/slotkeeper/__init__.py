"""A self-hosted scheduling and booking server that speaks the Timekit API v2."""

__version__ = "0.1.0"
