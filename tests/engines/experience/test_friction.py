"""Cart and checkout friction: by hand, and against plain Python."""

from __future__ import annotations

from collections import defaultdict

import pytest
from tests.engines.experience.conftest import WINDOW

from zhanggui.basics.errors import NotMeasurable, UnknownNameError
from zhanggui.engines.experience import friction
from zhanggui.engines.experience.friction_types import STEPS, AtTheTime, Goods, Left, Split
from zhanggui.engines.experience.friction_words import in_words
from zhanggui.metrics import Question, answer

EVENTS = (*STEPS, "purchase")


@pytest.fixture(scope="module")
def found(visits):
    return friction(visits.shop, WINDOW)


def kinds(steps):
    return {step["event"] for step in steps}


def test_carts_and_checkouts_left_are_those_of_plain_python(found, visits):
    for split, mine in (
        (found.overall, list(visits.sessions.values())),
        *((row, [s for s in visits.sessions.values() if s[0]["device"] == row.key]) for row in found.by_device),
        *((row, [s for s in visits.sessions.values() if s[0]["country"] == row.key]) for row in found.by_country),
    ):
        for left, event in ((split.carts, "add_to_cart"), (split.checkouts, "begin_checkout")):
            reached = [kinds(steps) for steps in mine if event in kinds(steps)]
            assert (left.reached, left.left) == (len(reached), sum("purchase" not in each for each in reached))
            assert left.interval[0] <= left.rate <= left.interval[1]


def test_a_step_is_left_by_those_who_came_no_further(found, visits):
    assert list(found.overall.steps) == list(STEPS)
    for place, step in enumerate(STEPS):
        reached = [kinds(steps) for steps in visits.sessions.values() if step in kinds(steps)]
        stayed = sum(bool(each & set(EVENTS[place + 1 :])) for each in reached)
        assert found.overall.steps[step].reached == len(reached)
        assert found.overall.steps[step].left == len(reached) - stayed


def test_the_rates_are_those_of_the_kpis(found, visits):
    names = ("cart_abandonment_rate", "checkout_abandonment_rate")
    totals = answer(visits.shop, Question(names, window=WINDOW)).total
    assert found.overall.carts.rate == pytest.approx(totals[names[0]].value)
    assert found.overall.checkouts.rate == pytest.approx(totals[names[1]].value)


def test_products_left_and_bought_are_those_of_plain_python(found, visits):
    lines = visits.shop.warehouse.query("SELECT order_id, product_id FROM order_lines").to_pylist()
    sold = defaultdict(set)
    for line in lines:
        sold[line["order_id"]].add(line["product_id"])
    carts = defaultdict(list)
    for steps in visits.sessions.values():
        bought = set().union(*(sold[step["order_id"]] for step in steps if step["event"] == "purchase"))
        for product in {step["product_id"] for step in steps if step["event"] == "add_to_cart"}:
            carts[product].append(product in bought)
    assert {goods.product_id for goods in found.products} == set(carts)
    for goods in found.products:
        mine = carts[goods.product_id]
        assert (goods.carts.reached, goods.carts.left) == (len(mine), mine.count(False))
    assert found.all_products.carts.reached == sum(map(len, carts.values()))
    assert found.all_products.carts.left == sum(mine.count(False) for mine in carts.values())


def test_coupons_and_fees_count_orders_never_paid(found, visits):
    orders = visits.shop.warehouse.query(
        "SELECT *, paid_at IS NULL AND status <> 'paid' AS unpaid FROM orders "
        "WHERE placed_at >= '2026-01-11 16:00:00+00' AND placed_at < '2026-01-18 16:00:00+00'"
    ).to_pylist()
    for row in found.coupons:
        mine = [order["unpaid"] for order in orders if (order["coupon_code"] is not None) == row.used]
        assert (row.orders.reached, row.orders.left) == (len(mine), sum(mine))
    for band in found.fees:
        assert band.basis == "order"
        mine = [
            order["unpaid"]
            for order in orders
            if order["shipping_amount"] is not None and band.from_fee <= float(order["shipping_amount"]) <= band.to_fee
        ]
        assert (band.left.reached, band.left.left) == (len(mine), sum(mine))
    assert sum(band.left.reached for band in found.fees) == sum(
        order["shipping_amount"] is not None for order in orders
    )


def test_a_filter_narrows_sessions_and_their_orders(visits):
    narrow = friction(visits.shop, WINDOW, (("device", "mobile"),))
    mobile = [steps for steps in visits.sessions.values() if steps[0]["device"] == "mobile"]
    assert narrow.overall.carts.reached == sum("add_to_cart" in kinds(steps) for steps in mobile)
    ids = {step["order_id"] for steps in mobile for step in steps if step["event"] == "purchase"}
    placed = visits.shop.warehouse.query("SELECT order_id, placed_at FROM orders").to_pylist()
    inside = {row["order_id"] for row in placed if str(row["placed_at"]) < "2026-01-18 16:00:00"}
    assert sum(row.orders.reached for row in narrow.coupons) == len(ids & inside)


@pytest.fixture(scope="module")
def hand_made(shop_of, moment):
    """Session a buys the pie, b leaves it after its price, fee and stock moved; c leaves 茶 on the phone."""
    steps = [
        # session, hour, event, product
        ("a", 9, "add_to_cart", "pie"),
        ("a", 10, "purchase", None),
        ("b", 15, "add_to_cart", "pie"),
        ("b", 16, "begin_checkout", None),
        ("c", 15, "add_to_cart", "茶"),
    ]
    return shop_of(
        events=[
            {"event_id": str(n), "occurred_at": moment(13, hour), "visitor_id": session, "session_id": session}
            | {"event": event, "product_id": product, "device": "mobile" if session == "c" else "desktop"}
            for n, (session, hour, event, product) in enumerate(steps)
        ],
        products=[{"product_id": "pie", "name": "Pie"}, {"product_id": "茶", "name": "绿茶 🍵", "list_price": 7}],
        price_changes=[
            {"product_id": "pie", "changed_at": moment(2), "price": 10, "shipping_fee": 0},
            {"product_id": "pie", "changed_at": moment(13, 12), "price": 12, "shipping_fee": 6},
            {"product_id": "pie", "changed_at": moment(14), "price": 99, "shipping_fee": 99},
        ],
        stock_levels=[
            {"taken_at": moment(12), "product_id": "pie", "warehouse": "n", "on_hand": 5},
            {"taken_at": moment(12), "product_id": "pie", "warehouse": "s", "on_hand": 2},
            {"taken_at": moment(13, 12), "product_id": "pie", "warehouse": "n", "on_hand": -2},
            {"taken_at": moment(13, 18), "product_id": "pie", "warehouse": "s", "on_hand": 50},
        ],
        payments=[
            {"attempt_id": "1", "order_id": "x", "attempted_at": moment(13), "method": "card", "status": "failed"},
            {"attempt_id": "2", "order_id": "x", "attempted_at": moment(13, 13), "method": "wallet",
             "status": "succeeded"},
            {"attempt_id": "3", "order_id": "y", "attempted_at": moment(13), "method": "card", "status": "failed"},
            {"attempt_id": "4", "order_id": "y", "attempted_at": moment(13, 13), "method": "card", "status": "failed"},
            {"attempt_id": "5", "order_id": None, "attempted_at": moment(13), "method": "card", "status": "failed"},
            {"attempt_id": "6", "order_id": "z", "attempted_at": moment(13), "method": "card", "status": "pending"},
            {"attempt_id": "7", "order_id": "v", "attempted_at": moment(25), "method": "card", "status": "failed"},
        ],
    )  # fmt: skip


def test_a_product_stands_as_it_stood_when_it_was_put_into_the_cart(hand_made):
    goods = {each.product_id: each for each in friction(hand_made, WINDOW).products}
    pie = goods["pie"]
    assert (pie.carts.reached, pie.carts.left) == (2, 1)
    left, bought = pie.when_left, pie.when_bought
    assert (bought.price, bought.shipping_fee, bought.stock, bought.out_of_stock) == (10, 0, 7, 0)
    assert (left.price, left.shipping_fee, left.stock, left.out_of_stock) == (12, 6, 0, 1)


def test_a_product_without_price_changes_has_its_list_price_and_no_stock(hand_made):
    tea = next(each for each in friction(hand_made, WINDOW).products if each.product_id == "茶")
    assert (tea.name, tea.when_left.price, tea.when_left.stock, tea.when_left.shipping_fee) == (
        "绿茶 🍵",
        7,
        None,
        None,
    )
    assert (tea.when_bought.price, tea.carts.rate) == (None, 1)


def test_carts_are_banded_by_the_highest_fee_of_their_goods(hand_made):
    bands = friction(hand_made, WINDOW).fees
    assert [(band.basis, band.from_fee, band.to_fee, band.left.reached, band.left.left) for band in bands] == [
        ("cart", 0, 0, 1, 0),
        ("cart", 6, 6, 1, 1),
    ]


def test_an_order_is_abandoned_when_no_method_ever_paid_it(hand_made):
    methods = {each.payment_method: each for each in friction(hand_made, WINDOW).methods}
    card, wallet = methods["card"], methods["wallet"]
    assert (card.attempts, card.failed, card.orders.reached, card.orders.left) == (5, 4, 4, 2)
    assert (wallet.attempts, wallet.failed, wallet.orders.left) == (1, 0, 0)


def test_the_words_name_the_product_and_the_document_says_what_is_missing(hand_made):
    found = friction(hand_made, WINDOW)
    assert "66.7 % of 3 carts" in found.words.en
    document = found.to_json("zh")
    assert document["not_measurable"]["by_coupon"] == "需要 orders.coupon_code、orders.paid_at"
    assert document["by_coupon"] == []
    assert document["cart"] == {"sessions": 3, "abandoned": 2, "rate": pytest.approx(2 / 3)} | {
        "low": found.overall.carts.interval[0],
        "high": found.overall.carts.interval[1],
    }


def test_a_product_is_named_as_unusual_only_where_it_is(found):
    then = AtTheTime(None, None, None, None)
    many = Goods("p1", "Pillow", Left(80, 36), then, then, unusual=False)
    odd = Goods("p2", "Plant pot", Left(20, 14), then, then, unusual=True)
    told = in_words(found.overall, (), (), (many, odd))
    assert "more often than other products: Plant pot, in 70.0 % of 20" in told.en
    assert "比其他商品更常被放弃：Plant pot" in told.zh
    assert "No product stands out; left in the largest number: Pillow" in in_words(found.overall, (), (), (many,)).en


def test_sessions_alone_tell_carts_but_no_steps(shop_of, moment):
    sessions = [
        {"session_id": str(n), "started_at": moment(13), "device": "mobile", "page_views": 3, "item_views": 1}
        | {"add_to_carts": carts, "checkouts": 0, "purchases": bought, "is_bounce": False}
        for n, (carts, bought) in enumerate([(2, 1), (1, 0), (0, 0)])
    ]
    found = friction(shop_of(sessions=sessions), WINDOW)
    assert (found.overall.carts.reached, found.overall.carts.left) == (2, 1)
    assert found.overall.steps == {}
    assert found.not_measurable["steps"].en == "needs events"


def test_payments_alone_are_enough(shop_of, moment):
    rows = [{"attempt_id": "1", "attempted_at": moment(13), "method": "card", "status": "failed"}]
    found = friction(shop_of(payments=rows), WINDOW)
    assert [method.orders.left for method in found.methods] == [1]
    assert (found.overall.carts, found.products, found.fees) == (None, (), ())
    assert "Nothing was put" in found.words.en


def test_an_empty_shop_says_what_it_needs(shop_of):
    with pytest.raises(NotMeasurable, match="needs events"):
        friction(shop_of(), WINDOW)


def test_an_unknown_filter_is_refused(visits):
    with pytest.raises(UnknownNameError, match="did you mean country"):
        friction(visits.shop, WINDOW, (("contry", "x"),))


def test_a_device_that_stands_out_is_named_in_the_words_of_the_reader():
    steps = {"begin_checkout": Left(1000, 500)}
    devices = [Split("mobile", None, Left(1000, 600), {}), Split("desktop", None, Left(1000, 300), {})]
    words = in_words(Split(None, None, Left(2000, 900), steps), devices, (), ())
    assert "most often on mobile (60.0 %; desktop 30.0 %)" in words.en
    assert "手机上放弃结算最多（60.0%；电脑为 30.0%）" in words.zh
