"""Where the events of a backtest come from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from streams.backtest.errors import BacktestError
from streams.backtest.lines import Line, Reading, in_order, read
from streams.desk import find

__all__ = ["Source", "moment", "source"]


@dataclass(frozen=True, slots=True)
class Source:
    """A record of traffic.

    Args:
        lines: Gives its lines in the order of time.
        again: Whether it can be read more than once.
        share: Returns how much has been read, 0-1; None: not known.
    """

    lines: Callable[[Reading], Iterator[Line]]
    again: bool
    share: Callable[[Reading], float | None]


def moment(text: str) -> datetime:
    """Return a moment; without a zone it is UTC.

    Raises:
        BacktestError: It cannot be read.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no time; write it like 2026-11-01T00:00Z."
        raise BacktestError(message) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def source(
    files: Sequence[Path],
    since: str | None,
    until: str | None,
    tenant: str | None,
    agent: str | None,
) -> Source:
    """Return the source that was asked for.

    Args:
        files: JSON Lines; none with `since`.
        since: Start of a range in ClickHouse.
        until: Its end; None: now.
        tenant: Only its events; None: all.
        agent: Only its events; None: all.

    Raises:
        BacktestError: Both or neither were asked for, a file is missing, a time cannot be read.
    """
    if bool(files) == (since is not None):
        message = "Name files of events, or a range in ClickHouse with --from; one of the two."
        raise BacktestError(message)
    if since is not None:
        return _stored(moment(since), moment(until) if until else None, tenant, agent)
    missing = [path for path in files if str(path) != "-" and not path.is_file()]
    if missing:
        first = missing[0]
        message = f"There is no file {first}."
        if first.is_dir():
            message = f"{first} is a folder; name its files."
        raise BacktestError(message)
    sizes = {str(path): path.stat().st_size for path in files if str(path) != "-"}

    def lines(reading: Reading) -> Iterator[Line]:
        found = read(files, reading)
        if tenant or agent:
            found = (line for line in found if _is_of(line, tenant, agent))
        return in_order(found, reading)

    def share(reading: Reading) -> float | None:
        total = sum(sizes.values())
        return sum(reading.position.values()) / total if total else None

    return Source(lines, again=len(sizes) == len(files), share=share)


def _stored(
    since: datetime, until: datetime | None, tenant: str | None, agent: str | None
) -> Source:
    # Only here: ClickHouse's client takes half a second to load.
    from streams.backtest.stored import stored

    end, settings = until or datetime.now(UTC), find.of_running()
    if end <= since:
        message = "--to must be after --from."
        raise BacktestError(message)

    def lines(reading: Reading) -> Iterator[Line]:
        return stored(settings, since, end, tenant, agent, reading)

    def share(reading: Reading) -> float | None:
        return min(reading.lines / reading.expected, 1.0) if reading.expected else None

    return Source(lines, again=True, share=share)


def _is_of(line: Line, tenant: str | None, agent: str | None) -> bool:
    message = line.message
    return message is not None and (
        (tenant is None or message.tenant_id == tenant)
        and (agent is None or message.agent_id == agent)
    )
