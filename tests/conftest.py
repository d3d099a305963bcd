"""Of tests that run side by side (`-n`), those with servers stay in one process: one Kafka, one
ClickHouse, and none of them waits for the cores of another's."""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group what starts servers."""
    for item in items:
        if item.get_closest_marker("broker"):
            item.add_marker(pytest.mark.xdist_group("servers"))
