import shlex

import pytest

from streams.kafka.required import Right, required
from streams.settings import Settings
from streams.topics import TABLE, Role

SETTINGS = Settings(namespace="hf.", partitions=6, replication=3, min_insync_replicas=2)


def test_every_topic_of_the_table_and_every_changelog_is_listed() -> None:
    names = [topic.name for topic in required(SETTINGS).topics]
    assert len(names) == len(set(names))
    assert {f"hf.{row.name}" for row in TABLE} < set(names)
    assert [name for name in names if name.endswith("-changelog")] == [
        "hf.measure-tenants-changelog",
        "hf.decide-scores-changelog",
        "hf.decide-decisions-changelog",
        "hf.decide-proofs-changelog",
    ]


def test_time_is_the_brokers_everywhere_and_copies_are_as_set() -> None:
    for topic in required(SETTINGS).topics:
        assert topic.configs["message.timestamp.type"] == "LogAppendTime"
        assert topic.configs["min.insync.replicas"] == "2"
        assert topic.configs["max.message.bytes"] == "4194304"
        assert topic.replication == 3
        assert topic.partitions == (1 if topic.name == "hf.registry" else 6)


def test_texts_do_not_outlive_their_hours_in_a_long_segment() -> None:
    (events,) = (topic for topic in required(SETTINGS).topics if topic.name == "hf.events")
    assert int(events.configs["retention.ms"]) == 72 * 3_600_000
    assert int(events.configs["segment.ms"]) <= 3_600_000


def test_changelogs_and_the_registry_are_compacted() -> None:
    policies = {topic.name: topic.configs["cleanup.policy"] for topic in required(SETTINGS).topics}
    compacted = {name for name, policy in policies.items() if policy == "compact"}
    assert {"hf.control", "hf.registry", "hf.measure-tenants-changelog"} < compacted
    assert "hf.events" not in compacted


def test_a_role_may_do_what_it_does_and_nothing_else() -> None:
    rights = required(SETTINGS).rights
    of = {
        role: {(r.operation, r.name) for r in rights if r.role == role}
        for role in ("service", "router", "measure", "record")
    }
    assert of["service"] == {("Write", "hf.events")}
    assert of["router"] == {("Read", "hf.control"), ("Write", "hf.acks")}
    assert of["measure"] == {
        ("Read", "hf.events"),
        ("Read", "hf.registry"),
        ("Write", "hf.features"),
        ("Write", "hf.signals"),
        ("Write", "hf.acks"),
        ("Write", "hf.dead-letters"),
        ("Read", "hf.measure-tenants-changelog"),
        ("Write", "hf.measure-tenants-changelog"),
        ("Read", "hf.measure"),
    }
    assert Right("measure", "group", "hf.measure", "Read") in rights
    assert not any(name.endswith("changelog") for _, name in of["record"])


def test_topics_of_a_role_are_those_it_touches() -> None:
    roles: tuple[Role, ...] = ("router",)
    names = {topic.name for topic in required(SETTINGS).topics_of(roles)}
    assert names == {"hf.control", "hf.acks"}


@pytest.mark.parametrize("config", [None, "admin.properties"])
def test_commands_can_be_pasted(config: str | None) -> None:
    needed = required(SETTINGS)
    topics = needed.topic_commands("b:9092", config)
    assert len(topics) == len(needed.topics)
    words = shlex.split(topics[0])
    assert words[:3] == ["kafka-topics.sh", "--bootstrap-server", "b:9092"]
    assert words[words.index("--topic") + 1] == "hf.events"
    assert "retention.ms=259200000" in words
    assert ("admin.properties" in words) == (config is not None)
    acls = needed.acl_commands("b:9092", config, {"router": "User:CN=my router"})
    routers = [shlex.split(line) for line in acls if "my router" in line]
    assert {words[words.index("--topic") + 1] for words in routers} == {"hf.control", "hf.acks"}
    assert all(words.count("--allow-principal") == 1 for words in routers)
    assert not any("Cluster" in line or "--operation All" in line for line in acls)
