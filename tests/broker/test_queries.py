"""What analysts and the command line ask, on rows that record would write."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from streams.clickhouse import queries
from streams.clickhouse.client import connect
from streams.clickhouse.migrate import migrate
from streams.settings import Settings
from tests.recorded import AT, BUNDLES, command, event, every
from tests.stored import fill, logged

pytestmark = pytest.mark.broker


async def test_what_was_served_at_a_moment_is_the_command_in_force(settings: Settings) -> None:
    first, second = command(7, "assign"), command(8)
    quiet = [event(n, tenant_id="t1") for n in range(1, 9)]
    messages = [first, *quiet, second]
    await fill(settings, messages)
    begun, ended = logged(messages, first), logged(messages, second)
    before = queries.served(settings, "t1", "helper", begun - timedelta(milliseconds=1))
    assert before is None
    found = queries.served(settings, "t1", "helper", begun + timedelta(seconds=2))
    assert found is not None
    assert (found.epoch, found.action, found.bundle) == (7, "assign", BUNDLES[0])
    assert (found.commanded_at, found.superseded_at) == (begun, ended)
    after = queries.served(settings, "t1", "helper", ended)
    assert after is not None
    assert (after.epoch, after.superseded_at) == (8, None)
    assert queries.served(settings, "t1", "other", ended) is None


async def test_acks_proofs_and_traffic_stand_beside_the_command(settings: Settings) -> None:
    await fill(settings, every())
    found = queries.served(
        settings, "t1", "helper", datetime.fromtimestamp(AT / 1000, UTC) + timedelta(minutes=4)
    )
    assert found is not None
    assert (found.epoch, found.mode) == (3, "pinned")
    assert [(router, epoch, status) for router, epoch, status, *_ in found.routers] == [
        ("r1", 3, "flipped")
    ]
    assert [state for state, _ in found.proofs] == ["proven"]


async def test_a_moment_may_be_written_with_its_zone_or_without(settings: Settings) -> None:
    await fill(settings, every())
    at = datetime.fromtimestamp(AT / 1000, UTC) + timedelta(minutes=4)
    client = connect(settings)
    try:
        for moment in (f"{at:%Y-%m-%dT%H:%M:%SZ}", f"{at:%Y-%m-%d %H:%M:%S}", at.isoformat()):
            sql = "SELECT epoch FROM v_served(tenant = 't1', agent = 'helper', moment = {m:String})"
            assert client.query(sql, parameters={"m": moment}).result_rows == [(3,)]
    finally:
        client.close()


async def test_a_reversion_says_how_fast_it_was_acked_and_proven(settings: Settings) -> None:
    messages = every()
    await fill(settings, messages)
    (found,) = queries.reversions(settings)
    assert (found.command_id, found.action, found.state) == ("co-3", "revert", "proven")
    assert (found.cause_kind, found.cause_score) == ("alert", 71.5)
    commanded = (AT + 1000 * messages.index(command(3))) // 1
    assert found.acked_ms == AT + 90 - commanded
    assert found.proven_ms == AT + 300 - commanded


async def test_an_alert_comes_with_the_metrics_that_moved(settings: Settings) -> None:
    await fill(settings, every())
    (found,) = queries.causes(settings)
    assert found.causes[0] == "output_tokens x1.42 (1.3-1.55), log10 evidence of harm 3.5"
    assert len(found.causes) == 2
    assert sorted(found.command_ids) == ["co-2", "co-3"]


async def test_tenants_are_ranked_by_the_last_word_on_them(settings: Settings) -> None:
    await fill(settings, every())
    (found,) = queries.tenants_by_drift(settings)
    assert (found.tenant_id, found.top_metric) == ("t0", "output_tokens")
    assert (found.drift, found.harm) == (100.0, 58.3)
    assert queries.watches(settings) == []


async def test_minutes_have_rates_means_and_quantiles(settings: Settings) -> None:
    await fill(settings, [event(n) for n in range(40)])
    client = connect(settings)
    try:
        rows = list(
            client.query(
                "SELECT tenant_id, sum(events) AS n, sum(events * error_rate) AS errors, "
                "sum(events * output_tokens_mean) AS tokens, max(latency_max_ms) AS slowest "
                "FROM v_signals_1m GROUP BY tenant_id ORDER BY tenant_id"
            ).named_results()
        )
        means = client.query("SELECT count(), any(metric) FROM v_metrics_1m").result_rows
    finally:
        client.close()
    mine = [n for n in range(40) if n % 7 == 1]
    assert rows[1]["n"] == len(mine)
    assert rows[1]["errors"] == pytest.approx(sum(n % 5 == 0 for n in mine))
    assert rows[1]["tokens"] == pytest.approx(sum(10 + n % 50 for n in mine))
    assert rows[1]["slowest"] == pytest.approx(max(100.5 + n % 10 for n in mine))
    assert means == [(0, "")]


async def test_every_table_view_and_column_says_what_it_is_for(settings: Settings) -> None:
    migrate(settings)
    client = connect(settings)
    try:
        bare = client.query(
            "SELECT table, name FROM system.columns WHERE database = {db:String} AND comment = '' "
            "AND table NOT LIKE '%_mv' AND table != 'ingest_events'",
            parameters={"db": settings.clickhouse_database},
        ).result_rows
        silent = client.query(
            "SELECT name FROM system.tables WHERE database = {db:String} AND comment = '' "
            "AND name NOT LIKE '%_mv'",
            parameters={"db": settings.clickhouse_database},
        ).result_rows
    finally:
        client.close()
    assert list(bare) == []
    assert list(silent) == []
    assert all(count == 0 for count in queries.counts(settings).values())


async def test_the_questions_of_the_schemas_page_have_answers(settings: Settings) -> None:
    await fill(settings, every())
    page = (Path(__file__).parents[2] / "docs" / "schema.md").read_text("utf-8")
    (examples,) = re.findall(r"```sql\n(.*?)```", page, re.S)
    client = connect(settings)
    try:
        for question in examples.split(";\n"):
            if question.strip():
                client.query(question.replace(" FORMAT Vertical", ""))
        stated = set(re.findall(r"`(v_\w+)", page))
        there = client.query(
            "SELECT name FROM system.tables WHERE database = {db:String} AND name LIKE 'v\\_%'",
            parameters={"db": settings.clickhouse_database},
        ).result_rows
    finally:
        client.close()
    assert stated == {name for (name,) in there}
