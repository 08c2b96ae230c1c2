"""Diagnosis: what moved a KPI. Exact driver trees, rate and mix effects, and words from the numbers."""

from zhanggui.engines.diagnosis.explaining import explain
from zhanggui.engines.diagnosis.forest import trees
from zhanggui.engines.diagnosis.types import Driver, Explanation, Node, Tree, TreeExample, TreeState

__all__ = ["Driver", "Explanation", "Node", "Tree", "TreeExample", "TreeState", "explain", "trees"]
