"""Topics as they must exist: looked up without rights to create, created where rights allow."""

import asyncio
import logging
from collections.abc import Collection, Sequence
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from streams.errors import PartitionsChangedError, TopicsMissingError
from streams.kafka.required import NeededTopic, required
from streams.kafka.security import client_options
from streams.settings import Settings
from streams.topics import Role

__all__ = ["ensure_topics"]

APPEAR_SECONDS = 10.0

log = logging.getLogger(__name__)


async def ensure_topics(
    settings: Settings, *, create: bool = True, roles: Collection[Role] | None = None
) -> tuple[str, ...]:
    """Make sure that every topic exists with the partitions that the settings say.

    The brokers' own metadata is the record of the partition count: state is kept per partition,
    so another count would split the history of a key.

    Args:
        settings: Where the brokers are, and the numbers.
        create: Create what is missing; without it, missing topics are an error.
        roles: Only the topics that these roles touch; None for all.

    Returns:
        Names of the topics that were created.

    Raises:
        PartitionsChangedError: A topic has another number of partitions.
        TopicsMissingError: A topic does not exist, and may not or could not be created.
    """
    needed = required(settings).topics_of(roles)
    admin = AIOKafkaAdminClient(**client_options(settings))
    await admin.start()
    try:
        missing = await _missing(admin, needed)
        if missing and not create:
            raise TopicsMissingError(_ask(missing, settings))
        if missing:
            await _create(admin, missing, settings)
            await _appear(admin, missing, settings)
        return tuple(topic.name for topic in missing)
    finally:
        await admin.close()


async def _missing(
    admin: AIOKafkaAdminClient, needed: Sequence[NeededTopic]
) -> tuple[NeededTopic, ...]:
    # All topics at once: asking for one by name lets some brokers create it.
    counts = {row["topic"]: len(row["partitions"]) for row in await admin.describe_topics(None)}
    for topic in needed:
        found = counts.get(topic.name)
        if found is not None and found != topic.partitions:
            message = (
                f"{topic.name} has {found} partitions, the settings say {topic.partitions}: "
                f"set HOLDFAST_PARTITIONS={found}, or start under another HOLDFAST_NAMESPACE"
            )
            raise PartitionsChangedError(message)
    return tuple(topic for topic in needed if topic.name not in counts)


async def _appear(
    admin: AIOKafkaAdminClient, created: Sequence[NeededTopic], settings: Settings
) -> None:
    """Wait until brokers show what the controller has created."""
    loop = asyncio.get_running_loop()
    end = loop.time() + APPEAR_SECONDS
    while left := await _missing(admin, created):
        if loop.time() > end:
            raise TopicsMissingError(_ask(left, settings))
        await asyncio.sleep(0.05)


async def _create(
    admin: AIOKafkaAdminClient, missing: Sequence[NeededTopic], settings: Settings
) -> None:
    topics = [
        NewTopic(topic.name, topic.partitions, topic.replication, topic_configs=dict(topic.configs))
        for topic in missing
    ]
    try:
        answer: Any = await admin.create_topics(topics)
    except KafkaError as error:
        message = f"{_ask(missing, settings)}; creating them failed: {error}"
        raise TopicsMissingError(message) from error
    for name, code, *reason in answer.topic_errors:
        failure = for_code(code)
        if code and failure is not TopicAlreadyExistsError:
            message = (
                f"{_ask(missing, settings)}; creating {name} failed: {failure.__name__} {reason}"
            )
            raise TopicsMissingError(message)
    log.info("Created %s.", ", ".join(topic.name for topic in missing))


def _ask(missing: Sequence[NeededTopic], settings: Settings) -> str:
    names = ", ".join(topic.name for topic in missing)
    return (
        f"these topics do not exist on {settings.kafka} (or this user may not see them): {names}; "
        "`holdfast topics` prints the commands that create them and give the rights"
    )
