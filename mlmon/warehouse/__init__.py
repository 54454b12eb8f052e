"""The one DuckDB file: connect, transact, tables, comments, migrations, the spelling of SQL."""
