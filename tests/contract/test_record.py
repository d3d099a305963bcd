"""Every topic of the table has its tables, and every table its columns."""

import re

from streams.clickhouse import rows_control, rows_events, rows_registry, rows_signals
from streams.clickhouse.columns import Table
from streams.clickhouse.migrate import load, places, render
from streams.clickhouse.queries import TABLES
from streams.clickhouse.reading import READERS
from streams.settings import Settings
from streams.topics import TABLE

LAYOUTS = [
    layout
    for module in (rows_control, rows_events, rows_registry, rows_signals)
    for layout in vars(module).values()
    if isinstance(layout, Table)
]
FILLED_HERE = {"ingested_at", "priority"}


def created() -> dict[str, set[str]]:
    """Return table -> columns, from the migrations."""
    found = {}
    for migration in load():
        for statement in render(migration.sql, places(Settings())):
            if match := re.match(
                r"CREATE TABLE IF NOT EXISTS \w+\.(\w+)\s*\((.*?)\n\)", statement, re.S
            ):
                lines = [line.strip() for line in match.group(2).splitlines() if line.strip()]
                names = [line.split(" ")[0].strip("`") for line in lines]
                found[match.group(1)] = {name for name in names if name != "INDEX"}
            elif match := re.match(r"ALTER TABLE \w+\.(\w+)(?!.*MODIFY QUERY)", statement):
                found[match.group(1)] |= set(re.findall(r"IF NOT EXISTS `?([\w.]+)", statement))
    return found


def test_every_topic_that_record_consumes_has_a_reader() -> None:
    assert set(READERS) == {row.name for row in TABLE if "record" in row.consumers}
    assert set(READERS) == {row.name for row in TABLE}


def test_every_layout_fills_every_column_of_its_table() -> None:
    tables = created()
    broker = {"logged_at", "kafka_partition", "kafka_offset"}
    for layout in LAYOUTS:
        names = [column.name for column in layout.columns]
        assert len(names) == len(set(names)), layout.name
        assert set(names) | broker == tables[layout.name] - FILLED_HERE, layout.name


def test_every_table_of_rows_is_counted() -> None:
    books = {"ingest_events", "signals_1m", "embedding_centroid_1h", "sink_state"}
    assert set(TABLES) == set(created()) - books


def test_no_place_is_left_open_and_a_cluster_is_replicated() -> None:
    given = places(Settings(clickhouse_cluster="main"))
    sql = [statement for one in load() for statement in render(one.sql, given)]
    assert not [s for s in sql if re.search(r"\{[a-z_]+\}", s)]
    tables = [s for s in sql if s.startswith("CREATE TABLE") and "ENGINE = Null" not in s]
    assert all("ENGINE = Replicated" in s and "ON CLUSTER 'main'" in s for s in tables)
    assert all("non_replicated" not in s for s in sql)
