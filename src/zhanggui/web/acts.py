"""What visitors do, in words: events, kinds of pages, steps of funnels and of paths."""

from __future__ import annotations

from zhanggui.loop.values import value_words, vocabulary
from zhanggui.web.blocks import Option
from zhanggui.web.page import Context

START = "session_start"
EVENTS = (
    "view_item_list", "select_item", "view_item", "search", "add_to_cart", "remove_from_cart", "begin_checkout",
    "add_shipping_info", "add_payment_info", "purchase", "sign_up", "login", "select_promotion", "page_view",
)  # fmt: skip
PAGE_TYPES = ("home", "category", "item", "search", "cart", "checkout", "account", "other")
OPTIONAL, ON_PAGE = "?", "page:"


def act_name(name: object, context: Context) -> str:
    """An event, page type or step such as ``view_item``, ``page:home``, ``search?`` for a person.

    What leaves, enters or is left over is written ``(exit)``, ``(entry)``, ``(others)``; names from outside stay.
    """
    text = str(name or "").removesuffix(OPTIONAL)
    if text.startswith(ON_PAGE):
        return page_type_name(text.removeprefix(ON_PAGE), context)
    kind = "event" if text in vocabulary("event") else "page_type"
    return value_words(kind, text)[context.view.language]


def page_type_name(kind: object, context: Context) -> str:
    """A kind of page for a person; a missing one in words."""
    return value_words("page_type", kind)[context.view.language]


def act_options(chosen: str, context: Context, *, first: bool = False, optional: bool = False) -> tuple[Option, ...]:
    """Events and kinds of pages; as the ``first`` step the start too; ``optional`` ones that may be skipped last."""
    t = context.t
    acts = [(START, act_name(START, context), t("act.events"))] if first else []
    acts += [(name, act_name(name, context), t("act.events")) for name in EVENTS]
    acts += [(f"{ON_PAGE}{kind}", act_name(f"{ON_PAGE}{kind}", context), t("act.pages")) for kind in PAGE_TYPES]
    if optional:
        acts += [
            (f"{name}{OPTIONAL}", t("act.optional", name=act_name(name, context)), t("act.optionals"))
            for name in EVENTS
            if name != "page_view"
        ]
    known = {name for name, _, _ in acts}
    if chosen and chosen not in known:
        acts.append((chosen, act_name(chosen, context), t("act.events")))
    return tuple(Option(name, text, name == chosen, group=group) for name, text, group in acts)
