"""The embedded PostgreSQL; imports nothing here, because the keeper passes through it."""
