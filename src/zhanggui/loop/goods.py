"""The product list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhanggui.basics.words import Words
from zhanggui.engines.goods import VIEWS, ProductList, ProductQuery, ProductRow, product_list
from zhanggui.loop import shops
from zhanggui.loop.result import Grid, GridColumn, Tabled

if TYPE_CHECKING:
    from zhanggui.loop.verbs.products import ProductsParams
    from zhanggui.store.opened import OpenShop


@dataclass(frozen=True)
class ProductsResult(Tabled):
    """A product list, with what a table of it needs."""

    found: ProductList
    good: bool = True
    words: Words | None = None

    @property
    def rows(self) -> tuple[ProductRow, ...]:
        """One row per product."""
        return self.found.rows

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The document of ``zhanggui products --format json``; reasons in ``language``."""
        document = self.found.to_json(language)
        return {"products": document.pop("rows"), **document}

    def to_arrow(self) -> Any:
        """One row per product as a pyarrow Table."""
        return self.found.to_arrow()

    def grids(self) -> tuple[Grid, ...]:
        """One row per product, without the trend."""
        columns = [column for column in self.found.columns if column.name != "trend"]
        rows = tuple(tuple(getattr(row, column.name) for column in columns) for row in self.found.rows)
        heads = tuple(
            GridColumn(column.name, column.words, "value" if column.unit else "text", column.unit) for column in columns
        )
        return (Grid(heads, rows, None, self.found.currency),)


def products(shop: OpenShop | None, params: ProductsParams) -> ProductsResult:
    """The product list.

    Raises:
        UnknownNameError: no such list, column, dimension or value.
    """
    shop = shops.need(shop)
    is_view = params.sort is None or params.sort in VIEWS
    query = ProductQuery(
        window=shops.window_of(shop, params.from_, params.to),
        against=None if params.against == "none" else params.against or "previous",
        view=(params.sort or "top") if is_view else "all",
        search=params.search or "",
        where=params.where,
        sort=None if is_view else params.sort,
        descending=params.descending,
        limit=50 if params.limit is None else params.limit,
        offset=params.offset,
    )
    return ProductsResult(product_list(shop, query))
