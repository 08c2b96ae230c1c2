"""The cockpit: pages are lists of blocks, rendered in one place."""
