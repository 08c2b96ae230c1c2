"""The experience of a window in a few sentences."""

from __future__ import annotations

from zhanggui.basics.numbers import format_value
from zhanggui.basics.words import Words
from zhanggui.engines.experience.losing import CAUTION
from zhanggui.engines.experience.types import Measured, PageGroup
from zhanggui.metrics import value_inside

LEAST_VIEWS = 30  # page loads that a kind of page needs to be called the slowest; slow sessions worth a sentence


def in_words(now: Measured, before: Measured | None, slow_ms: float) -> Words:
    """Load time, the slowest pages, the share of slow sessions, errors, empty searches and what slowness goes with."""
    told = (_load(now, before), _slow(now, slow_ms), _errors(now), _searches(now), _loss(now), _worst_page(now))
    parts = [part for part in told if part]
    if not parts:
        return Words("No page of this window has a measured load time.", "此时间段没有页面记录加载时间。")
    en, zh = " ".join(part.en for part in parts), "".join(part.zh for part in parts)
    if CAUTION.en in en:  # said once, at the end
        en = f"{' '.join(en.replace(CAUTION.en, '').split())} {CAUTION.en}"
        zh = f"{zh.replace(CAUTION.zh, '')}{CAUTION.zh}"
    return Words(en, zh)


def _load(now: Measured, before: Measured | None) -> Words | None:
    if now.overall is None or "load_ms" not in now.overall.measures:
        return None
    value = now.overall.measures["load_ms"].p75
    then = before.overall.measures.get("load_ms") if before and before.overall else None
    en, zh = format_value(value, "ms"), format_value(value, "ms", "zh")
    more_en, more_zh = "", ""
    if then is not None:
        more_en = f" (compared with {format_value(then.p75, 'ms')})"
        more_zh = f"（对比期 {format_value(then.p75, 'ms', 'zh')}）"
    slowest = _slowest(now)
    if slowest is not None:
        name = value_inside("page_type", slowest.key)
        time = slowest.measures["load_ms"].p75
        more_en += f"; the slowest kind of page is the {name.en} with {format_value(time, 'ms')}"
        more_zh += f"，最慢的是{name.zh}（{format_value(time, 'ms', 'zh')}）"
    return Words(f"Three of four pages load within {en}{more_en}.", f"四分之三的页面在 {zh} 内加载完成{more_zh}。")


def _slowest(now: Measured) -> PageGroup | None:
    groups = [group for group in now.by.get("page_type", ()) if group.key is not None and group.loads >= LEAST_VIEWS]
    return max(groups, key=lambda group: group.measures["load_ms"].p75, default=None) if len(groups) > 1 else None


def _slow(now: Measured, slow_ms: float) -> Words | None:
    if now.slowness is None or now.slowness.slow_sessions.share is None:
        return None
    share, limit = now.slowness.slow_sessions.share, slow_ms
    return Words(
        f"{format_value(share, 'rate')} of sessions are slow (over {format_value(limit, 'ms')} per page on average).",
        f"慢会话占 {format_value(share, 'rate', 'zh')}（平均每页超过 {format_value(limit, 'ms', 'zh')}）。",
    )


def _errors(now: Measured) -> Words | None:
    if now.errors is None or not now.errors.met:
        return None
    share, most = now.errors.met / now.errors.sessions, now.errors.pages[0].page_url if now.errors.pages else None
    en, zh = (f", most often on {most}", f"，最多的是 {most}") if most else ("", "")
    return Words(
        f"{format_value(share, 'rate')} of sessions met an error{en}.",
        f"{format_value(share, 'rate', 'zh')} 的会话遇到错误{zh}。",
    )


def _searches(now: Measured) -> Words | None:
    found = now.searches
    if found is None or found.rate is None:
        return None
    left = format_value(found.sessions_left, "count")
    ended = "1 session" if found.sessions_left == 1 else f"{left} sessions"
    return Words(
        f"{format_value(found.rate, 'rate')} of searches found nothing; {ended} ended there.",
        f"{format_value(found.rate, 'rate', 'zh')} 的搜索没有结果，{left} 个会话就此结束。",
    )


def _worst_page(now: Measured) -> Words | None:
    """The kind of page whose slow sessions lack most for certain, in their own window or against the one before."""
    found = [
        (loss.orders, page.page_type, loss.words)
        for page in (now.slowness.pages if now.slowness else ())
        for loss in (page.loss, page.since)
        if loss is not None and loss.orders_low > 0
    ]
    if not found:
        return None
    _, kind, words = max(found, key=lambda each: each[0])
    name = value_inside("page_type", kind)
    return Words(f"Most is lacking at the {name.en}. {words.en}", f"按页面类型，差额最大的是{name.zh}。{words.zh}")


def _loss(now: Measured) -> Words | None:
    loss = now.slowness.loss if now.slowness else None
    return loss.words if loss is not None and loss.sessions >= LEAST_VIEWS else None
