"""What a cluster must hold: topics, changelogs, consumer groups and the least rights per role."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Literal

from streams.kafka.changelog import CHANGELOG
from streams.settings import Settings
from streams.topics import TABLE, Role, Topic

__all__ = ["STATES", "NeededTopic", "Required", "Right", "app_id", "changelog_topic", "required"]

STATES: Mapping[Role, tuple[str, ...]] = {
    "measure": ("tenants",),
    "decide": ("scores", "decisions", "proofs"),
}
"""Names of the Faust tables of each app."""

GROUPS: tuple[Role, ...] = ("measure", "decide", "record")
"""Roles that commit offsets; all others read without a group."""

HOUR = 3_600_000
DAY = 24 * HOUR
MAX_BYTES = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededTopic:
    """A topic with its full name.

    Args:
        name: With the namespace.
        partitions: Exactly so many.
        replication: Copies.
        configs: Topic configuration.
        producers: Roles that write it.
        consumers: Roles that read it.
    """

    name: str
    partitions: int
    replication: int
    configs: Mapping[str, str]
    producers: tuple[Role, ...]
    consumers: tuple[Role, ...]


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One allowance.

    Args:
        role: Who.
        resource: Of what kind.
        name: Full name of the topic or group.
        operation: Kafka implies Describe.
    """

    role: Role
    resource: Literal["topic", "group"]
    name: str
    operation: Literal["Read", "Write"]


@dataclass(frozen=True, slots=True)
class Required:
    """Everything that a cluster must hold for Holdfast.

    Args:
        topics: Source topics and changelogs.
        groups: Role to its consumer group.
        rights: The least that each role needs to run.
    """

    topics: tuple[NeededTopic, ...]
    groups: Mapping[Role, str]
    rights: tuple[Right, ...]

    def topics_of(self, roles: Collection[Role] | None) -> tuple[NeededTopic, ...]:
        """Return the topics that these roles write or read; None: all."""
        if roles is None:
            return self.topics
        wanted = set(roles)
        return tuple(t for t in self.topics if wanted & {*t.producers, *t.consumers})

    def topic_commands(self, bootstrap: str, command_config: str | None = None) -> list[str]:
        """Return `kafka-topics.sh` commands that create what is missing.

        Args:
            bootstrap: Brokers.
            command_config: Properties file with the credentials of an administrator.
        """
        head = ["kafka-topics.sh", *_where(bootstrap, command_config), "--create --if-not-exists"]
        return [
            " ".join(
                [
                    *head,
                    f"--topic {quote(topic.name)} --partitions {topic.partitions}",
                    f"--replication-factor {topic.replication}",
                    *(f"--config {quote(f'{k}={v}')}" for k, v in sorted(topic.configs.items())),
                ]
            )
            for topic in self.topics
        ]

    def acl_commands(
        self,
        bootstrap: str,
        command_config: str | None = None,
        principals: Mapping[Role, str] | None = None,
    ) -> list[str]:
        """Return `kafka-acls.sh` commands that give the least rights.

        Args:
            bootstrap: Brokers.
            command_config: Properties file with the credentials of an administrator.
            principals: Role to Kafka principal; `User:<role>` where absent.
        """
        head = ["kafka-acls.sh", *_where(bootstrap, command_config), "--add"]
        names, grouped = principals or {}, dict[tuple[Role, str, str], list[str]]()
        for right in self.rights:
            group = grouped.setdefault((right.role, right.operation, right.resource), [])
            group.append(f"--{right.resource} {quote(right.name)}")
        return [
            " ".join(
                [
                    *head,
                    f"--allow-principal {quote(names.get(role, f'User:{role}'))}",
                    f"--operation {operation}",
                    *resources,
                ]
            )
            for (role, operation, _), resources in grouped.items()
        ]


def app_id(settings: Settings, role: Role) -> str:
    """Return a role's consumer group, which is its Faust app id."""
    return settings.namespace + role


def changelog_topic(settings: Settings, role: Role, state: str) -> str:
    """Return the name that Faust gives to the changelog of a table."""
    return f"{app_id(settings, role)}-{state}-changelog"


def required(settings: Settings) -> Required:
    """Return what a cluster must hold under these settings."""
    groups: dict[Role, str] = {role: app_id(settings, role) for role in GROUPS}
    topics = [_source(row, settings) for row in TABLE]
    topics += [_changelog(role, state, settings) for role in STATES for state in STATES[role]]
    rights = {Right(role, "topic", t.name, "Write") for t in topics for role in t.producers}
    rights |= {Right(role, "topic", t.name, "Read") for t in topics for role in t.consumers}
    rights |= {Right(role, "group", name, "Read") for role, name in groups.items()}
    return Required(tuple(topics), groups, tuple(sorted(rights)))


def _source(row: Topic, settings: Settings) -> NeededTopic:
    configs = {
        "message.timestamp.type": "LogAppendTime",
        "min.insync.replicas": str(settings.min_insync_replicas),
        "max.message.bytes": str(MAX_BYTES),
    }
    if row.compacted:
        configs |= {
            "cleanup.policy": "compact",
            "min.cleanable.dirty.ratio": "0.1",
            "segment.ms": str(DAY),
            "max.compaction.lag.ms": str(DAY),
        }
    else:
        # Kafka deletes whole segments: with the default of a week a text would outlive its hours.
        kept = row.retention_ms if row.retention_ms is not None else -1
        configs |= {
            "cleanup.policy": "delete",
            "retention.ms": str(kept),
            "segment.ms": str(HOUR if 0 < kept <= 3 * DAY else DAY),
        }
    return NeededTopic(
        name=settings.topic(row.name),
        partitions=1 if row.single else settings.partitions,
        replication=settings.replication,
        configs=configs,
        producers=row.producers,
        consumers=row.consumers,
    )


def _changelog(role: Role, state: str, settings: Settings) -> NeededTopic:
    return NeededTopic(
        name=changelog_topic(settings, role, state),
        partitions=settings.partitions,
        replication=settings.replication,
        configs={
            **CHANGELOG,
            "message.timestamp.type": "LogAppendTime",
            "min.insync.replicas": str(settings.min_insync_replicas),
        },
        producers=(role,),
        consumers=(role,),
    )


def _where(bootstrap: str, command_config: str | None) -> list[str]:
    parts = [f"--bootstrap-server {quote(bootstrap)}"]
    if command_config is not None:
        parts.append(f"--command-config {quote(command_config)}")
    return parts
