"""One folder per capability; engines do not know each other and meet in ``zhanggui.loop`` only."""
