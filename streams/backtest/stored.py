"""Events with what measure saw in them, from ClickHouse: no text is read again."""

import heapq
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import pyarrow as pa
from clickhouse_connect.driver.exceptions import Error

from detectors.features.observe import observe_outcome
from detectors.seen import Seen
from schemas import Outcome, Stamp
from streams.backtest.errors import BacktestError
from streams.backtest.lines import Line, Reading
from streams.backtest.restored import COLUMNS, Restored
from streams.clickhouse.client import connect
from streams.settings import Settings

__all__ = ["MOST", "slices", "stored"]

MOST: Final = 50_000
"""Events and outcomes read at a time, unless a minute holds more: some 200 MB."""
MINUTES: Final = """
SELECT toUnixTimestamp(toStartOfMinute(logged_at)) AS minute, count()
FROM (SELECT logged_at FROM events WHERE {where}
      UNION ALL SELECT logged_at FROM outcomes WHERE {where})
GROUP BY minute ORDER BY minute
"""
"""Those in which there was anything: a range may begin years before."""
_OWN: Final = {"tools": "`tool_calls.name`"}
EVENTS: Final = f"""
SELECT {", ".join(f"e.{_OWN.get(name, name)} AS {name}" for name in COLUMNS)},
       toUnixTimestamp64Milli(e.logged_at) AS at, e.kafka_partition AS part, e.kafka_offset AS off,
       f.event_id != '' AS measured, f.stratum, f.metrics, f.format,
       CAST(f.static_embedding, 'Array(Float32)') AS vector,
       CAST(f.transformer_embedding, 'Array(Float32)') AS slow, p.own
FROM (SELECT * FROM events WHERE {{where}}) AS e
LEFT JOIN (
    SELECT event_id, event_partition, event_offset, stratum, metrics, format, static_embedding,
           transformer_embedding
    FROM features FINAL WHERE {{there}}
) AS f ON f.event_partition = e.kafka_partition AND f.event_offset = e.kafka_offset
    AND f.event_id = e.event_id
LEFT ANY JOIN (
    SELECT tenant_id, agent_id, event_id, logged_at, CAST(embedding, 'Array(Float32)') AS own
    FROM payloads WHERE {{where}} AND notEmpty(embedding)
) AS p ON p.tenant_id = e.tenant_id AND p.agent_id = e.agent_id AND p.event_id = e.event_id
    AND p.logged_at = e.logged_at
ORDER BY at, part, off
"""
OUTCOMES: Final = """
SELECT outcome_id, tenant_id, agent_id, event_id, unit_id, name, value, label, phase_id, arm, epoch,
       occurred_at, toUnixTimestamp64Milli(logged_at) AS at, kafka_partition, kafka_offset
FROM outcomes WHERE {where} ORDER BY at, kafka_partition, kafka_offset
"""
LABELS: Final = {"output_format_arrow_low_cardinality_as_dictionary": 1}
"""Labels that come again and again are sent once."""
RANGE: Final = "{0} >= {{since:DateTime64(3, 'UTC')}} AND {0} < {{until:DateTime64(3, 'UTC')}}"


def stored(
    settings: Settings, since: datetime, until: datetime, tenant: str | None, agent: str | None,
    reading: Reading,
) -> Iterator[Line]:  # fmt: skip
    """Give the events and outcomes of a time range in the broker's order.

    Args:
        settings: Where ClickHouse is.
        since: First moment.
        until: Moment after the last.
        tenant: Only its; None: all.
        agent: Only its; None: all.
        reading: Counts; an event of which no features are stored is not usable.

    Raises:
        BacktestError: ClickHouse does not answer as it should.
    """
    try:
        client = connect(settings)
    except (Error, OSError) as error:
        message = (
            f"ClickHouse does not answer at {settings.clickhouse}; start one with `holdfast up`, "
            "or say where it is with HOLDFAST_CLICKHOUSE."
        )
        raise BacktestError(message) from error
    try:
        given: dict[str, Any] = {"tenant": tenant or "", "agent": agent or ""}
        asked = given | {"since": since, "until": until}
        minutes = client.query(_sql(MINUTES, tenant, agent), parameters=asked).result_rows
        reading.expected = sum(count for _, count in minutes)
        for begin, end in slices(minutes):
            given |= {"since": max(since, begin), "until": min(end, until)}
            events = client.query_arrow(
                _sql(EVENTS, tenant, agent), parameters=given, settings=LABELS, use_strings=True
            )
            outcomes = client.query(_sql(OUTCOMES, tenant, agent), parameters=given).result_rows
            yield from _lines(events, outcomes, reading)
            reading.breathe()
    except (Error, OSError) as error:
        message = f"ClickHouse cannot be read on: {error}."
        raise BacktestError(message) from error
    finally:
        client.close()


def _sql(text: str, tenant: str | None, agent: str | None) -> str:
    """Return the query with its conditions; values stay parameters."""
    narrow = " AND tenant_id = {tenant:String}" if tenant else ""
    narrow += " AND agent_id = {agent:String}" if agent else ""
    where, there = RANGE.format("logged_at") + narrow, RANGE.format("at") + narrow
    return text.replace("{where}", where).replace("{there}", there)


def slices(minutes: Sequence[Sequence[int]]) -> Iterator[tuple[datetime, datetime]]:
    """Give spans of time that hold all there is, each as much as is read at a time."""
    begin, held = 0, 0
    for place, (minute, count) in enumerate(minutes):
        if not held:
            begin = minute
        held += count
        if place + 1 == len(minutes) or held + minutes[place + 1][1] > MOST:
            yield datetime.fromtimestamp(begin, UTC), datetime.fromtimestamp(minute + 60, UTC)
            held = 0


def _lines(table: pa.Table, rows: Sequence[Sequence[Any]], reading: Reading) -> Iterator[Line]:
    events, outcomes = _events(table, reading), _outcomes(rows, reading)
    if not rows:
        return events
    return heapq.merge(
        events, outcomes, key=lambda line: (line.timestamp, line.partition, line.offset)
    )


def _events(table: pa.Table, reading: Reading) -> Iterator[Line]:
    for line in Restored(table).lines():
        reading.lines += 1
        if line is None:
            reading.reject("ClickHouse", reading.lines, "an event without stored features")
        else:
            yield line


def _outcomes(rows: Sequence[Sequence[Any]], reading: Reading) -> Iterator[Line]:
    for row in rows:
        reading.lines += 1
        if (line := _outcome(row)) is not None:
            yield line


def _outcome(row: Sequence[Any]) -> Line | None:
    (outcome_id, tenant, agent, event_id, unit, name, value, label, phase, arm, epoch, occurred_at,
     at, partition, offset) = row  # fmt: skip
    message = Outcome(
        outcome_id=outcome_id, tenant_id=tenant, agent_id=agent, event_id=event_id or None,
        unit_id=unit or "?", name=name, value=value,
        label=label or ("?" if value is None else None), occurred_at=occurred_at.astimezone(UTC),
    )  # fmt: skip
    values = observe_outcome(message)
    if values is None:
        return None
    stamp = None
    if phase and arm and unit:
        stamp = Stamp(phase_id=phase, arm=arm, epoch=epoch, router_id="stored", unit_id=unit)
    seen = Seen(
        tenant_id=tenant, agent_id=agent, bundle_id="", stamp=stamp, unit_id=unit,
        event_id=event_id, stratum="", values=values, at=at, partition=partition, offset=offset,
        outcome=True,
    )  # fmt: skip
    return Line(at, None, 0, seen, "", offset, partition)
