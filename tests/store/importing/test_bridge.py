"""The bridge from the platform's total to our sales closes, whatever happened to the rows."""

from __future__ import annotations

from decimal import Decimal

from tests.store.pieces import lines, orders, take

from zhanggui.basics.words import Words
from zhanggui.shop import BridgeItem, Note, Piece
from zhanggui.store.batches import BatchReport, Bridge, bridge_of
from zhanggui.store.opened import OpenShop


def _total(amount: str, kind: str = "platform_total", note: Words | None = None) -> BridgeItem:
    return BridgeItem(kind, Decimal(amount), note)


def _bridge(shop: OpenShop, *pieces: Piece) -> Bridge:
    report: BatchReport = take(shop, *pieces)
    assert report.bridge is not None
    assert report.bridge == bridge_of(shop, report.batch)
    return report.bridge


def _steps(bridge: Bridge) -> dict[str, Decimal]:
    return {step.kind: step.amount for step in bridge.steps}


def test_a_bridge_of_good_rows_closes(shop: OpenShop) -> None:
    bridge = _bridge(
        shop,
        orders({}),
        lines({"quantity": "3", "discount_amount": "0.50"}),
        _total("35.00"),
        _total("-5.00", "shipping"),
        _total("-0.50", "discounts"),
    )
    assert bridge.platform_total == Decimal(35)
    assert bridge.ours == Decimal("29.50")
    assert bridge.residual == 0
    assert _steps(bridge) == {"shipping": Decimal(-5), "discounts": Decimal("-0.5")}


def test_items_of_one_kind_are_summed_and_keep_their_note(shop: OpenShop) -> None:
    note = Words("fees of the platform", "平台费用")
    bridge = _bridge(
        shop, orders({}), lines({}), _total("6"), _total("6"), _total("-1", "fees", note), _total("-1", "fees")
    )
    assert bridge.platform_total == Decimal(12)
    assert [(step.kind, step.amount, step.note) for step in bridge.steps] == [("fees", Decimal(-2), note)]


def test_rows_that_were_refused_are_a_step(shop: OpenShop) -> None:
    zero = {"line_no": "2", "quantity": "0", "unit_price": "9"}
    without_product = {"line_no": "3", "product_id": None}
    bridge = _bridge(shop, orders({}), lines({}, zero, without_product), _total("20"))
    assert _steps(bridge) == {"rejected": Decimal(-10)}
    assert bridge.residual == 0


def test_lines_whose_order_was_refused_are_in_the_rejected_step(shop: OpenShop) -> None:
    bridge = _bridge(shop, orders({}, {"order_id": "2", "placed_at": "?"}), lines({}, {"order_id": "2"}), _total("20"))
    assert _steps(bridge) == {"rejected": Decimal(-10)}
    assert bridge.residual == 0


def test_a_repeated_key_with_other_values_is_in_the_rejected_step(shop: OpenShop) -> None:
    bridge = _bridge(shop, orders({}), lines({}, {"quantity": "2"}), _total("30"))
    assert _steps(bridge) == {"rejected": Decimal(-20)}
    assert bridge.residual == 0


def test_rows_given_twice_are_a_step_of_their_own(shop: OpenShop) -> None:
    bridge = _bridge(shop, orders({}), lines({}, file="1"), lines({}, file="2"), _total("20"))
    assert _steps(bridge) == {"repeated": Decimal(-10)}
    assert bridge.residual == 0


def test_lines_of_cancelled_orders_are_the_matter_of_the_source(shop: OpenShop) -> None:
    bridge = _bridge(
        shop,
        orders({}, {"order_id": "2", "status": "cancelled"}),
        lines({}, {"order_id": "2"}, {"order_id": "2", "line_no": "2", "quantity": "0"}),
        _total("20"),
        _total("-10", "cancelled"),
    )
    assert bridge.ours == Decimal(10)
    assert bridge.residual == 0


def test_the_same_import_again_has_the_same_bridge(shop: OpenShop) -> None:
    pieces = [orders({}), lines({}), _total("10")]
    assert _bridge(shop, *pieces) == _bridge(shop, *pieces)


def test_what_nobody_can_explain_is_shown(shop: OpenShop) -> None:
    bridge = _bridge(shop, orders({}), lines({}), _total("11.01"))
    assert bridge.residual == Decimal("-1.01")


def test_a_total_without_any_line_is_left_unexplained(shop: OpenShop) -> None:
    bridge = _bridge(shop, orders({}), _total("5"))
    assert (bridge.ours, bridge.residual) == (Decimal(0), Decimal(-5))


def test_without_a_total_there_is_no_bridge_but_notes_are_kept(shop: OpenShop) -> None:
    assert take(shop, orders({}), lines({})).bridge is None
    words = Words("Bank charges left out", "未导入的银行费用")
    bridge = _bridge(shop, orders({}), Note(words, Decimal("-12.34"), 3), Note(Words("Other", "其他")))
    assert bridge.platform_total is None
    assert bridge.notes == ((words, Decimal("-12.34"), 3), (Words("Other", "其他"), None, None))


def test_numbers_that_would_overflow_in_refused_lines_do_no_harm(shop: OpenShop) -> None:
    huge = {"quantity": "99999999999999", "unit_price": "99999999999999"}
    barcode = {"line_no": "2", "quantity": "4006381333931", "unit_price": "2"}
    nonsense = [{**huge, "line_no": str(n)} for n in range(3, 400)]
    bridge = _bridge(shop, orders({}), lines({}, barcode, *nonsense), _total("8012762667872"))
    assert _steps(bridge) == {"rejected": Decimal(-8012762667862)}
    assert bridge.residual == 0
