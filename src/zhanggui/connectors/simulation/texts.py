"""What customers write: reviews, survey answers, tickets, search words, in English and Chinese."""

from __future__ import annotations

from zhanggui.connectors.simulation.catalogue import LEAVES

GOOD, FAIR, POOR, BROKEN, TARDY = range(5)
"""Themes of a review."""

REVIEWS: tuple[tuple[tuple[str, str, str, str], ...], ...] = (
    (
        (
            "Love it",
            "Lovely quality and well packed, exactly as in the pictures.",
            "非常满意",
            "质量很好，包装仔细，和图片一样。",
        ),
        ("Great", "Arrived quickly and looks beautiful in our home.", "很喜欢", "物流很快，放在家里很好看。"),
        ("Very good value", "Good value for the price, will buy again.", "性价比高", "性价比高，会回购。"),
        ("Perfect gift", "Bought it as a gift, she was delighted.", "送礼合适", "买来送人，对方很喜欢。"),
        ("Solid", "Feels solid, easy to clean, no smell at all.", "做工扎实", "做工扎实，好清洗，没有异味。"),
    ),
    (
        ("Fine", "Does the job, the colour is a little paler than shown.", "还可以", "能用，颜色比图片浅一点。"),
        ("OK", "Decent, though smaller than I expected.", "一般", "还行，就是比想象中小。"),
        ("Not bad", "Not bad for everyday use, packaging could be better.", "凑合", "日常用还可以，包装可以再好些。"),
    ),
    (
        ("Disappointed", "Not as described, the material feels cheap.", "失望", "与描述不符，材质感觉廉价。"),
        ("Too expensive", "Too expensive for what you get.", "不值", "价格偏高，不值这个价。"),
        ("Scratched", "Arrived with scratches, had to complain.", "有划痕", "收到就有划痕，联系了客服。"),
    ),
    (
        (
            "Broke at once",
            "Broke the first time we used it, the lid cracked.",
            "一用就坏",
            "第一次用就坏了，盖子裂开。",
        ),
        ("Leaks", "It leaks and the seal came off. Sending it back.", "漏水", "漏水，密封圈脱落，已申请退货。"),
        ("Poor quality", "Terrible quality, this must be a faulty batch.", "质量差", "质量太差，怀疑是次品批次。"),
    ),
    (
        ("Came far too late", "Delivery took days longer than promised.", "太慢了", "物流太慢，比承诺的晚了好几天。"),
        (
            "Where was it?",
            "The parcel did not move for days, support could not say why.",
            "快递不动",
            "快递好几天不更新，客服也说不清。",
        ),
        ("Late", "Nice product but it arrived too late for the party.", "迟到", "东西不错，但是到得太晚，错过了聚会。"),
    ),
)
"""Per theme: (title, text, title in Chinese, text in Chinese)."""

NPS = (
    ("I tell all my friends about this shop.", "会推荐给朋友。"),
    ("Good selection, fair prices.", "选择多，价格公道。"),
    ("It is fine.", "还行。"),
    ("Delivery was slow.", "配送慢。"),
    ("The product broke.", "商品坏了。"),
)
EXITS = (
    ("Shipping costs too much", "运费太高"),
    ("Just looking around", "随便看看"),
    ("Found it cheaper elsewhere", "别处更便宜"),
    ("Payment did not work", "支付失败"),
    ("Checkout was too slow", "结算太慢"),
    ("Could not find what I wanted", "没找到想要的"),
)

CAUSES = (
    "product_question",
    "where_is_my_order",
    "late_delivery",
    "defective_product",
    "payment_problem",
    "return_request",
    "wrong_item",
    "invoice",
)
(ASKED, WHERE, T_LATE, T_DEFECT, T_PAYMENT, T_RETURN, T_WRONG, T_INVOICE) = range(len(CAUSES))
TICKETS = (
    ("Does this also come in another colour?", "这个还有别的颜色吗？"),
    ("Where is my order?", "我的订单到哪里了？"),
    ("My parcel is days late, what is going on?", "包裹晚了好几天，怎么回事？"),
    ("It broke on first use, I want my money back.", "第一次用就坏了，我要退款。"),
    ("I tried to pay several times, it always fails.", "支付了好几次都失败。"),
    ("I would like to return this.", "我想退货。"),
    ("You sent me the wrong item.", "发错货了。"),
    ("Please send me an invoice.", "请开发票。"),
)
TICKET_KINDS = ("question", "complaint", "return", "incident")
CAUSE_KIND = (0, 0, 1, 1, 3, 2, 1, 0)
"""Kind of ticket of every cause."""
CAUSE_PRIORITY = (2, 1, 0, 0, 0, 1, 1, 2)
PRIORITIES = ("high", "normal", "low")
TICKET_CHANNELS = ("chat", "phone", "email")


def queries() -> tuple[str, ...]:
    """Search words: for every category English, Chinese, and a misspelling."""
    found: list[str] = []
    for leaf in LEAVES:
        english = leaf.noun.lower()
        found += [english, leaf.zh, english[:-2] + english[-1] if len(english) > 5 else english + "s"]
    return tuple(found)


QUERIES = queries()
QUERIES_A_LEAF = 3
