"""One file per table of the shop model: each declares TABLE with its columns, units, keys and rules."""
