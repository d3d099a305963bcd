"""Arms made of labels: fair whatever the order in which each label was asked."""

from pathlib import Path
from typing import Any

import pytest

from streams.backtest import sources
from streams.backtest.report import as_dict
from streams.backtest.run import Request, run
from tests.histories import history, write

TOPICS = (0.3, 1.0, 3.0)
"""How long the answers to each topic are."""


def backtest(path: Path, **options: Any) -> dict[str, Any]:
    source = sources.source([path], None, None, None, None)
    request = Request(source=source.lines, way="concurrent", **options)
    return as_dict(run(request), known_good=True)


def by_topic(*orders: tuple[float, ...], each: int = 100) -> list[dict[str, Any]]:
    """Return events of one label a given order of topics, that nothing but their order tells."""
    labels = [
        (f"v{label}", each, {"longer": longer})
        for label, order in enumerate(orders)
        for longer in order
    ]
    events = history(labels)
    for number, event in enumerate(events):
        event["session_id"] = f"s{number}"
    return events


@pytest.mark.parametrize("seed", range(3))
def test_labels_that_were_asked_in_another_order_are_alike(tmp_path: Path, seed: int) -> None:
    path = write(tmp_path / "f", by_topic(TOPICS, TOPICS[::-1]))
    report = backtest(path, seed=seed)
    assert report["verdict"] == "none"
    assert report["known_good"]["reversions"] == 0
