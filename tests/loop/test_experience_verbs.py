"""Experience, friction and live as verbs: on a simulated shop, an empty one, and one that has orders only."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.http.shapes import misfits

import zhanggui
from zhanggui.basics.errors import NotMeasurable
from zhanggui.loop.verbs import verbs

NOON = "2026-09-15T12:00"


@pytest.fixture(scope="module")
def homeware(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zhanggui.Shop]:
    """One month of a very small simulated shop."""
    folder = tmp_path_factory.mktemp("simulated") / "shop"
    zhanggui.create_shop(folder, "Homeware", "CNY", "Asia/Shanghai")
    with zhanggui.open_shop(folder) as opened:
        opened.import_("simulated", scale=0.05, months=1, seed=4)
        yield opened


def ask(shop: zhanggui.Shop, verb: str) -> Any:
    """The answer of ``verb`` in the fullest form."""
    if verb == "live":
        return shop.live(minutes=600, as_of=NOON)
    return shop.experience(against="previous") if verb == "experience" else shop.friction()


@pytest.mark.parametrize("verb", ["experience", "friction", "live"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_document_has_the_shape_that_the_verb_promises(homeware: zhanggui.Shop, verb: str, language: str) -> None:
    document = json.loads(json.dumps(ask(homeware, verb).to_json(language)))
    assert misfits(document, dict(verbs()[verb].gives)) == []
    assert document["words"]["en"] != document["words"]["zh"]


@pytest.mark.parametrize("verb", ["experience", "friction", "live"])
def test_an_answer_is_tables_with_a_title_each(homeware: zhanggui.Shop, verb: str) -> None:
    grids = ask(homeware, verb).grids()
    assert len(grids) > 1
    for grid in grids:
        assert grid.rows
        assert all(len(row) == len(grid.columns) for row in grid.rows)
    assert all(grid.title for grid in grids[1:])
    assert ask(homeware, verb).to_arrow().num_rows == len(grids[0].rows)


def test_page_types_come_with_all_pages_as_the_last_row(homeware: zhanggui.Shop) -> None:
    table = homeware.experience().to_arrow().to_pylist()
    assert table[-1]["page_type"] == "all pages"
    assert table[-1]["views"] == sum(row["views"] for row in table[:-1])


def test_the_sessions_of_the_experience_are_those_of_the_kpi(homeware: zhanggui.Shop) -> None:
    document = homeware.experience().to_json()
    sessions = homeware.kpi("sessions").to_json()["total"]["sessions"]["value"]
    assert sum(row["sessions"] for row in document["devices"]) == sessions
    assert document["slow_sessions"]["sessions"] <= sessions
    assert sum(band["sessions"] for band in document["bands"]) == document["slow_sessions"]["sessions"]


def test_abandonment_is_that_of_the_kpi(homeware: zhanggui.Shop) -> None:
    document = homeware.friction().to_json()
    total = homeware.kpi(["cart_abandonment_rate", "checkout_abandonment_rate"]).to_json()["total"]
    assert document["cart"]["rate"] == pytest.approx(total["cart_abandonment_rate"]["value"])
    assert document["checkout"]["rate"] == pytest.approx(total["checkout_abandonment_rate"]["value"])


@pytest.mark.parametrize("verb", ["experience", "friction"])
def test_the_sql_of_an_answer_has_no_blanks_left(homeware: zhanggui.Shop, verb: str) -> None:
    statements = ask(homeware, verb).to_json()["sql"]
    assert len(statements) >= 5
    for statement in statements:
        assert "/*" not in statement
        assert statement.startswith(("SELECT", "WITH"))


def test_a_lower_limit_makes_more_sessions_slow(homeware: zhanggui.Shop) -> None:
    shares = [homeware.experience(slow_ms=limit).to_json()["slow_sessions"]["share"] for limit in (500, 2500, 9000)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]


def test_live_is_never_kept_but_the_others_are() -> None:
    assert not verbs()["live"].keeps
    assert verbs()["experience"].keeps
    assert not any(verbs()[name].writes for name in ("experience", "friction", "live"))


def test_a_shop_with_orders_only_tells_friction_of_orders(shop: zhanggui.Shop) -> None:
    document = shop.friction().to_json()
    assert document["cart"] is None
    assert document["not_measurable"]["products"] == "needs events.product_id"
    with pytest.raises(NotMeasurable, match="needs events"):
        shop.experience()
    with pytest.raises(NotMeasurable, match="tracker"):
        shop.live()


def test_an_empty_shop_says_what_it_needs(empty: Path) -> None:
    with zhanggui.open_shop(empty) as opened:
        for ask_it in (opened.experience, opened.friction, opened.live):
            with pytest.raises(NotMeasurable):
                ask_it()


def test_tables_for_people_end_where_their_lists_get_long(homeware: zhanggui.Shop) -> None:
    answer = homeware.experience()
    assert len(answer.to_json()["searches"]["queries"]) > 10
    searches = answer.grids()[-1]
    assert len(searches.rows) == 10
    assert "10 most" in searches.title.en
    assert "10 项" in searches.title.zh


def test_live_tells_minutes_by_the_clock_of_the_shop(homeware: zhanggui.Shop) -> None:
    answer = ask(homeware, "live")
    shown = [row[0] for row in answer.grids()[0].rows]
    assert set(shown) <= {row["minute"][11:16] for row in answer.to_json()["per_minute"]}
