import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from streams.kafka import logs
from streams.settings import Settings
from tests.stream.kafka_fakes import FakeRecord

SECRET = b"what the tenant wrote"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


def write(stream: io.StringIO, *args: Any, level: int = logging.WARNING, **more: Any) -> str:
    logs.setup(Settings(), stream)
    logging.getLogger("test").log(level, *args, **more)
    return stream.getvalue()


@pytest.mark.usefixtures("restored")
def test_lines_are_json_for_machines_and_plain_for_people() -> None:
    row = json.loads(write(io.StringIO(), "lag is %d", 7))
    assert (row["level"], row["logger"], row["message"]) == ("WARNING", "test", "lag is 7")
    assert row["at"].endswith("+00:00")
    plain = write(Terminal(), "lag is %d", 7)
    assert plain.endswith("WARNING  lag is 7\n")


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize(
    "argument",
    [
        SECRET,
        FakeRecord(3, value=SECRET),
        [FakeRecord(3, value=SECRET)],
        {"records": [SECRET, (FakeRecord(3, value=SECRET),)]},
    ],
)
def test_no_message_value_is_logged(argument: object) -> None:
    line = write(io.StringIO(), "waiting for %r", argument)
    assert "tenant" not in line
    assert "waiting for" in line


@pytest.mark.usefixtures("restored")
def test_a_contracts_error_says_where_and_not_what() -> None:
    class Contract(BaseModel):
        text: int

    try:
        try:
            Contract.model_validate({"text": SECRET.decode()})
        except ValidationError as error:
            raise RuntimeError("cannot read") from error  # noqa: EM101
    except RuntimeError:
        line = write(io.StringIO(), "failed", exc_info=True)
    assert "int_parsing" in line
    assert "RuntimeError: cannot read" in line
    assert "tenant wrote" not in line


def records(count: int, level: int = logging.ERROR) -> list[logging.LogRecord]:
    return [
        logging.LogRecord("aiokafka", level, "f", 1, "no broker %d", (n,), None)
        for n in range(count)
    ]


def test_a_storm_is_three_lines_and_a_count(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("streams.kafka.logs.time.monotonic", lambda: now[0])
    damper = logs.Damper()
    assert sum(damper.filter(record) for record in records(4400)) == 3
    other = logging.LogRecord("aiokafka", logging.ERROR, "f", 1, "other", (), None)
    assert damper.filter(other)
    now[0] += 31.0
    (later,) = records(1)
    assert damper.filter(later)
    assert "4397 more like this" in logs.HumanFormatter().format(later)


def test_what_is_critical_is_never_damped() -> None:
    damper = logs.Damper()
    assert sum(damper.filter(record) for record in records(10, logging.CRITICAL)) == 10
