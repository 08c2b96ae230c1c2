"""Did more customers buy, did they come back more often, did they put more into each order?"""

from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.types import Tree, TreeExample, product, total

_CUSTOMERS = product(
    "sales_of_customers", "buyers", "orders_per_buyer", "units_per_customer_order", "sales_per_customer_unit"
)

TREE = Tree(
    words=Words(
        "Anonymous sales + buyers x orders each x units per order x price per unit",
        "匿名销售额 + 买家数 × 人均订单 × 每单件数 × 件单价",
    ),
    doc=Words(
        "Buyers, how often they order, how many units they take and what a unit brings, over orders with a known "
        "customer; sales without one stand beside.",
        "在有客户的订单中分解为买家数、人均订单数、每单件数和件单价；没有客户信息的销售额单列。",
    ),
    formulas=(
        total("sales", "anonymous_sales", _CUSTOMERS),
        total("orders", "anonymous_orders", product("orders_with_customer", "buyers", "orders_per_buyer")),
    ),
    depth=2,
    source="sales = buyers x orders per buyer x units per order x sales per unit; split by LMDI-I (Ang 2015)",
    example=TreeExample(
        kpi="orders",
        before={
            "orders": 15, "anonymous_orders": 5, "orders_with_customer": 10, "buyers": 10, "orders_per_buyer": 1,
        },
        after={
            "orders": 24, "anonymous_orders": 4, "orders_with_customer": 20, "buyers": 10, "orders_per_buyer": 2,
        },
        expect={"anonymous_orders": -1, "orders_with_customer": 10, "buyers": 0, "orders_per_buyer": 10},
    ),
)  # fmt: skip
