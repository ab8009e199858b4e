"""What a caller of the API can show, as tests go through all of it."""

from enum import StrEnum


class Key(StrEnum):
    """A kind of secret; the letter stands for it in tables."""

    NONE = "P"
    WIDGET = "W"
    CLIENT = "C"
    SERVER = "R"
    APP = "A"
