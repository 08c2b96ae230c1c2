"""One file per platform: each declares SOURCE, how an export of that platform becomes rows of the shop."""
