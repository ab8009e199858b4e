"""The page of what is compatible is the one that the tables give."""

from tests.matrix.page import page
from tests.support.snapshots import DOCS, same_text


def test_the_page_is_what_the_tables_give() -> None:
    same_text(DOCS / "compatibility.md", page())
