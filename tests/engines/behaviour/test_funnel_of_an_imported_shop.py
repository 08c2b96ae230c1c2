"""Funnel, paths and leavers of a simulated shop against plain SQL on its raw events."""

from __future__ import annotations

from datetime import timedelta

import pytest

import zhanggui
from zhanggui.engines.behaviour import DEFAULT_STEPS

BY_HAND = """
WITH event AS (
    SELECT events.* FROM events
    WHERE (is_bot IS NULL OR NOT is_bot)
      AND session_id NOT IN (SELECT session_id FROM robots WHERE session_id IS NOT NULL)
),
begun AS (SELECT session_id, min(occurred_at) AS began FROM event GROUP BY session_id
          HAVING CAST(timezone('Asia/Shanghai', min(occurred_at)) AS DATE) BETWEEN '{low}' AND '{high}'),
t1 AS (SELECT session_id, min(occurred_at) AS t FROM event WHERE event = 'view_item' GROUP BY session_id),
t2 AS (SELECT session_id, min(occurred_at) AS t FROM event JOIN t1 USING (session_id)
       WHERE event = 'add_to_cart' AND occurred_at >= t GROUP BY session_id),
t3 AS (SELECT session_id, min(occurred_at) AS t FROM event JOIN t2 USING (session_id)
       WHERE event = 'begin_checkout' AND occurred_at >= t GROUP BY session_id),
t4 AS (SELECT session_id, min(occurred_at) AS t FROM event JOIN t3 USING (session_id)
       WHERE event = 'add_payment_info' AND occurred_at >= t GROUP BY session_id),
t5 AS (SELECT session_id, min(occurred_at) AS t FROM event JOIN t4 USING (session_id)
       WHERE event = 'purchase' AND occurred_at >= t GROUP BY session_id)
SELECT count(t1.t) AS n1, count(t2.t) AS n2, count(t3.t) AS n3, count(t4.t) AS n4, count(t5.t) AS n5,
       median((epoch_us(t2.t) - epoch_us(t1.t)) / 1e6) AS wait
FROM begun LEFT JOIN t1 USING (session_id) LEFT JOIN t2 USING (session_id) LEFT JOIN t3 USING (session_id)
LEFT JOIN t4 USING (session_id) LEFT JOIN t5 USING (session_id)
"""


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    """A small simulated shop, imported."""
    folder = tmp_path_factory.mktemp("simulated") / "shop"
    zhanggui.create_shop(folder, "Sim", "CNY", "Asia/Shanghai")
    with zhanggui.open_shop(folder) as shop:
        shop.import_("simulated", scale=0.02, seed=5, months=3)
        yield shop


def raw(shop, sql):
    """Rows of plain SQL."""
    return shop._opened.warehouse.query(sql).to_pylist()


@pytest.fixture(scope="module")
def window(simulated):
    """The second month of the data."""
    first = raw(simulated, "SELECT min(day) AS day FROM visits")[0]["day"]
    return {"from_": first + timedelta(31), "to": first + timedelta(62)}


def test_the_funnel_is_that_of_plain_sql_on_the_raw_events(simulated, window):
    found = simulated.funnel(**window)
    by_hand = raw(simulated, BY_HAND.format(low=window["from_"], high=window["to"] - timedelta(1)))[0]
    assert [step.event for step in found.steps] == list(DEFAULT_STEPS)
    assert [step.sessions for step in found.steps] == [by_hand[f"n{place}"] for place in range(1, 6)]
    assert found.steps[1].median_seconds == pytest.approx(by_hand["wait"])
    assert found.steps[0].sessions > 100


def test_flags_of_visits_are_those_of_their_steps(simulated):
    wrong = raw(
        simulated,
        """SELECT count(*) AS n FROM visits AS visit LEFT JOIN (
             SELECT session_id, max(CAST(event = 'view_item' AS INTEGER)) AS item,
                    max(CAST(event = 'add_to_cart' AS INTEGER)) AS cart,
                    max(CAST(event = 'begin_checkout' AS INTEGER)) AS checkout,
                    max(CAST(event = 'purchase' AS INTEGER)) AS purchase
             FROM steps GROUP BY session_id) AS seen ON seen.session_id = visit.session_id
           WHERE visit.evidence = 'events' AND (visit.with_item IS DISTINCT FROM seen.item
             OR visit.with_cart IS DISTINCT FROM seen.cart OR visit.with_checkout IS DISTINCT FROM seen.checkout
             OR visit.with_purchase IS DISTINCT FROM seen.purchase)""",
    )
    assert wrong == [{"n": 0}]


@pytest.mark.parametrize(
    "dimension",
    ["source", "medium", "channel_group", "campaign", "device", "os", "browser", "country", "region",
     "landing_page_type", "visitor_type"],
)  # fmt: skip
def test_every_dimension_of_visits_splits_the_whole(simulated, window, dimension):
    found = simulated.funnel(by=[dimension], **window)
    assert found.rows
    for place, step in enumerate(found.steps):
        assert sum(row.steps[place].sessions for row in found.rows) == step.sessions


@pytest.mark.parametrize("dimension", ["product", "category", "category_1", "brand"])
def test_dimensions_of_products_have_groups(simulated, window, dimension):
    found = simulated.funnel(by=[dimension, "device"], **window)
    assert found.rows
    assert all(row.steps[0].sessions >= row.steps[-1].sessions for row in found.rows)


def test_faces_get_json_tables_and_words(simulated, window):
    found = simulated.funnel(by="device", against="previous", **window)
    document = found.to_json()
    assert document["rows"][0]["steps"][0]["event"] == "view_item"
    assert sum(effect["effect"] for effect in document["against"]["effects"]) == pytest.approx(
        document["against"]["change"]
    )
    assert found.to_arrow().num_rows == 5 * (1 + len(found.rows))
    assert len(found.grids()) == 2
    assert found.words.en
    assert found.words.zh


def test_paths_and_leavers_of_the_same_sessions(simulated, window):
    found = simulated.paths(starting="item", length=4, **window)
    document = found.to_json()
    items = simulated.funnel(steps="view_item", **window).steps[0].sessions
    assert document["nodes"][0]["sessions"] == document["sessions"] >= items
    assert sum(path["sessions"] for path in document["paths"]) + document["pruned"]["sessions"] == document["sessions"]
    assert found.to_arrow().num_rows == len(document["paths"])
    gone = simulated.leavers(step="add_to_cart", **window)
    funnel = simulated.funnel(**window)
    assert gone.to_json()["lost"] == funnel.steps[1].lost
    assert {each["dimension"] for each in gone.to_json()["by"]} >= {"device", "product", "visitor_type"}
    assert gone.to_arrow().num_rows > 5
    assert gone.words.zh
