"""Why orders and their lines are refused, whatever the platform they come from."""

from __future__ import annotations

from zhanggui.basics.words import Words

NUMBER_MISSING = Words("the order number is missing; export the file again", "缺少订单号；请重新导出文件")
PLACED_MISSING = Words(
    "the time of the order is missing; correct it in the file and import again",
    "缺少下单时间；请在文件中补上后重新导入",
)
PAID_EARLY = Words("the order was paid before it was placed", "付款时间早于下单时间")
PRODUCT_MISSING = Words(
    "the product is missing; export the file with its product columns", "缺少商品；请连同商品列一起导出"
)
NO_QUANTITY = Words("the quantity is zero", "数量为零")
NEGATIVE_PRICE = Words("the price is negative", "价格为负")


def repeats_line(line: int) -> Words:
    """A key that stood on ``line`` already, with other values."""
    return Words(
        f"key repeats line {line} with other values; keep the right one",
        f"与第 {line} 行的键相同但值不同；请保留正确的一行",
    )
