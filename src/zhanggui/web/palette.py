"""What the search field (key /) and the filter field offer."""

from __future__ import annotations

from collections.abc import Mapping

from zhanggui.web.frame import frame_of, listed
from zhanggui.web.options import area_rank
from zhanggui.web.page import Context, Page

COUNTED = ("sales", "orders", "sessions", "visitors")  # by which of these a dimension's values are ranked
MOST = 60


def palette(context: Context, pages: Mapping[str, Page]) -> list[dict[str, str]]:
    """Pages, measurable KPIs and the other shops: text, kind, address, and more words to find it by."""
    t = context.t
    found = [
        _entry(
            page.words[context.view.language],
            t("palette.page"),
            context.link(page.path),
            *page.words.to_json().values(),
        )
        for page in listed(pages)
    ]
    for name, entry in sorted(context.kpis.items(), key=lambda pair: area_rank(str(pair[1].get("area", "")))):
        if entry.get("measurable"):
            words = [str(text) for text in (entry.get("words") or {}).values()]
            address = context.link("explore", ("kpi", name))
            found.append(_entry(context.kpi_name(name), t("palette.kpi"), address, name, *words))
    shops = [link for link in frame_of(context, pages).shops if not link.current]
    return found + [_entry(link.text, t("palette.shop"), link.href) for link in shops]


def _entry(text: str, kind: str, href: str, *more: str) -> dict[str, str]:
    return {"text": text, "kind": kind, "href": href, "more": " ".join(more)}


def values(context: Context, dim: str) -> list[str]:
    """Values of a dimension in the window, the biggest first; none where nothing counts them."""
    for name in COUNTED:
        entry = context.kpis.get(name, {})
        if entry.get("measurable") and dim in (entry.get("dimensions") or ()):
            window = {key: value for key, value in context.view.params().items() if key in ("from", "to")}
            answer = context.ask("kpi", name=[name], by=[dim], top=MOST, **window)
            rows = [row for row in answer["rows"] if not row.get("others")]
            return ["(none)" if row[dim] is None else str(row[dim]) for row in rows]
    return []
