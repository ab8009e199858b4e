"""Lets ``python -m slotkeeper`` do what the command ``slotkeeper`` does."""

from slotkeeper.cli.main import app

if __name__ == "__main__":
    app(prog_name="slotkeeper")
