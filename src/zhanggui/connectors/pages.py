"""What an address of a shop's site says about the page, for platforms that give no kind of page.

The rules look at path and query of the address alone, segment by segment, so that they hold for shops of any system
(Shopify, WooCommerce, Magento, Shopware, JTL, Taobao, own shops). What no rule knows is ``other``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote_plus

HOME = frozenset({"", "index", "home", "store", "main", "default"})
# One segment of the path decides; the first kind that knows one wins.
_TEXT = {
    "checkout": "checkout checkouts kasse onepage yourinfo payment revieworder ordercompleted confirmation "
    "orderconfirmed thankyou thank-you order-received confirm_order buy_now 结算 下单",
    "cart": "cart basket bag warenkorb panier carrito shoppingcart shopping-cart shopping-bag 购物车",
    "account": "account accounts login signin sign-in register signup sign-up my-account myaccount customer profile "
    "wishlist konto member 我的 登录",
    "search": "search asearch suche recherche catalogsearch searchresults search-results 搜索",
    "item": "product products item items p dp pd pdp goods detail produkt produkte artikel produit producto sku 商品",
    "category": "category categories collection collections c cat catalog catalogue department departments shop "
    "product-category kategorie kategorien list brand brands sale 分类 类目",
}
_WORDS = {kind: frozenset(words.split()) for kind, words in _TEXT.items()}
# Lists that stand where items stand, too: /products is a list, /products/mug an item.
_ALONE = frozenset({"products", "product", "items", "goods", "produkte", "artikel"})
_SEARCH_KEYS = "q|s|query|search|keywords?|k|wd|search_term|search_query"
_CLICK_KEYS = (
    "gclid|gbraid|wbraid|dclid|fbclid|msclkid|ttclid|twclid|li_fat_id|yclid|bd_vid|qz_gdt|gdt_vid|clickid|srsltid"
)
_SEARCH = re.compile(rf"(?:^|&)(?:{_SEARCH_KEYS})=[^&]", re.IGNORECASE)
_KEPT = re.compile(rf"(?:utm_\w+|{_CLICK_KEYS}|{_SEARCH_KEYS}|variant|sku|page|id)=.", re.IGNORECASE)
_SEARCHED = frozenset({"home", "other", "search", "category"})  # kinds of pages that a search word turns into a search
_ENDING = re.compile(r"\.(html?|php|aspx?|jsp|do)$")
_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*:)?//[^/]*", re.IGNORECASE)
_LOGIN = re.compile(r"^([a-z]+://)[^/@]*@", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?")
_MAIL = re.compile(r"[^\s/?&=#:;,<>\"']+(?:@|%40)[^\s/?&=#:;,<>\"']+\.[a-z]{2,}", re.IGNORECASE)
LONGEST = 2_000  # characters of an address; more is no address


def page_type_of(address: str) -> str:
    """The kind of the page at ``address`` (whole, or only its path), one of those of the shop model.

    >>> page_type_of("https://shop.example/"), page_type_of("/collections/mugs/products/blue-mug?variant=3")
    ('home', 'item')
    >>> page_type_of("/products"), page_type_of("/?s=mug"), page_type_of("/basket.html"), page_type_of("/about-us")
    ('category', 'search', 'cart', 'other')
    """
    head, _, query = address.partition("#")[0].partition("?")
    kind = _kind_of_path(_HOST.sub("", head.strip()))
    return "search" if kind in _SEARCHED and query and _SEARCH.search(query) else kind


@lru_cache(maxsize=65_536)
def _kind_of_path(path: str) -> str:
    segments = [_ENDING.sub("", part) for part in unquote_plus(path).lower().split("/") if part]
    if not segments or (len(segments) == 1 and (segments[0] in HOME or _LANGUAGE.fullmatch(segments[0]))):
        return "home"
    for kind, words in _WORDS.items():
        found = next((at for at, segment in enumerate(segments) if segment in words), None)
        if found is None:
            continue
        last = found == len(segments) - 1
        if kind == "item" and last and segments[found] in _ALONE:
            return "category"
        if kind != "item" or not last:
            return kind
    return "other"


def clean_address(address: str) -> str:
    """``address`` without what may tell who the visitor is: only marks of campaigns and searches stay of the query.

    >>> clean_address("https://a.example/x?utm_source=n&mail=jo@ex.org&q=mug&token=1#top")
    'https://a.example/x?utm_source=n&q=mug'
    """
    head, _, query = address[:LONGEST].partition("#")[0].partition("?")
    if "@" in head or "%40" in head:
        head = _MAIL.sub("-", _LOGIN.sub(r"\1", head))
    if not query:
        return head
    kept = [pair for pair in query.split("&") if _KEPT.match(pair) and not _MAIL.search(pair.partition("=")[2])]
    return f"{head}?{'&'.join(kept)}" if kept else head
