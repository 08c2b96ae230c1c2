"""KPIs: defined once as data, compiled to SQL, answered from a shop's warehouse."""

from zhanggui.metrics.answering import answer
from zhanggui.metrics.catalogue import is_additive, leaves, load_catalogue
from zhanggui.metrics.compile import View, compile_scan, scans_of
from zhanggui.metrics.definition import Aggregate, Kpi
from zhanggui.metrics.dialects import DIALECTS, Dialect, dialect_named
from zhanggui.metrics.dimensions import DIMENSIONS, NONE, Dimension, dimension_named
from zhanggui.metrics.known import (
    Measurable,
    all_needs,
    catalogue_of,
    data_range,
    default_window,
    dimensions,
    last_complete_day,
    measurable,
    missing,
    reason_of,
)
from zhanggui.metrics.question import Answer, Cell, Key, Question, Row
from zhanggui.metrics.value_words import value_inside, value_of_words, value_words, vocabulary

__all__ = [
    "DIALECTS", "DIMENSIONS", "NONE", "Aggregate", "Answer", "Cell", "Dialect", "Dimension", "Key", "Kpi", "Measurable",
    "Question", "Row", "View", "all_needs", "answer", "catalogue_of", "compile_scan", "data_range", "default_window",
    "dialect_named", "dimension_named", "dimensions", "is_additive", "last_complete_day", "leaves", "load_catalogue",
    "measurable", "missing", "reason_of", "scans_of", "value_inside", "value_of_words", "value_words", "vocabulary",
]  # fmt: skip
