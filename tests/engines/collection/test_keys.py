"""Write keys and origins: who may send, and how fast a change is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from zhanggui.basics.errors import DefinitionError, UnknownNameError
from zhanggui.engines.collection import Keys, access_of, allow_origins, current_key, new_key, origin_matches, revoke_key
from zhanggui.engines.collection.keys import LOOPBACK_ORIGINS, Access, checked_origin
from zhanggui.store.ledger import Ledger, open_ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    made = open_ledger(tmp_path)
    yield made
    made.dispose()


def test_the_first_question_makes_a_key_and_later_ones_give_the_same(ledger: Ledger) -> None:
    key = current_key(ledger)
    assert key.startswith("zg_")
    assert len(key) == 35
    assert current_key(ledger) == key
    assert access_of(ledger).keys == (key,)


def test_a_new_key_holds_beside_the_old_one_until_that_is_revoked(ledger: Ledger) -> None:
    old = current_key(ledger)
    new = new_key(ledger)
    assert access_of(ledger).keys == (old, new)
    assert current_key(ledger) == new
    revoke_key(ledger, old)
    revoke_key(ledger, old)
    assert access_of(ledger).keys == (new,)
    with pytest.raises(UnknownNameError, match="write key"):
        revoke_key(ledger, "zg_nix")


def test_origins_are_replaced_as_a_whole(ledger: Ledger) -> None:
    assert allow_origins(ledger, ("https://B.example/", "http://a.example:80", "https://b.example")) == (
        "https://b.example", "http://a.example",
    )  # fmt: skip
    assert access_of(ledger).origins == ("http://a.example", "https://b.example")
    with pytest.raises(DefinitionError, match="is no origin"):
        allow_origins(ledger, ("https://c.example", "shop"))
    assert access_of(ledger).origins == ("http://a.example", "https://b.example")
    allow_origins(ledger, ())
    assert access_of(ledger).origins == ()


def test_a_change_by_another_process_is_noticed(tmp_path: Path, ledger: Ledger) -> None:
    keys = Keys(tmp_path, look_every=0)
    assert keys.access() == Access((), ())
    key = new_key(ledger)
    assert keys.access().keys == (key,)
    allow_origins(ledger, ("https://a.example",))
    assert keys.access().origins == ("https://a.example",)
    revoke_key(ledger, key)
    assert keys.access().keys == ()


def test_between_two_looks_the_ledger_is_left_alone(tmp_path: Path, ledger: Ledger) -> None:
    keys = Keys(tmp_path, look_every=1000)
    assert keys.access().keys == ()
    new_key(ledger)
    assert keys.access().keys == ()


@pytest.mark.parametrize(
    "text",
    ["", "shop.example", "ftp://shop.example", "https://", "https://shop.example/path", "https://a b", "https://x:y",
     "https://shop.example?x", "https://*.*.example", "https://user@shop.example", "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError) as error:
        checked_origin(text)
    assert "来源" in error.value.said("zh")


MATCHES = [
    ("https://shop.example", "https://shop.example", True),
    ("https://SHOP.example", "https://shop.example", True),
    ("https://shop.example:443", "https://shop.example", True),
    ("https://shop.example:8443", "https://shop.example", False),
    ("https://shop.example:8443", "https://shop.example:*", True),
    ("http://shop.example", "https://shop.example", False),
    ("https://shop.example.evil.example", "https://shop.example", False),
    ("https://evilshop.example", "https://*.shop.example", False),
    ("https://a.b.shop.example", "https://*.shop.example", True),
    ("https://shop.example", "https://*.shop.example", False),
    ("https://shop.example@evil.example", "https://shop.example", False),
    ("https://shop.example/x", "https://shop.example", False),
    ("null", "https://shop.example", False),
    ("null", "*", True),
    ("https://[::1", "https://shop.example", False),
    ("https://x:99999", "https://x", False),
]


@pytest.mark.parametrize(("origin", "rule", "allowed"), MATCHES)
def test_an_origin_is_compared_with_a_rule(origin: str, rule: str, allowed: bool) -> None:
    assert origin_matches(origin, (rule,)) is allowed


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [("", True), ("http://localhost:5000", True), ("http://127.0.0.1", True), ("https://[::1]:8443", True),
     ("http://localhost.evil.example", False), ("https://shop.example", False), ("null", False)],
)  # fmt: skip
def test_without_origins_only_this_machine_and_servers_may_send(origin: str, allowed: bool) -> None:
    assert Access(("k",), ()).allows(origin) is allowed
    assert Access(("k",), ("https://shop.example",)).allows("http://localhost:5000") is False
    assert all(checked_origin(rule) == rule for rule in LOOPBACK_ORIGINS)
