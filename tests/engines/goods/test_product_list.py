"""The product list of a small shop, worked by hand."""

from __future__ import annotations

from datetime import date

import pytest

from zhanggui.basics.errors import DefinitionError, NotMeasurable, UnknownNameError
from zhanggui.basics.periods import Window
from zhanggui.engines.goods import COLUMNS, VIEWS, ProductQuery, product_list
from zhanggui.engines.goods.statement import VIEW_ORDERS, block_sql, bound, list_sql
from zhanggui.metrics import Question, answer

PRODUCTS = [
    # id, name, category, brand, list price, listed, delisted
    ("pie", "Apple Pie", "Food > Cake", "Ann", 12, "2025-01-01", None),
    ("bun", "Bun 100% rye", "Food > Bread", "Bob", None, "2026-01-12", None),
    ("tea", "绿茶", "Food", None, 5, "2025-01-01", None),
    ("chair", "Chair", "Home", None, None, "2025-01-01", None),
    ("lamp", "Lamp", "Home", None, None, "2025-01-01", "2026-01-02"),
    ("later", "Later", "Home", None, None, "2026-02-01", None),
]
EVENTS = [
    # day of January, event, bot
    (12, "view_item", None),
    (13, "view_item", False),
    (13, "view_item", True),
    (13, "add_to_cart", None),
    (5, "view_item", None),
]


@pytest.fixture(scope="module")
def week(weeks):
    """The window of the list."""
    return Window(*weeks[1:])


@pytest.fixture(scope="module")
def shop(shop_of, make_order, make_line, moment):
    """Pie falls, bun is new, tea rises, chair does not sell, lamp is delisted, "x" is sold but not listed."""
    return shop_of(
        orders=[
            make_order("1", 5),
            make_order("2", 12),
            make_order("3", 13),
            make_order("4", 14, status="cancelled"),
            make_order("5", 15),
        ],
        order_lines=[
            make_line("1", 10, 3, product_id="pie", unit_cost=4),
            make_line("1", 2, 1, line_no=2, product_id="tea"),
            make_line("2", 12, 1, product_id="pie", discount_amount=2, unit_cost=4),
            make_line("2", 10, 1, line_no=2, product_id="bun"),
            make_line("3", 5, 2, product_id="tea"),
            make_line("4", 500, 1, product_id="pie"),
            make_line("5", 7, 1, product_id="x"),
            make_line("5", 5, 2, line_no=2, product_id="tea"),
            make_line("5", 5, 1, line_no=3, product_id="tea"),
        ],
        products=[
            {"product_id": p, "name": name, "category": category, "brand": brand, "list_price": price}
            | {"listed_on": listed, "delisted_on": delisted}
            for p, name, category, brand, price, listed, delisted in PRODUCTS
        ],
        price_changes=[
            {"product_id": "pie", "changed_at": moment(2), "price": 10},
            {"product_id": "pie", "changed_at": moment(13), "price": 11},
            {"product_id": "pie", "changed_at": moment(25), "price": 99},
        ],
        stock_levels=[
            {"taken_at": moment(10), "product_id": "pie", "warehouse": "n", "on_hand": 5},
            {"taken_at": moment(16), "product_id": "pie", "warehouse": "n", "on_hand": 3},
            {"taken_at": moment(10), "product_id": "pie", "warehouse": "s", "on_hand": 1},
            {"taken_at": moment(20), "product_id": "pie", "warehouse": "s", "on_hand": 90},
            {"taken_at": moment(10), "product_id": "chair", "warehouse": "n", "on_hand": 0},
        ],
        refunds=[
            {"refund_id": "r", "order_id": "2", "refunded_at": moment(25), "amount": 4},
            {"refund_id": "s", "order_id": "1", "refunded_at": moment(13), "amount": 9},
        ],
        reviews=[
            {"review_id": "1", "product_id": "pie", "created_at": moment(2), "rating": 5},
            {"review_id": "2", "product_id": "pie", "created_at": moment(12), "rating": 2},
            {"review_id": "3", "product_id": "pie", "created_at": moment(25), "rating": 1},
        ],
        events=[
            {"event_id": str(n), "occurred_at": moment(day), "visitor_id": "v", "session_id": "s", "event": event}
            | {"product_id": "pie", "is_bot": bot}
            for n, (day, event, bot) in enumerate(EVENTS)
        ],
    )


@pytest.fixture(scope="module")
def rows(shop, week):
    """The whole list by product."""
    return {row.product_id: row for row in product_list(shop, ProductQuery(week)).rows}


def ids(shop, week, **query):
    """Product ids of a list, in order."""
    return [row.product_id for row in product_list(shop, ProductQuery(week, **query)).rows]


def test_sales_leave_out_cancelled_orders_and_take_off_discounts(rows):
    pie = rows["pie"]
    assert (pie.sales, pie.units, pie.orders, pie.price) == (10, 1, 1, 10)


def test_sales_are_compared_with_the_week_before(rows):
    pie = rows["pie"]
    assert (pie.sales_before, pie.units_before, pie.change) == (30, 3, -20)
    assert pie.change_rate == pytest.approx(-2 / 3)
    assert rows["bun"].change_rate is None


def test_shares_sum_to_one_over_all_products(rows):
    assert sum(row.share for row in rows.values()) == pytest.approx(1)
    assert rows["pie"].share == pytest.approx(10 / 52)


def test_several_lines_of_one_order_are_one_order(rows):
    assert (rows["tea"].orders, rows["tea"].units) == (2, 5)


def test_a_product_that_is_sold_but_not_listed_is_there(rows):
    assert (rows["x"].sales, rows["x"].name) == (7, None)


def test_a_product_without_sales_has_zeros_and_no_averages(rows):
    chair = rows["chair"]
    assert (chair.sales, chair.units, chair.orders, chair.share) == (0, 0, 0, 0)
    assert (chair.price, chair.return_rate, chair.margin, chair.first_sold) == (None, None, None, None)


def test_stock_is_the_last_known_of_every_warehouse_at_the_end_of_the_window(rows):
    pie = rows["pie"]
    assert (pie.stock, pie.stocked_out) == (4, False)
    assert pie.cover_days == pytest.approx(4 * 28 / 4)
    assert (rows["chair"].stock, rows["chair"].stocked_out, rows["chair"].cover_days) == (0, True, None)
    assert (rows["tea"].stock, rows["tea"].stocked_out) == (None, None)


def test_refunds_are_all_to_date_of_the_orders_of_the_window(rows):
    assert rows["pie"].refunded == pytest.approx(2)
    assert rows["pie"].return_rate == pytest.approx(0.2)
    assert rows["tea"].refunded == 0


def test_ratings_count_to_the_end_of_the_window(rows):
    assert (rows["pie"].rating, rows["pie"].reviews) == (3.5, 2)
    assert (rows["bun"].rating, rows["bun"].reviews) == (None, 0)


def test_the_list_price_is_the_one_in_force_and_falls_back_to_the_product(rows):
    assert (rows["pie"].list_price, rows["pie"].list_price_before) == (11, 10)
    assert (rows["tea"].list_price, rows["tea"].list_price_before) == (5, None)


def test_views_leave_out_bots_and_other_weeks(rows):
    assert (rows["pie"].views, rows["pie"].add_to_carts) == (2, 1)
    assert rows["tea"].views == 0


def test_the_margin_counts_lines_whose_cost_is_known(rows):
    assert rows["pie"].margin == pytest.approx(0.6)
    assert rows["tea"].margin is None


def test_days_are_those_of_first_sale_and_listing(rows):
    assert (rows["pie"].first_sold, rows["pie"].listed_on) == (date(2026, 1, 5), date(2025, 1, 1))
    assert rows["pie"].to_json()["first_sold"] == "2026-01-05"


def test_the_trend_is_the_sales_of_each_day(rows):
    assert rows["tea"].trend == (0, 10, 0, 15, 0, 0, 0)
    assert sum(rows["pie"].trend) == rows["pie"].sales


def test_long_windows_have_whole_weeks_as_trend(shop):
    found = product_list(shop, ProductQuery(Window(date(2025, 12, 1), date(2026, 1, 19)), against=None))
    tea = next(row for row in found.rows if row.product_id == "tea")
    assert (found.trend_days, tea.trend) == (7, (0, 0, 0, 0, 0, 2, 25))


def test_a_trend_of_years_has_buckets_of_four_weeks(shop):
    found = product_list(shop, ProductQuery(Window(date(2025, 1, 19), date(2026, 1, 19)), against=None))
    tea = next(row for row in found.rows if row.product_id == "tea")
    assert (found.trend_days, len(tea.trend), tea.trend[-1]) == (28, 14, 27)


def test_sales_per_product_are_those_of_the_kpi(shop, week):
    found = answer(shop, Question(("sales", "orders", "refund_rate"), by=("product",), window=week))
    listed = {row.product_id: row for row in product_list(shop, ProductQuery(week)).rows}
    assert found.rows
    for row in found.rows:
        mine = listed[row.keys["product"]]
        assert mine.sales == pytest.approx(row.cells["sales"].value)
        assert mine.orders == row.cells["orders"].value
        assert mine.return_rate == pytest.approx(row.cells["refund_rate"].value)


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("all", ["tea", "bun", "pie", "x", "chair", "lamp", "later"]),
        ("top", ["tea", "bun", "pie", "x"]),
        ("bottom", ["x", "bun", "pie", "tea"]),
        ("falling", ["pie"]),
        ("rising", ["tea", "bun", "x"]),
        ("new", ["bun", "x"]),
        ("not-selling", ["chair"]),
    ],
)
def test_each_view_shows_its_products_in_its_order(shop, week, view, expected):
    assert ids(shop, week, view=view) == expected


def test_every_view_has_words_and_an_order():
    assert set(VIEWS) == set(VIEW_ORDERS)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"search": "PIE"}, ["pie"]),
        ({"search": "绿"}, ["tea"]),
        ({"search": "100%"}, ["bun"]),
        ({"search": "_"}, []),
        ({"search": "'; DROP TABLE orders; --"}, []),
        ({"category": "Food"}, ["tea", "bun", "pie"]),
        ({"category": "Food > Cake"}, ["pie"]),
        ({"category": "Foo"}, []),
        ({"where": (("brand", "Ann"), ("brand", "Bob"))}, ["bun", "pie"]),
        ({"where": (("category_1", "Food"), ("brand", "Bob"))}, ["bun"]),
        ({"where": (("category_2", "Bread"),)}, ["bun"]),
        ({"where": (("category_2", "(none)"),), "view": "top"}, ["tea", "x"]),
        ({"where": (("product", "x"),)}, ["x"]),
        ({"where": (("brand", "(none)"),), "view": "top"}, ["tea", "x"]),
    ],
)
def test_search_and_filters_narrow_the_list(shop, week, query, expected):
    assert ids(shop, week, **query) == expected


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ({"sort": "stock"}, "pie"),
        ({"sort": "name"}, "pie"),
        ({"sort": "name", "descending": True}, "tea"),
        ({"sort": "rating", "descending": False}, "pie"),
        ({"sort": "change", "descending": False}, "pie"),
        ({"sort": "first_sold"}, "x"),
    ],
)
def test_any_column_sorts_and_unknown_values_come_last(shop, week, query, first):
    assert ids(shop, week, **query)[0] == first


def test_every_column_sorts(shop, week):
    orders = {column.name: list_sql((), (), (column.name, True)) for column in COLUMNS if column.name != "trend"}
    for name in ("brand", "stocked_out", "cover_days", "margin", "delisted_on"):
        assert len(ids(shop, week, sort=name)) == 7
    assert all(f"ORDER BY {name} DESC NULLS LAST, product_id" in sql for name, sql in orders.items())


def test_pages_count_all_products(shop, week):
    first = product_list(shop, ProductQuery(week, limit=3))
    last = product_list(shop, ProductQuery(week, limit=3, offset=6))
    past = product_list(shop, ProductQuery(week, limit=3, offset=60))
    assert (first.count, last.count, past.count) == (7, 7, 7)
    assert ([len(page.rows) for page in (first, last, past)]) == [3, 1, 0]
    assert past.total_sales == 52


def test_the_json_names_what_can_not_be_measured(shop_of, make_order, make_line, week):
    bare = shop_of(
        orders=[make_order("1", 13), make_order("2", 6)], order_lines=[make_line("1", 10), make_line("2", 4)]
    )
    found = product_list(bare, ProductQuery(week)).to_json()
    assert found["not_measurable"]["stock"] == "needs stock_levels"
    assert found["not_measurable"]["return_rate"] == "needs refunds"
    assert "stock" not in found["columns"]
    assert {"sales", "orders", "trend", "first_sold"} <= set(found["columns"])
    row = found["rows"][0]
    assert (row["sales"], row["orders"], row["stock"], row["reviews"]) == (10, 1, None, None)
    assert found["count"] == 1


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_works_on_a_shop_that_has_orders_only(bare, week, view):
    product_list(bare, ProductQuery(week, view=view))
    assert ids(bare, week, view=view, search="p", category="a") == []


@pytest.fixture(scope="module")
def bare(shop_of, make_order, make_line):
    """Orders and lines, nothing else."""
    return shop_of(
        orders=[make_order("1", 13), make_order("2", 6)], order_lines=[make_line("1", 10), make_line("2", 4)]
    )


def test_products_without_any_order_are_listed(shop_of, week):
    shop = shop_of(products=[{"product_id": "p", "name": "Pen"}])
    found = product_list(shop, ProductQuery(week))
    assert [row.product_id for row in found.rows] == ["p"]
    assert found.rows[0].sales is None
    assert found.not_measurable["sales"].en == "needs orders, order_lines"


def test_a_shop_without_products_and_orders_says_what_to_do(shop_of, week):
    with pytest.raises(NotMeasurable, match="import some first"):
        product_list(shop_of(), ProductQuery(week))


def test_without_a_comparison_nothing_is_compared(shop, week):
    found = product_list(shop, ProductQuery(week, against=None))
    assert found.against is None
    assert found.rows[0].change is None
    assert found.not_measurable["change"].en == "no comparison was asked for"


def test_a_week_before_the_first_order_is_unknown_not_zero(shop, week):
    found = product_list(shop, ProductQuery(week, against="2024-01-01..2024-01-08"))
    assert found.rows[0].sales_before is None
    assert "no data" in found.not_measurable["sales_before"].en
    with pytest.raises(NotMeasurable, match="falling"):
        product_list(shop, ProductQuery(week, against="2024-01-01..2024-01-08", view="falling"))


def test_sorting_by_what_the_shop_lacks_says_so(shop_of, make_order, make_line, week):
    bare = shop_of(orders=[make_order("1", 13)], order_lines=[make_line("1", 10)])
    with pytest.raises(NotMeasurable, match="needs stock_levels"):
        product_list(bare, ProductQuery(week, sort="stock"))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"view": "topp"}, "did you mean top"),
        ({"sort": "sale"}, "sales"),
        ({"where": (("device", "a"),)}, "filter of products"),
    ],
)
def test_unknown_names_suggest_near_ones(shop, week, query, message):
    with pytest.raises(UnknownNameError, match=message):
        product_list(shop, ProductQuery(week, **query))


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 5000}, {"offset": -1}])
def test_pages_that_make_no_sense_are_refused(shop, week, query):
    with pytest.raises(DefinitionError, match="ask for"):
        product_list(shop, ProductQuery(week, **query))


def test_days_are_those_of_the_shop(shop_of, make_line, week):
    shop = shop_of(
        timezone="Asia/Shanghai",
        orders=[{"order_id": "1", "placed_at": "2026-01-11T16:30:00Z", "status": "paid"}],
        order_lines=[make_line("1", 10)],
    )
    row = product_list(shop, ProductQuery(week)).rows[0]
    assert (row.sales, row.first_sold, row.trend[0]) == (10, date(2026, 1, 12), 10)


def test_the_list_becomes_a_table(shop, week):
    table = product_list(shop, ProductQuery(week)).to_arrow()
    assert table.num_rows == 7
    assert "trend" not in table.column_names
    assert table.column("sales").to_pylist()[0] == 25


def test_names_become_numbered_parameters_and_casts_stay():
    assert bound("a::DATE = :day AND b = :x OR c = :day", {"x": 1, "day": 2}) == (
        "a::DATE = $1 AND b = $2 OR c = $1",
        [2, 1],
    )


def test_the_sql_shown_is_without_comments():
    assert "--" not in block_sql("sold")
