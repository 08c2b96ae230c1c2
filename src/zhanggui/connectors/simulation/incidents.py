"""The incidents that are planted in the shop: what, where, when, how much.

The list is data: adding one here is enough when its mechanism exists. Times are local to the shop. An incident takes
place only when its first day is simulated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from zhanggui.basics.words import Words
from zhanggui.connectors.simulation.arrays import Longs
from zhanggui.connectors.simulation.catalogue import Catalogue
from zhanggui.connectors.simulation.clock import Clock

ARRIVAL, INTENT, VIEW, CART, CHECKOUT, PAYMENT = "arrival", "intent", "view", "cart", "checkout", "payment"
STOCK, DELIVERY, QUALITY, SERVICE, TRACKING, BOTS, COUPON, PRICE = (
    "stock", "delivery", "quality", "service", "tracking", "bots", "coupon", "price",
)  # fmt: skip


@dataclass(frozen=True)
class Incident:
    """One planted incident.

    ``mechanism`` is where in the simulation it acts; ``factor`` multiplies the chance of the step it acts on (what it
    means for each kind is in ``size``); ``where`` holds dimensions of the KPIs; ``goods`` is (category path, number of
    its best sellers, number of better ones left out) for incidents of single products; ``kpis`` are the KPIs that
    move, with their direction.
    """

    id: str
    kind: str
    family: str
    mechanism: str
    from_: str
    to: str
    factor: float
    words: Words
    kpis: tuple[tuple[str, str], ...]
    where: Mapping[str, str] = field(default_factory=dict)
    goods: tuple[str, int, int] | None = None
    size: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Planted:
    """An incident placed in the simulated time: ``number`` from 1, local milliseconds, product numbers."""

    number: int
    incident: Incident
    begin: int
    end: int
    products: Longs

    @property
    def factor(self) -> float:
        """The factor of the incident."""
        return self.incident.factor


def planted_in(clock: Clock, catalogue: Catalogue) -> tuple[Planted, ...]:
    """The incidents whose first day is simulated, in their order."""
    found: list[Planted] = []
    for incident in INCIDENTS:
        begin = clock.ms(datetime.fromisoformat(incident.from_))
        end = min(clock.ms(datetime.fromisoformat(incident.to)), clock.end)
        if not 0 <= begin < clock.end:
            continue
        products = np.empty(0, np.int64)
        if incident.goods:
            path, count, skipped = incident.goods
            products = catalogue.best(path, count + skipped)[skipped:]
        found.append(Planted(len(found) + 1, incident, begin, end, products))
    return tuple(found)


_DOWN, _UP = "down", "up"

INCIDENTS: tuple[Incident, ...] = (
    Incident(
        "double-11-site-down", "site_down", "outside", ARRIVAL, "2024-11-11T20:00", "2024-11-11T22:30", 0.03,
        Words("The site was down for two and a half hours in the evening of Double 11.",
              "双十一当晚网站宕机两个半小时。"),
        (("sessions", _DOWN), ("orders", _DOWN), ("sales", _DOWN)), size={"visits_kept": 0.03},
    ),
    Incident(
        "kitchen-search", "search_failure", "conversion", CART, "2024-11-25T09:00", "2024-12-06T18:00", 0.25,
        Words("After a change of the synonyms, searches for kitchen goods found nothing.",
              "同义词表变更后，搜索厨房用品大多没有结果。"),
        (("search_zero_rate", _UP), ("conversion_rate", _DOWN)), {"category_1": "Kitchen"},
        size={"share_of_searches_without_result": 0.9},
    ),
    Incident(
        "newsletter-blocked", "email_block", "traffic", ARRIVAL, "2024-12-16T00:00", "2025-01-06T00:00", 0.15,
        Words("Mail providers sent the newsletter to spam.", "邮件被服务商判为垃圾邮件，来自邮件的访问骤降。"),
        (("sessions", _DOWN), ("orders", _DOWN)), {"source": "newsletter", "medium": "email"},
        size={"visits_kept": 0.15},
    ),
    Incident(
        "service-backlog", "service_backlog", "repurchase", SERVICE, "2025-01-06T00:00", "2025-01-20T00:00", 5.0,
        Words("Half the service team was missing; first answers took five times as long.",
              "客服缺员一半，首次响应时间变为五倍。"),
        (("first_response_hours", _UP), ("resolution_hours", _UP)), size={"response_time_factor": 5.0},
    ),
    Incident(
        "coupon-leak", "coupon_leak", "promotion", COUPON, "2025-02-25T10:00", "2025-02-28T12:00", 0.70,
        Words("The code VIP50 for members (50 off 100) leaked to a deal forum.",
              "会员专享码 VIP50（满100减50）被泄露到优惠论坛。"),
        (("coupon_use_rate", _UP), ("discount_rate", _UP), ("gross_margin", _DOWN), ("orders", _UP)),
        {"coupon": "VIP50"},
        size={"share_of_orders_from_100_using_it": 0.70, "forum_visits_factor": 12.0},
    ),
    Incident(
        "gateway-upgrade", "gateway_version", "conversion", PAYMENT, "2025-03-10T10:00", "2025-03-19T18:00", 0.80,
        Words("Version 4.2.0 of the lianpay gateway fails more often on mobile.",
              "lianpay 网关升级到 4.2.0 后，移动端支付失败增多。"),
        (("payment_success_rate", _DOWN), ("conversion_rate", _DOWN)), {"gateway": "lianpay", "device": "mobile"},
        size={"success_factor": 0.80, "version": "4.2.0"},
    ),
    Incident(
        "competitor-bathroom", "competitor_promotion", "outside", CART, "2025-04-07T00:00", "2025-04-28T00:00", 0.62,
        Words("A competitor sold bathroom goods a quarter cheaper for three weeks.",
              "竞争对手浴室用品降价四分之一，持续三周。"),
        (("add_to_cart_rate", _DOWN), ("sales", _DOWN)), {"category_1": "Bathroom"},
        size={"competitor_price_factor": 0.75, "cart_rate_factor": 0.62},
    ),
    Incident(
        "safari-purchase-tag", "purchase_tracking", "data", TRACKING, "2025-05-12T14:00", "2025-05-17T11:00", 0.0,
        Words("A release broke the purchase tag on iOS Safari: orders without purchase events.",
              "一次发布使 iOS Safari 的购买埋点失效：有订单而无购买事件。"),
        (("conversion_rate", _DOWN),), {"device": "mobile", "os": "iOS", "browser": "Safari"},
        size={"purchase_events_kept": 0.0},
    ),
    Incident(
        "kitchen-stock-out", "stock_out", "goods", STOCK, "2025-07-07T00:00", "2025-07-21T00:00", 0.0,
        Words("The stock count found the shelves of twelve kitchen best sellers empty; the suppliers were late.",
              "盘点发现厨房类目十二款热销品实际无库存，供应商又延迟到货。"),
        (("stockout_rate", _UP), ("sales", _DOWN), ("add_to_cart_rate", _DOWN)), {"category_1": "Kitchen"},
        ("Kitchen", 12, 0), {"products": 12.0},
    ),
    Incident(
        "baidu-budget-cut", "channel_cut", "traffic", ARRIVAL, "2025-08-04T00:00", "2025-08-25T00:00", 0.30,
        Words("The budget of paid search at Baidu was cut by four fifths.", "百度付费搜索预算被削减五分之四。"),
        (("sessions", _DOWN), ("orders", _DOWN), ("ad_spend", _DOWN)), {"source": "baidu", "medium": "cpc"},
        size={"spend_factor": 0.20, "visits_kept": 0.30},
    ),
    Incident(
        "bad-batch", "bad_batch", "goods", QUALITY, "2025-09-01T00:00", "2025-09-29T00:00", 0.55,
        Words("A batch of best sellers broke on first use: returns, one-star reviews, complaints.",
              "一批热销品首次使用即损坏：退货、一星差评与投诉激增。"),
        (("refund_rate", _UP), ("bad_review_rate", _UP), ("complaint_rate", _UP), ("rating", _DOWN)), {},
        ("", 4, 2), {"bad_share": 0.45, "cart_rate_factor_after_first_reviews": 0.55},
    ),
    Incident(
        "tracking-outage", "tracking_outage", "data", TRACKING, "2025-10-21T10:00", "2025-10-22T16:00", 0.0,
        Words("The tracker sent nothing for thirty hours; the shop sold as usual.", "埋点中断三十小时，店铺销售照常。"),
        (("sessions", _DOWN), ("page_views", _DOWN)), size={"events_kept": 0.0},
    ),
    Incident(
        "north-east-delays", "late_deliveries", "repurchase", DELIVERY, "2025-11-24T00:00", "2025-12-15T00:00", 4.5,
        Words("Snow closed the carrier Lantern Post's hub for the north: parcels came about four days late.",
              "大雪导致承运商 Lantern Post 北方枢纽停摆，包裹约晚到四天。"),
        (("late_delivery_rate", _UP), ("delivery_days", _UP), ("complaint_rate", _UP)), {"carrier": "Lantern Post"},
        size={"days_later": 4.5, "regions": "Liaoning, Heilongjiang, Hebei, Beijing, Shandong"},
    ),
    Incident(
        "gateway-outage", "gateway_outage", "conversion", PAYMENT, "2026-01-12T13:00", "2026-01-12T19:00", 0.04,
        Words("The gateway tongpay refused nearly every payment for six hours.",
              "tongpay 网关六小时内几乎拒绝所有支付。"),
        (("payment_success_rate", _DOWN), ("orders", _DOWN)), {"gateway": "tongpay"}, size={"success_factor": 0.04},
    ),
    Incident(
        "scraper-bots", "bots", "data", BOTS, "2026-01-20T00:00", "2026-01-23T00:00", 0.5,
        Words("Scrapers visited item pages; half of them were not recognised as robots.",
              "爬虫大量访问商品页，其中一半未被识别为机器人。"),
        (("sessions", _UP), ("conversion_rate", _DOWN)), {"country": "US", "region": "Virginia"},
        size={"visits_added_as_share_of_all": 0.9, "not_recognised": 0.5},
    ),
    Incident(
        "bedroom-price-rise", "price_rise", "goods", PRICE, "2026-03-02T00:00", "2026-03-30T00:00", 1.18,
        Words("Prices of bedroom goods went up by 18 % for four weeks.", "卧室类目涨价18%，持续四周。"),
        (("price_per_unit", _UP), ("add_to_cart_rate", _DOWN), ("units", _DOWN)), {"category_1": "Bedroom"},
        size={"price_factor": 1.18},
    ),
    Incident(
        "free-shipping-149", "shipping_threshold", "conversion", CHECKOUT, "2026-04-06T00:00", "2026-05-04T00:00", 0.62,
        Words("Free delivery began at 149 instead of 99: carts in between were left at the checkout.",
              "包邮门槛由99提高到149，介于两者之间的购物车在结算页流失。"),
        (("checkout_abandonment_rate", _UP), ("conversion_rate", _DOWN)),
        size={"threshold": 149.0, "usual_threshold": 99.0, "checkout_factor": 0.62},
    ),
    Incident(
        "douyin-dearer", "ad_price", "traffic", ARRIVAL, "2026-05-04T00:00", "2026-06-01T00:00", 0.59,
        Words("Clicks at Douyin cost 70 % more; the same money brought fewer visits.",
              "抖音点击单价上涨70%，同样预算带来的访问减少。"),
        (("sessions", _DOWN), ("roas", _DOWN), ("cac", _UP)), {"source": "douyin", "medium": "cpc"},
        size={"click_price_factor": 1.70, "visits_kept": 0.59},
    ),
    Incident(
        "edge-cart-button", "item_page_error", "conversion", CART, "2026-05-26T10:00", "2026-05-29T17:00", 0.05,
        Words("A script error on item pages broke the cart button in the Edge browser on desktop.",
              "商品页脚本错误使桌面端 Edge 浏览器无法加购。"),
        (("add_to_cart_rate", _DOWN), ("conversion_rate", _DOWN)), {"device": "desktop", "browser": "Edge"},
        size={"cart_rate_factor": 0.05},
    ),
    Incident(
        "best-seller-decay", "best_seller_decay", "goods", VIEW, "2026-06-22T00:00", "2026-10-01T00:00", 0.90,
        Words("Interest in the three best sellers of the living room fades by a tenth every week.",
              "客厅类目三款热销品热度每周衰减一成。"),
        (("sales", _DOWN),), {}, ("Living Room", 3, 0), {"weekly_factor": 0.90},
    ),
    Incident(
        "member-benefits-cut", "benefits_cut", "repurchase", INTENT, "2026-07-01T00:00", "2026-09-01T00:00", 0.72,
        Words("Members lost their points; known customers came back less often for two months.",
              "会员积分权益取消，两个月内老客回访减少。"),
        (("orders", _DOWN), ("repurchase_rate", _DOWN)), {"customer_type": "returning"}, size={"returns_kept": 0.72},
    ),
    Incident(
        "kitchen-assortment", "assortment", "goods", VIEW, "2026-07-01T00:00", "2026-09-01T00:00", 0.78,
        Words("Kitchen goods lost their place on the home page and got no new products: a fifth fewer were looked at.",
              "厨房类目被撤下首页且无上新，浏览量减少约两成。"),
        (("sales", _DOWN),), {"category_1": "Kitchen"}, size={"views_kept": 0.78},
    ),
    Incident(
        "slow-mobile-checkout", "slow_pages", "conversion", CHECKOUT, "2026-08-10T00:00", "2026-08-22T00:00", 0.66,
        Words("Cart and checkout pages on mobile loaded three and a half times as slowly.",
              "移动端购物车与结算页加载时间变为三倍半。"),
        (("load_ms_p75", _UP), ("checkout_abandonment_rate", _UP), ("conversion_rate", _DOWN)), {"device": "mobile"},
        size={"load_factor": 3.5, "checkout_factor": 0.66},
    ),
    Incident(
        "guangdong-typhoon", "region_outage", "outside", ARRIVAL, "2026-09-05T00:00", "2026-09-11T00:00", 0.50,
        Words("A typhoon hit Guangdong: half the visits, and parcels two days later.",
              "台风袭击广东：访问减半，包裹晚到两天。"),
        (("sessions", _DOWN), ("orders", _DOWN), ("late_delivery_rate", _UP)), {"region": "Guangdong"},
        size={"visits_kept": 0.50, "days_later": 2.0},
    ),
    Incident(
        "baidu-ranking", "organic_fall", "traffic", ARRIVAL, "2026-09-14T00:00", "2026-10-01T00:00", 0.52,
        Words("The shop lost its places in Baidu's free results.", "店铺在百度自然搜索中的排名下跌。"),
        (("sessions", _DOWN), ("orders", _DOWN)), {"source": "baidu", "medium": "organic"}, size={"visits_kept": 0.52},
    ),
)  # fmt: skip
