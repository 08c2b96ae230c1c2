"""Did more people come, did more of them order, did they order for more?"""

from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.types import Tree, TreeExample, product

TREE = Tree(
    words=Words("Visitors x orders per visitor x order value", "访客数 × 人均订单 × 客单价"),
    doc=Words(
        "Traffic, conversion and order value. Visitors who did not order count too, so it shows whether "
        "people stayed away or came and did not buy.",
        "流量、转化与客单价。没有下单的访客也计算在内，因此能区分是人没来，还是来了没买。",
    ),
    formulas=(
        product("sales", "visitors", "orders_per_visitor", product("aov", "units_per_order", "price_per_unit")),
        product("orders", "visitors", "orders_per_visitor"),
        product("units", "visitors", "orders_per_visitor", "units_per_order"),
    ),
    depth=4,
    source="GMV = UV x CR x AOV, the identity of e-commerce; split by LMDI-I (Ang 2015)",
    example=TreeExample(
        kpi="sales",
        before={
            "sales": 1000, "visitors": 100, "orders_per_visitor": 0.1, "aov": 100,
            "units_per_order": 2, "price_per_unit": 50,
        },
        after={
            "sales": 2000, "visitors": 200, "orders_per_visitor": 0.1, "aov": 100,
            "units_per_order": 2, "price_per_unit": 50,
        },
        expect={"visitors": 1000, "orders_per_visitor": 0, "aov": 0},
    ),
)  # fmt: skip
