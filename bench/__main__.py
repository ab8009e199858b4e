"""Run the benchmarks: ``python -m bench [--quick] [PART]...``; ``--help`` names the parts."""

import argparse
import asyncio
import os
import platform
import time

from bench import bookings, deliveries, engine, growth, lists, mails, over_http, reminders, start

PARTS = {
    "engine": engine.run,
    "http": over_http.run,
    "bookings": bookings.run,
    "deliveries": deliveries.run,
    "mails": mails.run,
    "start": start.run,
    "growth": growth.run,
    "reminders": reminders.run,
    "lists": lists.run,
}


def main() -> None:
    """Run the parts that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and sizes")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    started = time.monotonic()
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}, {platform.system()}")
    print(f"Python {platform.python_version()}")
    for name in asked.parts or PARTS:
        asyncio.run(PARTS[name](quick=asked.quick))
    print(f"\n{time.monotonic() - started:.0f} seconds in all")


if __name__ == "__main__":
    main()
