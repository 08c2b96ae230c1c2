"""Did customers order for more, did we give more away, was more cancelled?"""

from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.types import Tree, TreeExample, product, total

TREE = Tree(
    words=Words("Sales + discounts + cancelled", "销售额 + 折扣 + 取消"),
    doc=Words(
        "What was ordered at list price is what stayed as sales, what was given as discount, and what was cancelled.",
        "按标价下单的金额 = 留下的销售额 + 让出的折扣 + 被取消的金额。",
    ),
    formulas=(
        total("gmv", product("sales", "orders", "aov"), "line_discounts", "cancelled_sales"),
        total("list_sales", product("sales", "orders", "aov"), "line_discounts"),
    ),
    depth=3,
    source="gmv = sales + line discounts of valid orders + cancelled orders before discounts",
    example=TreeExample(
        kpi="gmv",
        before={"gmv": 130, "sales": 100, "orders": 10, "aov": 10, "line_discounts": 20, "cancelled_sales": 10},
        after={"gmv": 170, "sales": 120, "orders": 12, "aov": 10, "line_discounts": 35, "cancelled_sales": 15},
        expect={"sales": 20, "orders": 20, "aov": 0, "line_discounts": 15, "cancelled_sales": 5},
    ),
)
