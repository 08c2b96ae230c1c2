"""Where rows live: the warehouse (DuckDB) and the ledger (SQLite or PostgreSQL) of a shop."""
