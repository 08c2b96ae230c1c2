"""One file, one page: each module declares exactly one ``Page``. No markup in here."""
