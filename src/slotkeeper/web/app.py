"""The pages as one part of the application."""

from fastapi import FastAPI

from slotkeeper.web import (
    action_links,
    booking,
    calendar_files,
    docs,
    errors,
    feeds,
    home,
    mails,
    passwords,
    reminders,
    waitlist,
)


def install(app: FastAPI) -> None:
    """Add the pages to ``app``, which has the API already.

    The page of a project takes any address of one segment, so it comes last.
    """
    errors.install(app)
    pages = (home, docs, action_links, calendar_files, feeds, waitlist, passwords, reminders, mails)
    for room in (*pages, booking):
        app.include_router(room.router)
