"""Goods: the product list of a window, and which products sell, fall, rise, are new or do not sell."""

from zhanggui.engines.goods.listing import product_list
from zhanggui.engines.goods.types import COLUMNS, VIEWS, ProductColumn, ProductList, ProductQuery, ProductRow

__all__ = ["COLUMNS", "VIEWS", "ProductColumn", "ProductList", "ProductQuery", "ProductRow", "product_list"]
