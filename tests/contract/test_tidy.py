"""House rules that only a test remembers."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

import slotkeeper
from slotkeeper.api.errors import STATUS_OF
from slotkeeper.domain.errors import DomainError


def refusals(of: type[DomainError]) -> Iterator[type[DomainError]]:
    for each in of.__subclasses__():
        yield each
        yield from refusals(each)


def test_every_refusal_has_a_status_and_a_code_of_its_own() -> None:
    for module in pkgutil.walk_packages(slotkeeper.__path__, "slotkeeper."):
        if not module.name.endswith((".__main__", ".migrations.env")):  # these run, on import
            importlib.import_module(module.name)
    every = set(refusals(DomainError))
    assert every == STATUS_OF.keys()
    codes = [each.code for each in every]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z_]+", code) for code in codes)
