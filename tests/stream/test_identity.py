"""Brokers that answer at the same address may be another cluster; roles and routers look."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from holdfast_client.parting import know_again
from streams.kafka.identity import hold_to_cluster


@dataclass
class Answer:
    """Of brokers that are asked for metadata; those before Kafka 0.10.1 name no cluster."""

    cluster_id: str | None


class Client:
    """aiokafka's consumer, connections and picture of the cluster in one, as far as ids go."""

    def __init__(self) -> None:
        self._client = self.cluster = self
        self.taken: list[Answer] = []

    def update_metadata(self, metadata: Answer) -> None:
        self.taken.append(metadata)


def by_role(client: Any, told: list[str]) -> None:
    hold_to_cluster(client, lambda known, found: told.append(f"{known} {found}"))


def by_router(client: Any, told: list[str]) -> None:
    know_again(client, lambda: told.append("another"))


WATCHES = [pytest.param(by_role, id="role"), pytest.param(by_router, id="router")]


@pytest.mark.parametrize("watch", WATCHES)
def test_the_same_cluster_is_nothing_to_tell(watch: Callable[[Any, list[str]], None]) -> None:
    client, told = Client(), list[str]()
    watch(client, told)
    answers = [Answer(None), Answer("a"), Answer(None), Answer("a")]
    for answer in answers:
        client.cluster.update_metadata(answer)
    assert (told, client.taken) == ([], answers)


@pytest.mark.parametrize("watch", WATCHES)
def test_another_cluster_is_told_each_time(watch: Callable[[Any, list[str]], None]) -> None:
    client, told = Client(), list[str]()
    watch(client, told)
    for name in ("a", "b", None, "b"):
        client.cluster.update_metadata(Answer(name))
    assert len(told) == 2
