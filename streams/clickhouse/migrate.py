"""Brings the database to the schema of this version: numbered SQL files, each applied once.

Every statement can be repeated (IF NOT EXISTS), so two processes that start at once do no harm
and need no lock. A file that was applied must never change: its SHA-256 is recorded.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from clickhouse_connect.driver.client import Client

from streams.clickhouse.client import connect
from streams.clickhouse.errors import MigrationError
from streams.settings import Settings

__all__ = ["MIGRATIONS", "Migration", "load", "migrate", "places", "render"]

MIGRATIONS = Path(__file__).parent / "migrations"
NAME = re.compile(r"^\d{4}_[a-z0-9_]+$")
COMMENT = re.compile(r"^\s*--.*$", re.M)
DEDUP_WINDOW = 10_000
"""Blocks whose tokens a table remembers. Only the last batch of a partition is ever repeated, so
it must outlast what other partitions write until its new owner repeats it: minutes."""
WITH_TEXT = ("payloads", "dead_letters")
"""Tables that live as long as text may."""


class Migration(NamedTuple):
    """One numbered file.

    Args:
        name: Its name without suffix; sorts in the order of application.
        sql: Its text, places not yet filled in.
    """

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def load(folder: Path = MIGRATIONS) -> tuple[Migration, ...]:
    """Return the migrations of a folder in order.

    Raises:
        MigrationError: A name has no number, or two have the same.
    """
    found = tuple(Migration(p.stem, p.read_text("utf-8")) for p in sorted(folder.glob("*.sql")))
    numbers = [migration.name[:4] for migration in found]
    if not all(NAME.match(migration.name) for migration in found) or len({*numbers}) < len(found):
        message = f"migrations in {folder} must be called 0001_what.sql, each number once"
        raise MigrationError(message)
    return found


def places(settings: Settings) -> dict[str, str]:
    """Return what stands for each `{place}` in the files."""
    cluster = settings.clickhouse_cluster
    window = "" if cluster else "non_"
    return {
        "db": settings.clickhouse_database,
        "on_cluster": f"ON CLUSTER '{cluster}'" if cluster else "",
        "replicated": "Replicated" if cluster else "",
        "dedup_window": f"{window}replicated_deduplication_window = {DEDUP_WINDOW}",
        "text_days": str(settings.clickhouse_text_days),
    }


def render(sql: str, given: Mapping[str, str]) -> list[str]:
    """Return the statements of a file; a parameter like `{tenant:String}` is left as it is."""
    for place, value in given.items():
        sql = sql.replace("{%s}" % place, value)  # noqa: UP031 - braces would need doubling
    parts = re.split(r";[ \t]*$", COMMENT.sub("", sql), flags=re.M)
    return [part.strip() for part in parts if part.strip()]


def migrate(settings: Settings, folder: Path = MIGRATIONS) -> list[str]:
    """Create the database and apply what is not yet applied.

    Args:
        settings: Where ClickHouse is, and what fills the places.
        folder: Of the numbered files.

    Returns:
        Names of the migrations applied now.

    Raises:
        MigrationError: A file that was applied has changed, or the database is of a later version.
        clickhouse_connect.driver.exceptions.Error: ClickHouse is not there, or refuses.
    """
    known, given = load(folder), places(settings)
    client = connect(settings, database=False)
    try:
        applied = _applied(client, given)
        _check(known, applied, given["db"])
        done = []
        for migration in known:
            # Asked each time: where another process is ahead, what it has done is not done again.
            if migration.name in applied or migration.name in _applied(client, given):
                continue
            for statement in render(migration.sql, given):
                client.command(statement)
            client.insert(
                "schema_migrations",
                [[migration.name, migration.checksum]],
                column_names=["name", "checksum"],
                database=given["db"],
            )
            done.append(migration.name)
        _keep_text(client, settings, given)
    finally:
        client.close()
    return done


def _applied(client: Client, given: Mapping[str, str]) -> dict[str, str]:
    there = client.query(
        "SELECT count() FROM system.tables WHERE database = {db:String} "
        "AND name = 'schema_migrations'",
        parameters={"db": given["db"]},
    ).result_rows[0][0]
    if not there:
        for statement in render(BOOKS, given):
            client.command(statement)
    rows = client.query(
        f"SELECT name, checksum FROM {given['db']}.schema_migrations FINAL"
    ).result_rows
    return {str(name): str(checksum) for name, checksum in rows}


def _check(known: tuple[Migration, ...], applied: Mapping[str, str], database: str) -> None:
    files = {migration.name: migration for migration in known}
    if later := sorted(set(applied) - set(files)):
        message = (
            f"database {database} has migrations that this version does not know "
            f"({', '.join(later)}): run the version that applied them, or a later one"
        )
        raise MigrationError(message)
    changed = sorted(name for name, found in applied.items() if files[name].checksum != found)
    if changed:
        message = (
            f"{', '.join(changed)} changed after being applied to database {database}: put the "
            "file back as it was and write the change as a new migration"
        )
        raise MigrationError(message)


def _keep_text(client: Client, settings: Settings, given: Mapping[str, str]) -> None:
    """Set how long text is kept where the setting has changed since the table was created."""
    days = settings.clickhouse_text_days
    rows = client.query(
        "SELECT name, create_table_query FROM system.tables "
        "WHERE database = {db:String} AND name IN {names:Array(String)}",
        parameters={"db": given["db"], "names": list(WITH_TEXT)},
    ).result_rows
    for name, query in rows:
        found = re.search(r"\bTTL (toDateTime\(\w+\)) \+ toIntervalDay\((\d+)\)", str(query))
        if found and int(found.group(2)) != days:
            client.command(
                f"ALTER TABLE {given['db']}.{name} {given['on_cluster']} "
                f"MODIFY TTL {found.group(1)} + INTERVAL {days} DAY DELETE"
            )


BOOKS = """
CREATE DATABASE IF NOT EXISTS {db} {on_cluster};
CREATE TABLE IF NOT EXISTS {db}.schema_migrations {on_cluster}
(
    name String,
    checksum String COMMENT 'SHA-256 of the file',
    applied_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY name
COMMENT 'Migrations applied to this database.';
"""
