"""Do customers order more often, or for more?"""

from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.types import Tree, TreeExample, product

TREE = Tree(
    words=Words("Orders per buyer x units per order x price per unit", "人均订单 × 每单件数 × 件单价"),
    doc=Words(
        "What a buyer brings: how often, how much, how dear.",
        "每位买家带来的收入：买几次、每次几件、每件多少钱。",
    ),
    formulas=(product("arpu", "orders_per_buyer", "units_per_customer_order", "sales_per_customer_unit"),),
    depth=2,
    source="sales of customers / buyers = orders per buyer x units per order x sales per unit; LMDI-I (Ang 2015)",
    example=TreeExample(
        kpi="arpu",
        before={"arpu": 40, "orders_per_buyer": 2, "units_per_customer_order": 2, "sales_per_customer_unit": 10},
        after={"arpu": 80, "orders_per_buyer": 4, "units_per_customer_order": 2, "sales_per_customer_unit": 10},
        expect={"orders_per_buyer": 40, "units_per_customer_order": 0, "sales_per_customer_unit": 0},
    ),
)
