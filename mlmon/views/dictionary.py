"""The data dictionary: every table, view and column with the comment that the file carries."""

from mlmon.warehouse.warehouse import Warehouse


def markdown(warehouse: Warehouse) -> str:
    """Return the dictionary of a warehouse as Markdown."""
    relations = warehouse.read(
        "select table_name as name, 'table' as kind, comment from duckdb_tables()"
        " where not internal"
        " union all select view_name, 'view', comment from duckdb_views() where not internal"
        " order by kind, name"
    )
    columns = warehouse.read(
        "select table_name, column_name, data_type, comment from duckdb_columns()"
        " where not internal order by table_name, column_index"
    )
    lines = ["# Data dictionary", ""]
    for relation in relations:
        lines += [f"## {relation['name']} ({relation['kind']})", "", relation["comment"] or "", ""]
        lines += ["| column | type | meaning |", "| --- | --- | --- |"]
        lines += [
            f"| {row['column_name']} | {row['data_type']} | {row['comment'] or ''} |"
            for row in columns
            if row["table_name"] == relation["name"]
        ]
        lines.append("")
    return "\n".join(lines)
