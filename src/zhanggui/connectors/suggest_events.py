"""What platforms call the steps of a visitor, in English and Chinese, and which event of the shop that is."""

from __future__ import annotations

from collections.abc import Iterable

from zhanggui.connectors.suggest_words import plain
from zhanggui.shop import TABLES

# "view" alone is the view of an item where rows name products, else of a page.
_VIEWS = "view|viewed|click|clicked|pv|detail|browse|浏览|点击|查看|详情|点击浏览"
_WORDS = {
    "page_view": "pageview|page|visit|screen view|screen|page viewed|页面浏览|访问|浏览页面",
    "view_item": "view product|product view|product viewed|item view|view content|product detail|浏览商品|商品浏览|"
    "查看商品|商品详情|浏览商品详情",
    "view_item_list": "view list|list view|category view|product list viewed|view category|浏览列表|列表浏览|浏览分类",
    "select_item": "product clicked|click item|click product|item click|点击商品|商品点击",
    "add_to_cart": "cart|add cart|add|added to cart|product added|加购|加入购物车|加购物车|添加购物车",
    "remove_from_cart": "remove cart|remove|product removed|移出购物车|删除购物车|移除购物车",
    "begin_checkout": "checkout|checkout started|initiate checkout|start checkout|结算|去结算|发起结算",
    "add_shipping_info": "shipping info|shipping|address|填写地址|提交地址|选择地址",
    "add_payment_info": "payment info|payment|add payment|填写支付|选择支付方式",
    "purchase": "buy|bought|transaction|order|order completed|order placed|checkout completed|购买|下单|成交|"
    "支付|支付成功|付款",
    "refund": "order refunded|return|退款|退货",
    "search": "searched|view search results|products searched|搜索|检索",
    "sign_up": "register|registration|signed up|注册",
    "login": "sign in|signed in|logged in|登录",
    "error": "exception|js error|错误|异常",
}
_NAMES = {plain(word): name for name, words in _WORDS.items() for word in words.split("|")} | {
    plain(name): name for name in TABLES["events"].by_name["event"].choices
}
_VIEW_NAMES = frozenset(plain(word) for word in _VIEWS.split("|"))


def event_named(word: str, *, of_items: bool) -> str | None:
    """The event of the shop that ``word`` of a platform means; None when it is none or not known.

    >>> event_named("pv", of_items=True), event_named("View", of_items=False), event_named("加购", of_items=True)
    ('view_item', 'page_view', 'add_to_cart')
    >>> event_named("fav", of_items=True) is None
    True
    """
    name = plain(word)
    if name in _VIEW_NAMES:
        return "view_item" if of_items else "page_view"
    return _NAMES.get(name)


def event_table(words: Iterable[str], *, of_items: bool) -> dict[str, str]:
    """Those of ``words`` that are known, with the event of the shop that each means."""
    found = {word: event_named(word, of_items=of_items) for word in words if word}
    return {word: name for word, name in found.items() if name is not None}
