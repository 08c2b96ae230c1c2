"""Did we sell less, or give more back?"""

from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.types import Tree, TreeExample, minus, product, total

TREE = Tree(
    words=Words("Sales - refunds", "销售额 − 退款"),
    doc=Words(
        "Money that came in less money that went back in the same days.",
        "同一时期内卖出的金额减去退回的金额。",
    ),
    formulas=(total("net_revenue", product("sales", "orders", "aov"), minus("refunded")),),
    depth=3,
    source="net revenue = sales - refunds of the window",
    example=TreeExample(
        kpi="net_revenue",
        before={"net_revenue": 90, "sales": 100, "orders": 10, "aov": 10, "refunded": 10},
        after={"net_revenue": 105, "sales": 130, "orders": 13, "aov": 10, "refunded": 25},
        expect={"sales": 30, "orders": 30, "aov": 0, "refunded": -15},
    ),
)
