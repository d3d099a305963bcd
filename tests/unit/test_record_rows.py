"""Messages as rows: every contract, what is left out, what is parked, when a batch is cut."""

import json
from typing import Any

import pyarrow as pa
import pytest
from aiokafka import TopicPartition

from streams.clickhouse.buffers import MAX_BYTES, MAX_ROWS, Buffer, Buffers
from streams.clickhouse.rows import Batch, read
from streams.clickhouse.sink import Position, Span, sound
from tests.recorded import AT, Sent, Stored, event, every, features, outcome, signed

PART = TopicPartition("x.events", 0)
LANDING = {"events": "ingest_events"}


def stored(sent: Sent, offset: int = 0) -> Stored:
    return Stored(f"x.{sent.topic}", 0, offset, AT, sent.key, sent.value)


def one(sent: Sent) -> Batch:
    return read(sent.topic, [stored(sent)])


def row(sent: Sent, table: str) -> dict[str, Any]:
    found: dict[str, Any] = one(sent).tables[table].to_pylist()[0]
    return found


@pytest.mark.parametrize("sent", every(), ids=lambda sent: f"{sent.topic}-{sent.key!r}")
def test_a_message_makes_rows_or_is_accounted_for(sent: Sent) -> None:
    batch = one(sent)
    assert batch.stored + batch.skipped + len(batch.letters) == 1
    rows = {table: len(found) for table, found in batch.tables.items()}
    if rows.pop("ingest_events", 0):
        rows |= {"events": 1, "payloads": 1}
    if batch.letters:
        rows |= {"dead_letters": 1}
    assert rows == sent.rows


def test_an_event_keeps_what_it_said() -> None:
    found = row(event(5), "ingest_events")
    assert found["event_id"] == "e5"
    assert found["output_chars"] == len("Hold the button for 5 seconds — ok.")
    assert (found["arm"], found["epoch"], found["unit_id"]) == ("candidate", 3, "u1")
    assert found["occurred_at"].isoformat() == "2026-11-21T12:00:00.125000+00:00"
    assert found["tool_calls.name"] == ["search"]
    assert found["tool_calls.ok"] == [True]
    assert (found["error_kind"], found["error_code"]) == ("timeout", "504")
    assert dict(found["labels"]) == {"region": "eu"}
    assert found["retrieval_top_score"] == 0.75
    assert (found["kafka_partition"], found["kafka_offset"]) == (0, 0)


def test_the_unit_is_the_stamps_else_the_services_else_the_session_else_the_event() -> None:
    def unit(**more: Any) -> str:
        return str(row(event(1, **more), "ingest_events")["unit_id"])

    assert unit() == "u0"
    assert unit(stamp=None, unit_id="mine") == "mine"
    assert unit(stamp=None) == "s0"
    assert unit(stamp=None, session_id=None) == "e1"


def test_a_stamp_of_the_event_outside_a_rollout_is_live_traffic_without_arm() -> None:
    found = row(event(1, stamp=None), "ingest_events")
    assert (found["arm"], found["traffic"], found["phase_id"]) == ("", "live", "")


def test_features_gather_metrics_that_are_there() -> None:
    found = row(features(1), "features")
    assert len(found["metrics"]) == 2
    assert {value for _, value in found["metrics"]} == {42.0, 0.0}
    assert (found["event_partition"], found["event_offset"]) == (0, 5)
    assert found["static_embedding"] == [0.5, -0.5]
    assert found["transformer_embedding"] is None


def test_several_features_records_become_one_table() -> None:
    batch = read("features", [stored(features(0), 7), stored(features(1), 8)])
    table = batch.tables["features"]
    assert table.column("kafka_offset").to_pylist() == [7] * 5 + [8] * 5
    assert all(column.num_chunks == 1 for column in table.columns)


def test_the_envelope_is_kept_byte_for_byte() -> None:
    sent = next(sent for sent in every() if sent.key == b"t1/helper" and sent.topic == "control")
    assert sent.value is not None
    assert row(sent, "commands")["envelope"].encode() == sent.value


def test_a_number_that_fits_no_column_is_parked_and_its_neighbours_are_stored() -> None:
    sent = [event(1), event(2, stamp={**STAMP, "epoch": 2**70}), event(3)]
    batch = read("events", [stored(one, offset) for offset, one in enumerate(sent)])
    assert batch.tables["ingest_events"].column("event_id").to_pylist() == ["e1", "e3"]
    assert (batch.stored, [letter.reason for _, letter in batch.letters]) == (2, ["not-storable"])


STAMP = {"phase_id": "p", "arm": "baseline", "epoch": 1, "router_id": "r", "unit_id": "u"}


def test_a_time_beyond_what_clickhouse_holds_is_its_last_moment() -> None:
    found = row(event(1, occurred_at="9999-01-01T00:00:00Z"), "ingest_events")
    assert found["occurred_at"].year == 2299


def test_no_value_of_a_message_is_in_the_detail_of_its_letter() -> None:
    batch = one(Sent("proofs", b"k", json.dumps({"proof_id": ["secret"]}).encode(), {}))
    (_, letter) = batch.letters[0]
    assert letter.reason == "not-proof"
    assert "secret" not in letter.detail
    assert letter.letter_id == "proofs/0/0"


def test_a_payload_that_is_no_base64_is_parked() -> None:
    sent = signed("control", b"t1/helper", {}, "commands")
    assert sent.value is not None
    broken = json.loads(sent.value) | {"payload": "%%%"}
    batch = one(sent._replace(value=json.dumps(broken).encode()))
    assert [letter.reason for _, letter in batch.letters] == ["not-envelope"]


def test_an_outcome_is_no_event() -> None:
    assert row(outcome(1), "outcomes")["outcome_id"] == "o1"
    hidden = event(1, labels={"x": 'has "outcome_id" in it'})
    assert "ingest_events" in one(hidden).tables


def test_the_same_records_give_the_same_table() -> None:
    records = [stored(event(number), number) for number in range(20)]
    first, again = (read("events", records).tables["ingest_events"] for _ in range(2))
    assert isinstance(first, pa.Table)
    assert first.equals(again)


def records(count: int, first: int = 0, size: int = 10) -> list[Stored]:
    return [Stored("x.events", 0, first + i, AT, b"k", b"v" * size) for i in range(count)]


def test_a_batch_is_due_when_it_has_waited_or_is_full() -> None:
    buffer = Buffer()
    buffer.add(records(3), 10.0)
    assert not buffer.due(10.9, 1.0, 3)
    assert buffer.due(11.0, 1.0, 3)
    buffer.add(records(MAX_ROWS, 3), 10.1)
    assert buffer.due(10.2, 1.0, MAX_ROWS + 3)
    span, taken = buffer.cut(PART, 10.2)
    assert (span, len(taken)) == (Span(PART, 0, MAX_ROWS - 1), MAX_ROWS)
    assert len(buffer.records) == 3


def test_a_batch_of_long_messages_is_cut_by_bytes() -> None:
    buffer = Buffer()
    buffer.add(records(20, size=MAX_BYTES // 8), 0.0)
    assert buffer.full
    _, taken = buffer.cut(PART, 0.0)
    assert len(taken) == 8
    assert buffer.bytes == 12 * (MAX_BYTES // 8)


def test_a_repeated_batch_has_exactly_the_offsets_it_had() -> None:
    buffer = Buffer.at(Position("begin", 5, 9, 2))
    buffer.add(records(3, 5), 0.0)
    assert not buffer.due(99.0, 1.0, 8)
    buffer.add(records(10, 8), 0.0)
    assert buffer.due(0.0, 1.0, 18)
    span, taken = buffer.cut(PART, 0.0)
    assert span == Span(PART, 5, 9, 2)
    assert [record.offset for record in taken] == [5, 6, 7, 8, 9]
    assert span.token == "x.events:0:2:5-9"
    assert [record.offset for record in buffer.records] == list(range(10, 18))


def test_a_repeated_batch_may_have_lost_messages_to_compaction() -> None:
    buffer = Buffer.at(Position("begin", 5, 9))
    buffer.add(records(1, 20), 0.0)
    span, taken = buffer.cut(PART, 0.0)
    assert (span, taken) == (Span(PART, 5, 9), [])
    assert buffer.records[0].offset == 20


def test_what_was_read_of_a_partition_given_back_is_dropped() -> None:
    buffers = Buffers()
    buffers.assign([PART])
    buffers.add(PART, records(1), 0.0)
    assert buffers.items() == []
    buffers.claimed(PART, Position())
    buffers.add(PART, records(1), 0.0)
    assert buffers.room() == [PART]
    buffers.revoke([PART])
    buffers.add(PART, records(1), 0.0)
    assert (buffers.items(), buffers.unclaimed) == ([], set())


@pytest.mark.parametrize(
    ("stored_at", "first", "end", "goes_on"),
    [
        (Position(), 0, 5, Position("done", 0, -1)),
        (Position("done", 3, 7), 0, 9, Position("done", 3, 7)),
        (Position("begin", 3, 7), 0, 9, Position("begin", 3, 7)),
        (Position("done", 3, 7), 20, 30, Position("done", 0, 19)),
        (Position("begin", 3, 7), 5, 30, Position("begin", 3, 7)),
        (Position("begin", 3, 7), 9, 30, Position("done", 0, 8)),
        (Position("done", 3, 7, 1), 0, 4, Position("done", 0, -1, 2)),
    ],
    ids=["fresh", "done", "begun", "expired", "half expired", "begun, expired", "created anew"],
)
def test_where_to_go_on(stored_at: Position, first: int, end: int, goes_on: Position) -> None:
    assert sound(PART, stored_at, first, end).start == goes_on.start
    assert sound(PART, stored_at, first, end).incarnation == goes_on.incarnation
    assert (sound(PART, stored_at, first, end).state == "begin") == (goes_on.state == "begin")
