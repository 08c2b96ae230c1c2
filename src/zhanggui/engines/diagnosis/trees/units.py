"""Were there more orders, more units in each, or dearer units?"""

from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.types import Tree, TreeExample, product

TREE = Tree(
    words=Words("Orders x units per order x price per unit", "订单数 × 每单件数 × 件单价"),
    doc=Words(
        "Needs nothing but orders and their lines.",
        "只需要订单和订单明细。",
    ),
    formulas=(
        product("sales", "orders", "units_per_order", "price_per_unit"),
        product("units", "orders", "units_per_order"),
        product("aov", "units_per_order", "price_per_unit"),
    ),
    depth=1,
    source="average order value = units per order x price per unit; split by LMDI-I (Ang 2015)",
    example=TreeExample(
        kpi="aov",
        before={"aov": 20, "units_per_order": 2, "price_per_unit": 10},
        after={"aov": 40, "units_per_order": 2, "price_per_unit": 20},
        expect={"units_per_order": 0, "price_per_unit": 20},
    ),
)
