"""How fast pages are: tables of percentiles with their rating, and conversion by load time."""

from __future__ import annotations

from collections.abc import Sequence

from zhanggui.web.blocks import Cell, Column, Row, Table, Tone, Trend
from zhanggui.web.charts import chart, series
from zhanggui.web.durations import duration, milliseconds
from zhanggui.web.page import Context, Json
from zhanggui.web.visits import value_name

MEASURES = ("load_ms", "lcp_ms", "inp_ms", "cls", "ttfb_ms")
TONES: dict[str, Tone] = {"good": "good", "needs improvement": "fair", "poor": "bad"}
MOST_GROUPS = 12


def measured(value: float | None, measure: str, context: Context) -> str:
    """A load time or vital with its unit; CLS has none."""
    if measure != "cls":
        return milliseconds(value, context)
    return "–" if value is None else f"{value:.2f}"


def grade(value: float | None, measure: str, thresholds: Json) -> str:
    """good, needs improvement or poor by the limits of the answer; '' when unknown."""
    limits = thresholds.get(measure)
    if value is None or not limits:
        return ""
    return "good" if value <= limits["good"] else "poor" if value > limits["poor"] else "needs improvement"


def rating_text(rating: str | None, context: Context) -> str:
    """A rating in words; '' for none."""
    return context.t.get(f"rating.{rating.replace(' ', '_')}", rating) if rating else ""


def speed_table(answer: Json, dim: str, title: str, context: Context) -> Table:
    """The groups of ``by_<dim>``: each measure at p75 with p50 and p95 beneath, share of slow loads, rating."""
    t, groups = context.t, list(answer.get(f"by_{dim}") or ())
    known = [name for name in MEASURES if any(group.get(name) for group in groups)]
    columns = [Column(dim, t(f"experience.{dim}")), Column("views", t("experience.views"), "number", "count")]
    columns += [Column(name, t(f"experience.{name}"), "number", "ms") for name in known]
    columns += [
        Column("slow_share", t("experience.slow_share"), "number", "rate"),
        Column("rating", t("experience.rating")),
    ]
    shown = groups if context.full else groups[:MOST_GROUPS]
    rows = tuple(_group(group, dim, known, answer, context) for group in shown)
    return Table(
        f"by-{dim}",
        title,
        tuple(columns),
        rows,
        note=t("experience.speed_note"),
        downloads=context.downloads(f"by-{dim}"),
    )


def _group(group: Json, dim: str, known: Sequence[str], answer: Json, context: Context) -> Row:
    thresholds = answer.get("thresholds") or {}
    cells = [
        Cell(value_name(group.get(dim), dim, context), group.get(dim)),
        Cell(context.exact(group.get("views"), "count"), group.get("views")),
        *(_measure(group.get(name), name, thresholds, context) for name in known),
        Cell(context.exact(group.get("slow_share"), "rate"), group.get("slow_share")),
        _rating(group.get("rating"), context),
    ]
    return Row(tuple(cells))


def _measure(spread: Json | None, name: str, thresholds: Json, context: Context) -> Cell:
    if not spread:
        return Cell("–")
    texts = {key: measured(spread.get(key), name, context) for key in ("p50", "p75", "p95")}
    tone: Tone = "bad" if grade(spread.get("p75"), name, thresholds) == "poor" else ""
    small = f"{texts['p50']} – {texts['p95']}"
    return Cell(texts["p75"], spread.get("p75"), small=small, tone=tone)


def _rating(rating: str | None, context: Context) -> Cell:
    return Cell(rating_text(rating, context), rating, badge=True, tone=TONES[rating]) if rating in TONES else Cell("–")


def hours_block(answer: Json, context: Context) -> Trend | None:
    """The load time of every hour of the day as bars; the table has all measures."""
    groups = [group for group in answer.get("by_hour") or () if group.get("load_ms") and group.get("hour") is not None]
    if len(groups) < 2:
        return None
    title = context.t("experience.by_hour")
    labels = [value_name(group["hour"], "hour", context) for group in groups]
    line = series(context.t("experience.load_p75"), [group["load_ms"]["p75"] for group in groups], "ms", context)
    line["texts"] = [milliseconds(group["load_ms"]["p75"], context) for group in groups]
    drawn = chart("bar", title, labels, [line], "ms", context)
    return Trend(title, drawn, speed_table(answer, "hour", title, context), context.t("experience.load_p75"))


def bands_block(answer: Json, context: Context) -> Trend | None:
    """Conversion by load time of the visit, with its interval; worded as an association."""
    bands = [band for band in answer.get("bands") or () if band.get("sessions")]
    if not bands:
        return None
    t, title = context.t, context.t("experience.bands")
    labels = [_band(band, context) for band in bands]
    line = series(t("experience.conversion"), [band.get("conversion") for band in bands], "rate", context)
    rows = tuple(_band_row(band, label, context) for band, label in zip(bands, labels, strict=True))
    columns = (
        Column("band", t("experience.band")),
        Column("sessions", t("experience.sessions"), "number", "count"),
        Column("conversion", t("experience.conversion"), "number", "rate"),
        Column("interval", t("experience.interval"), "number"),
        Column("standardised", t("experience.standardised"), "number", "rate", hint=t("experience.standardised_hint")),
    )
    table = Table("bands", title, columns, rows, sortable=False, downloads=context.downloads("bands"))
    return Trend(title, chart("bar", title, labels, [line], "rate", context), table, t("experience.bands_note"))


def _band(band: Json, context: Context) -> str:
    t, low, high = context.t, band["from_ms"], band.get("to_ms")
    if high is None:
        return t("experience.band_over", from_ms=duration(low / 1000, context))
    if not low:
        return t("experience.band_under", to_ms=duration(high / 1000, context))
    return t("experience.band_from_to", from_ms=duration(low / 1000, context), to_ms=duration(high / 1000, context))


def _band_row(band: Json, label: str, context: Context) -> Row:
    span = " – ".join(context.exact(band.get(side), "rate") for side in ("low", "high"))
    return Row(
        (
            Cell(label, band["from_ms"]),
            Cell(context.exact(band["sessions"], "count"), band["sessions"]),
            Cell(context.exact(band.get("conversion"), "rate"), band.get("conversion")),
            Cell(span, band.get("low")),
            Cell(context.exact(band.get("standardised"), "rate"), band.get("standardised")),
        )
    )
