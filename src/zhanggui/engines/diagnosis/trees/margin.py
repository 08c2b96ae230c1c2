"""Did we sell more, or keep more of each sale?"""

from zhanggui.basics.words import Words
from zhanggui.engines.diagnosis.types import Tree, TreeExample, product

TREE = Tree(
    words=Words("Sales with a known cost x gross margin", "有成本的销售额 × 毛利率"),
    doc=Words(
        "Gross profit is counted over the lines whose cost is known; how much of the sales that is stands as a "
        "factor of its own.",
        "毛利只统计成本已知的明细；其占销售额的比例单列为一个因素。",
    ),
    formulas=(
        product(
            "gross_profit",
            product("covered_sales", product("sales", "orders", "aov"), "cost_covered_share"),
            "gross_margin",
        ),
    ),
    depth=3,
    source="gross profit = sales x share with a known cost x gross margin of that share; split by LMDI-I (Ang 2015)",
    example=TreeExample(
        kpi="gross_profit",
        before={
            "gross_profit": 40, "covered_sales": 100, "sales": 100, "orders": 10, "aov": 10,
            "cost_covered_share": 1, "gross_margin": 0.4,
        },
        after={
            "gross_profit": 60, "covered_sales": 150, "sales": 150, "orders": 15, "aov": 10,
            "cost_covered_share": 1, "gross_margin": 0.4,
        },
        expect={"covered_sales": 20, "sales": 20, "orders": 20, "cost_covered_share": 0, "gross_margin": 0},
    ),
)  # fmt: skip
