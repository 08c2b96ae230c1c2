"""Did it come from new customers, from those who came back, or from people we don't know?"""

from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.types import Tree, TreeExample, total

TREE = Tree(
    words=Words("New + returning + anonymous", "新客 + 老客 + 匿名"),
    doc=Words(
        "First orders of a customer, later orders, and orders without a customer.",
        "客户的首单、复购订单，以及没有客户信息的订单。",
    ),
    formulas=(
        total("sales", "new_sales", "returning_sales", "anonymous_sales"),
        total("orders", "new_orders", "returning_orders", "anonymous_orders"),
        total("buyers", "new_buyers", "earlier_buyers"),
    ),
    depth=1,
    source="every valid order is a customer's first, a later one, or has no customer",
    example=TreeExample(
        kpi="orders",
        before={"orders": 10, "new_orders": 4, "returning_orders": 5, "anonymous_orders": 1},
        after={"orders": 13, "new_orders": 3, "returning_orders": 9, "anonymous_orders": 1},
        expect={"new_orders": -1, "returning_orders": 4, "anonymous_orders": 0},
    ),
)
