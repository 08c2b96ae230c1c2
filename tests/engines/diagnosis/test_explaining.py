"""Explanations of small shops, worked by hand."""

from __future__ import annotations

import math
from datetime import date

import pytest

from zhanggui.basics.errors import DefinitionError, NotMeasurable, UnknownNameError
from zhanggui.basics.periods import Window
from zhanggui.engines.diagnosis import explain
from zhanggui.engines.diagnosis.splitting import MOST_GROUPS
from zhanggui.metrics import Question, answer


def total_of(found):
    """Sum of the contributions of the top drivers."""
    return math.fsum(driver.contribution for driver in found.drivers)


def by_kind(found):
    """Drivers by (name, kind)."""
    return {(driver.name, driver.kind): driver for driver in found.drivers}


@pytest.fixture(scope="module")
def week(weeks):
    """The window that is explained."""
    return Window(*weeks[1:])


@pytest.fixture(scope="module")
def shop(shop_of, make_order, make_line, moment):
    """Before: mobile 30, desktop 20. After: mobile 30 + 45, desktop 40, tablet 14. Two categories meet in order 3."""
    return shop_of(
        orders=[
            make_order("1", 5, customer_id="a", device="mobile"),
            make_order("2", 6, customer_id="b", device="desktop"),
            make_order("3", 12, customer_id="a", device="mobile"),
            make_order("4", 13, customer_id="c", device="mobile"),
            make_order("5", 14, device="desktop"),
            make_order("6", 15, customer_id="c", device="tablet"),
            make_order("7", 15),
        ],
        order_lines=[
            make_line("1", 10, 3),
            make_line("2", 20, 1, product_id="q"),
            make_line("3", 10, 2),
            make_line("3", 10, 1, line_no=2, product_id="q"),
            make_line("4", 9, 5),
            make_line("5", 40, product_id="q"),
            make_line("6", 7, 2),
            make_line("7", 6),
        ],
        products=[{"product_id": "p", "category": "Home"}, {"product_id": "q", "category": "Food"}],
        refunds=[
            {"refund_id": "r", "order_id": "1", "refunded_at": moment(8), "amount": 6},
            {"refund_id": "s", "order_id": "4", "refunded_at": moment(20), "amount": 9},
        ],
        shipments=[
            {
                "shipment_id": str(n),
                "order_id": "1",
                "carrier": carrier,
                "shipped_at": moment(a),
                "delivered_at": moment(b),
            }
            for n, (carrier, a, b) in enumerate([("x", 5, 7), ("y", 5, 9), ("x", 10, 13), ("x", 11, 15), ("y", 12, 14)])
        ],
        reviews=[
            {"review_id": str(n), "product_id": p, "created_at": moment(day), "rating": stars}
            for n, (p, day, stars) in enumerate([("p", 5, 5), ("q", 6, 2), ("p", 12, 4), ("p", 13, 5), ("q", 14, 1)])
        ],
        tickets=[{"ticket_id": "t", "opened_at": moment(13), "first_response_at": moment(14), "kind": "question"}],
    )


def test_the_json_is_the_contract(shop, week):
    found = explain(shop, "sales", week).to_json()
    for key in ("kpi", "window", "against", "before", "after", "change", "tree", "drivers", "words", "sql", "batch"):
        assert key in found
    assert found["window"] == {"from": "2026-01-12", "to": "2026-01-19"}
    assert found["against"] == {"from": "2026-01-05", "to": "2026-01-12"}
    assert (found["before"], found["after"], found["change"]) == (50, 135, 85)
    assert set(found["drivers"][0]) >= {"name", "kind", "before", "after", "contribution", "children"}
    assert found["batch"] == "b1"
    assert all(text.startswith("SELECT") for text in found["sql"])


def test_sales_of_buyers_and_of_people_we_do_not_know(shop, week):
    found = explain(shop, "sales", week)
    assert found.tree == "buyers"
    anonymous, customers = found.drivers
    assert (anonymous.name, anonymous.kind, anonymous.contribution) == ("anonymous_sales", "group", 46)
    assert customers.contribution == pytest.approx(39)
    assert [child.name for child in customers.children][:2] == ["buyers", "orders_per_buyer"]
    assert math.fsum(child.contribution for child in customers.children) == pytest.approx(39)


def test_rate_and_mix_of_a_ratio_are_the_midpoint_formula(shop, week):
    found = explain(shop, "aov", week, over="device")
    kinds = by_kind(found)
    before, after = 25, 27
    assert (found.before, found.after) == (before, after)
    mobile = kinds["mobile", "rate"]
    assert (mobile.before, mobile.after) == (30, 37.5)
    assert mobile.contribution == pytest.approx((1 / 2 + 2 / 5) / 2 * 7.5)
    mix = kinds["mobile", "mix"]
    assert (mix.before, mix.after, mix.unit) == (0.5, 0.4, "rate")
    assert mix.contribution == pytest.approx((0.4 - 0.5) * ((30 + 37.5) / 2 - 26))
    assert kinds["tablet", "appeared"].contribution == pytest.approx(0.2 * (14 - 26))
    assert kinds[None, "appeared"].contribution == pytest.approx(0.2 * (6 - 26))
    assert total_of(found) == pytest.approx(2)
    assert (found.tree, found.over) == (None, "device")


def test_a_group_that_is_gone_is_a_kind_of_its_own(shop, weeks):
    back = explain(shop, "aov", Window(*weeks[:2]), against=Window(*weeks[1:]), over="device")
    assert by_kind(back)["tablet", "vanished"].contribution == pytest.approx(-0.2 * (14 - 26))
    assert total_of(back) == pytest.approx(-2)


def test_orders_that_hold_two_categories_stand_as_overlap(shop, week):
    found = explain(shop, "aov", week, over="category")
    overlap = by_kind(found)["(overlap)", "mix"]
    assert (overlap.before, overlap.after) == (None, None)
    assert overlap.contribution == pytest.approx(26 * (6 / 5 - 1))
    assert total_of(found) == pytest.approx(2)
    assert "several groups" in found.words.en


def test_amounts_over_a_dimension_are_split_by_group(shop, week):
    found = explain(shop, "sales", week, over="device")
    kinds = by_kind(found)
    assert kinds["mobile", "group"].contribution == 45
    assert kinds["desktop", "group"].contribution == 20
    assert (kinds["tablet", "appeared"].before, kinds["tablet", "appeared"].contribution) == (0, 14)
    assert kinds[None, "appeared"].contribution == 6
    assert total_of(found) == 85


def test_the_biggest_groups_come_first(shop, week):
    sizes = [abs(driver.contribution) for driver in explain(shop, "sales", week, over="device").drivers]
    assert sizes == sorted(sizes, reverse=True)


def test_a_distinct_count_over_a_dimension_leaves_what_is_counted_twice(shop, week):
    found = explain(shop, "orders", week, over="category")
    assert by_kind(found)["(overlap)", "group"].contribution == -1
    assert total_of(found) == found.change == 3


def test_a_mean_is_split_like_the_ratio_that_it_is(shop, week):
    found = explain(shop, "delivery_days", week, over="carrier")
    kinds = by_kind(found)
    assert (found.before, found.after) == (3, 3)
    assert (kinds["x", "rate"].before, kinds["x", "rate"].after) == (2, 3.5)
    assert kinds["x", "rate"].contribution == pytest.approx((1 / 2 + 2 / 3) / 2 * 1.5)
    assert total_of(found) == pytest.approx(0, abs=1e-12)


def test_a_mean_is_explained_by_its_groups_first(shop, week):
    found = explain(shop, "rating", week)
    assert (found.tree, found.over) == (None, "category_1")
    assert by_kind(found)["Home", "rate"].before == 5


def test_a_mean_by_its_formula_is_its_sum_and_its_count(shop, week):
    found = explain(shop, "rating", week, tree="formula")
    assert found.tree == "formula"
    assert [driver.name for driver in found.drivers] == ["rating__sum", "rating__count"]
    assert total_of(found) == pytest.approx(found.change)


def test_a_ratio_written_as_top_and_bottom_is_split_too(shop, week):
    found = explain(shop, "refund_rate", week, over="device")
    assert (found.before, found.after) == (pytest.approx(6 / 50), pytest.approx(9 / 135))
    assert by_kind(found)["mobile", "rate"].after == pytest.approx(9 / 75)
    assert total_of(found) == pytest.approx(found.change)


def test_a_ratio_without_a_tree_is_its_numerator_and_its_denominator(shop, week):
    found = explain(shop, "cancellation_rate", week)
    assert found.tree == "formula"
    assert [driver.name for driver in found.drivers] == ["cancelled_orders", "placed_orders"]


def test_the_bottom_of_a_ratio_carries_the_name_of_the_kpi_that_counts_the_same(shop, week):
    assert [driver.name for driver in explain(shop, "refund_rate", week).drivers] == ["refunded_to_date", "sales"]


def test_an_amount_without_a_tree_is_split_by_its_most_telling_dimension(shop, week):
    found = explain(shop, "reviews", week)
    assert (found.tree, found.over) == (None, "category_1")
    assert total_of(found) == found.change == 1


def test_a_formula_with_brackets_is_split_into_its_steps(shop_of, make_order, make_line, week):
    # Return on investment = (gross profit of paid campaigns - spend) / spend: 30 of 10, then 44 of 20.
    shop = shop_of(
        orders=[make_order("1", 5, campaign_id="c"), make_order("2", 13, campaign_id="c")],
        order_lines=[make_line("1", 50, unit_cost=20), make_line("2", 60, unit_cost=16)],
        ad_spend=[
            {"day": f"2026-01-{day:02}", "campaign_id": "c", "source": "", "spend": spend}
            for day, spend in ((5, 10), (13, 20))
        ],
    )
    found = explain(shop, "roi", week)
    assert (found.before, found.after) == (2, pytest.approx(1.2))
    gain, spend = found.drivers
    assert (gain.before, gain.after) == (20, 24)
    assert [child.name for child in gain.children] == ["attributed_gross_profit", "ad_spend"]
    assert (spend.name, spend.before, spend.after) == ("ad_spend", 10, 20)
    assert total_of(found) == pytest.approx(-0.8)
    assert math.fsum(child.contribution for child in gain.children) == pytest.approx(gain.contribution)


def test_a_mean_over_days_is_split_by_what_each_group_holds(shop_of, make_order, make_line, moment, week):
    shop = shop_of(
        orders=[make_order("1", 5), make_order("2", 18)],
        order_lines=[make_line("1", 1), make_line("2", 1)],
        products=[
            {"product_id": "p", "category": "Home", "unit_cost": 2},
            {"product_id": "q", "category": "Food", "unit_cost": 1},
        ],
        stock_levels=[
            {"taken_at": moment(1), "product_id": "p", "warehouse": "", "on_hand": 10},
            {"taken_at": moment(1), "product_id": "q", "warehouse": "", "on_hand": 30},
            {"taken_at": moment(11, 23), "product_id": "q", "warehouse": "", "on_hand": 37},
        ],
    )
    found = explain(shop, "stock_value", week)
    assert (found.over, found.before, found.after) == ("category_1", 51, 57)
    assert by_kind(found)["Food", "group"].contribution == pytest.approx(6)
    assert by_kind(found)["Home", "group"].contribution == pytest.approx(0)
    assert total_of(found) == pytest.approx(6)


def test_visits_are_split_by_where_they_came_from(shop_of, moment, week):
    shop = shop_of(
        events=[
            {"event_id": str(n), "occurred_at": moment(day), "visitor_id": who, "session_id": f"{who}{day}"}
            | {"event": "page_view", "source": source, "device": "mobile"}
            for n, (day, who, source) in enumerate([(5, "a", "x"), (6, "b", "y"), (12, "a", "x"), (13, "c", "x")])
        ]
    )
    found = explain(shop, "visitors", week)
    assert (found.over, total_of(found), found.change) == ("source", 0, 0)
    assert by_kind(found)["y", "vanished"].contribution == -1


def test_a_median_says_that_it_has_no_exact_parts_and_what_to_do(shop, week):
    with pytest.raises(NotMeasurable, match="--by DIM"):
        explain(shop, "first_response_hours", week)
    with pytest.raises(NotMeasurable, match="median"):
        explain(shop, "first_response_hours", week, over="device")


def test_a_filter_holds_for_every_factor(shop, week):
    found = explain(shop, "sales", week, where=[("device", "mobile")])
    assert (found.before, found.after) == (30, 75)
    assert total_of(found) == pytest.approx(45)
    assert "device = mobile" in found.words.en


def test_two_values_of_one_dimension_mean_either(shop, week):
    found = explain(shop, "sales", week, where=[("device", "mobile"), ("device", "tablet")])
    assert found.after == 89


def test_the_explained_numbers_are_those_of_the_kpi(shop, week):
    for kpi in ("sales", "orders", "aov", "buyers", "refund_rate", "rating"):
        cell = answer(shop, Question((kpi,), window=week, against="previous")).total[kpi]
        found = explain(shop, kpi, week)
        assert (found.before, found.after) == (cell.against, cell.value)


def test_without_dates_the_last_28_days_are_explained(shop):
    assert explain(shop, "orders").window.days == 28


def test_any_window_may_be_compared(shop, week):
    found = explain(shop, "sales", week, against="2026-01-05..2026-01-06")
    assert (found.before, found.change) == (30, 105)
    assert "differ in length" in found.words.en
    assert "7天对比1天" in found.words.zh


def test_a_shop_without_data_before_says_so_and_attributes_nothing(shop, week):
    found = explain(shop, "sales", week, against="2025-01-05..2025-01-12")
    assert (found.before, found.change, found.change_rate) == (None, None, None)
    assert all(driver.contribution is None for _, driver in found.flat())
    assert "no value for 5 Jan 2025 to 11 Jan 2025" in found.words.en


def test_a_ratio_that_is_unknown_before_attributes_nothing_over_groups(shop, week):
    found = explain(shop, "aov", week, against="2026-01-09..2026-01-10", over="device")
    assert found.before is None
    assert {driver.contribution for driver in found.drivers} == {None}


def test_a_rise_from_nothing_has_no_percentage(shop, week):
    found = explain(shop, "sales", week, against="2026-01-09..2026-01-12")
    assert (found.before, found.change_rate) == (0, None)
    assert total_of(found) == pytest.approx(135)
    assert "%" not in found.words.en.split("What")[0]


def test_an_unknown_kpi_suggests_a_near_one(shop):
    with pytest.raises(UnknownNameError, match="did you mean sales"):
        explain(shop, "saless")


def test_an_unknown_tree_lists_what_there_is(shop, week):
    with pytest.raises(UnknownNameError) as caught:
        explain(shop, "sales", week, tree="visitor")
    assert caught.value.suggestions[0] == "visitors"


def test_an_unknown_dimension_suggests_a_near_one(shop, week):
    with pytest.raises(UnknownNameError, match="did you mean device"):
        explain(shop, "aov", week, over="devise")


def test_a_dimension_that_the_kpi_does_not_have_lists_those_it_has(shop, week):
    with pytest.raises(UnknownNameError, match="dimension of aov"):
        explain(shop, "aov", week, over="carrier")
    with pytest.raises(UnknownNameError, match="dimension of aov"):
        explain(shop, "aov", week, where=[("carrier", "x")])


def test_an_unknown_value_of_a_filter_suggests_a_near_one(shop, week):
    with pytest.raises(UnknownNameError) as caught:
        explain(shop, "sales", week, where=[("device", "mobil")])
    assert caught.value.suggestions == ("mobile",)


def test_days_can_not_be_groups(shop, week):
    with pytest.raises(DefinitionError, match="differs between the two windows"):
        explain(shop, "sales", week, over="day")


def test_groups_carry_the_names_that_people_use(shop_of, make_order, make_line, week):
    shop = shop_of(
        orders=[make_order("1", 5, campaign_id="c1", customer_id="a"), make_order("2", 13, customer_id="a")],
        order_lines=[make_line("1", 10), make_line("2", 20, product_id="q")],
        products=[{"product_id": "p", "name": "Pie"}, {"product_id": "q", "name": " "}],
        campaigns=[{"campaign_id": "c1", "name": "Spring"}],
    )

    def words(dimension):
        return {driver.name: driver.words.en for driver in explain(shop, "sales", week, over=dimension).drivers}

    assert words("product") == {"p": "Pie", "q": "q"}
    assert words("campaign") == {"c1": "Spring", None: "(none)"}
    assert words("customer_type") == {"new": "new customers", "returning": "returning customers"}
    assert words("weekday") == {1: "Mondays", 2: "Tuesdays"}


def test_kinds_that_the_product_defines_have_words(shop, week):
    drivers = explain(shop, "sales", week, over="device").drivers
    words = {driver.name: driver.words.zh for driver in drivers}
    assert words["mobile"] == "手机"
    assert all(driver.name != driver.words.zh for driver in drivers)


def test_weekdays_can_be_groups(shop, week):
    found = explain(shop, "sales", week, over="weekday")
    assert by_kind(found)[1, "group"].contribution == 0
    assert total_of(found) == 85


def test_a_tree_and_a_dimension_together_are_refused(shop, week):
    with pytest.raises(DefinitionError, match="not both"):
        explain(shop, "sales", week, tree="units", over="device")


@pytest.mark.parametrize("base", ["goal", "benchmark"])
def test_a_goal_has_no_parts(shop, week, base):
    with pytest.raises(DefinitionError, match="has no parts"):
        explain(shop, "sales", week, against=base)


def test_a_kpi_whose_table_is_missing_names_it(shop, week):
    with pytest.raises(NotMeasurable, match="needs ad_spend"):
        explain(shop, "ad_spend", week)


def test_a_tree_whose_table_is_missing_names_it(shop, week):
    with pytest.raises(NotMeasurable, match="needs events"):
        explain(shop, "sales", week, tree="visitors")


def test_many_small_groups_are_gathered_without_losing_a_penny(shop_of, make_order, make_line, week):
    days = [5] * 80 + [12] * 80
    shop = shop_of(
        orders=[make_order(str(n), day, city=f"city {n % 90}") for n, day in enumerate(days)],
        order_lines=[make_line(str(n), 1 + n % 7, 1 + n % 3) for n in range(160)],
    )
    for kpi in ("sales", "aov"):
        found = explain(shop, kpi, week, over="city")
        others = [driver for driver in found.drivers if driver.others]
        assert {driver.name for driver in others} == {"(others)"}
        assert len({driver.name for driver in found.drivers}) == MOST_GROUPS + 1
        assert total_of(found) == pytest.approx(found.change, abs=1e-9)
        assert others[0].to_json()["others"] is True


def test_tracking_that_began_later_does_not_explain_sales(shop_of, make_order, make_line, moment, week):
    shop = shop_of(
        orders=[make_order("1", 5), make_order("2", 13)],
        order_lines=[make_line("1", 10), make_line("2", 20)],
        events=[
            {
                "event_id": str(n),
                "occurred_at": moment(day),
                "visitor_id": "v",
                "session_id": str(n),
                "event": "page_view",
            }
            for n, day in enumerate([11, 13, 18])
        ],
    )
    found = explain(shop, "sales", week)
    assert found.tree == "units"
    asked = explain(shop, "sales", week, tree="visitors")
    assert "Visits are known from 11 Jan 2026 to 18 Jan 2026 only" in asked.words.en
    assert asked.drivers[0].contribution == 0


def test_a_tree_that_does_not_add_up_is_not_used(shop_of, make_order, make_line, moment, week):
    # Nobody was seen in the week before, though orders came in: visitors can't explain them.
    shop = shop_of(
        orders=[make_order("1", 5), make_order("2", 13)],
        order_lines=[make_line("1", 10), make_line("2", 20)],
        events=[
            {
                "event_id": str(n),
                "occurred_at": moment(day),
                "visitor_id": "v",
                "session_id": str(n),
                "event": "page_view",
            }
            for n, day in enumerate([4, 13, 18])
        ],
    )
    assert explain(shop, "sales", week).tree == "units"
    with pytest.raises(NotMeasurable, match="visitors is 0 in the window before"):
        explain(shop, "sales", week, tree="visitors")


def test_an_explanation_becomes_a_table(shop, week):
    table = explain(shop, "sales", week).to_arrow()
    assert table.column("level").to_pylist()[:3] == [0, 0, 1]
    assert table.column("name").to_pylist()[0] == "anonymous_sales"
    assert len(explain(shop, "sales", week).to_pandas()) == table.num_rows


def test_days_are_those_of_the_shop(shop_of, make_line, week):
    # 16:30 UTC on the 11th is 00:30 on the 12th in Shanghai: the order belongs to the later week.
    shop = shop_of(
        timezone="Asia/Shanghai",
        currency="CNY",
        orders=[
            {"order_id": "1", "placed_at": "2026-01-11T16:30:00Z", "status": "paid"},
            {"order_id": "2", "placed_at": "2026-01-05T02:00:00Z", "status": "paid"},
        ],
        order_lines=[make_line("1", 10), make_line("2", 4)],
    )
    found = explain(shop, "sales", week)
    assert (found.before, found.after) == (4, 10)
    assert "¥4.00" in found.words.zh
    assert found.window == Window(date(2026, 1, 12), date(2026, 1, 19))
