"""The import pipeline: stage, check, compare, merge, report. ``zhanggui.store.batches`` is its door."""
