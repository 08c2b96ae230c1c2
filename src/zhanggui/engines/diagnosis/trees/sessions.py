"""Were there more visits, did more of them end in an order, were orders worth more?"""

from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.types import Tree, TreeExample, product

TREE = Tree(
    words=Words("Sessions x orders per session x order value", "会话数 × 每会话订单 × 客单价"),
    doc=Words(
        "As the visitors' tree, but counts visits: for shops whose traffic reports give sessions only.",
        "与访客树相同，但以会话计：适用于流量报表只有会话数的店铺。",
    ),
    formulas=(
        product("sales", "sessions", "orders_per_session", product("aov", "units_per_order", "price_per_unit")),
        product("orders", "sessions", "orders_per_session"),
        product("units", "sessions", "orders_per_session", "units_per_order"),
        product("page_views", "sessions", "pages_per_session"),
    ),
    depth=3,
    source="sales = sessions x orders per session x average order value; split by LMDI-I (Ang 2015)",
    example=TreeExample(
        kpi="orders",
        before={"orders": 10, "sessions": 200, "orders_per_session": 0.05},
        after={"orders": 20, "sessions": 200, "orders_per_session": 0.1},
        expect={"sessions": 0, "orders_per_session": 10},
    ),
)
