"""How PostgreSQL would read the rows of a statement: EXPLAIN, reduced to what was read and by which index."""

from collections.abc import Iterator
from typing import Any

from django.db import connection


def scans(sql: str, params: Any) -> list[str]:
    """One entry per table that is read: `sla_clock by sla_clock_to_flag`, or `sla_clock whole`."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0][0]["Plan"]
    return [said for node in _nodes(plan) if (said := _said(node))]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner)


def _said(node: dict[str, Any]) -> str:
    match node["Node Type"]:
        case "Seq Scan" | "Parallel Seq Scan":
            return f"{node['Relation Name']} whole"
        case "Index Scan" | "Index Only Scan":
            return f"{node['Relation Name']} by {node['Index Name']}"
        case "Bitmap Index Scan":
            return f"bitmap of {node['Index Name']}"
    return ""
