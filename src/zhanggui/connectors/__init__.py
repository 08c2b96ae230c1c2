"""Reading the exports of other systems: one file per system in ``sources``."""
