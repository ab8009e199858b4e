"""The one refusal of this room."""


class PostgresUnavailable(Exception):
    """The embedded PostgreSQL cannot be used; the message tells people why and what to do."""
