"""Bundles, tenants, policies, phases and dead letters as rows."""

import json
from operator import attrgetter
from typing import Any, NamedTuple

import pyarrow as pa

from schemas import Cohort, Phase
from streams.clickhouse.columns import DOUBLE, INT, TEXT, TIME, Column, Table, fields, millis

__all__ = [
    "BUNDLES", "DEAD_LETTERS", "PHASES", "PHASE_TENANTS", "POLICIES", "TENANTS", "Member",
    "members",
]  # fmt: skip


class Member(NamedTuple):
    """One tenant of a phase."""

    phase: Phase
    cohort: Cohort
    tenant_id: str
    epoch: int


def members(phase: Phase) -> list[Member]:
    """Return every tenant of a phase with its bundles and epoch."""
    return [
        Member(phase, cohort, tenant, epoch)
        for cohort in phase.cohorts
        for tenant, epoch in cohort.tenants.items()
    ]


def _mapping(name: str, kind: Any) -> Column:
    get = attrgetter(name)
    return Column(name, pa.map_(TEXT, kind), lambda item: [*get(item).items()])


OPENED_AT = Column("opened_at", TIME, lambda phase: millis(phase.opened_at))

BUNDLES = Table(
    "bundles",
    fields(TEXT, "bundle_id", "provider", "model", "prompt_version", "tools_version"),
    fields(TEXT, "embedding_model", "serving_engine", "weights_digest"),
    Column("configuration", TEXT, lambda b: json.dumps(b.configuration, sort_keys=True)),
)

TENANTS = Table(
    "tenants",
    fields(TEXT, "tenant_id", "tier", "stakes", "text"),
    _mapping("pins", TEXT),
    _mapping("fallbacks", TEXT),
    _mapping("margins", DOUBLE),
)

POLICIES = Table(
    "policies",
    fields(TEXT, "policy_id"),
    fields(INT, "revision"),
    Column("document", TEXT, lambda policy: policy.model_dump_json()),
)

PHASES = Table(
    "phases",
    fields(TEXT, "phase_id", "rollout_id", "agent_id", "policy_id"),
    fields(INT, "wave", "controls", "retry", "policy_revision"),
    fields(DOUBLE, "weight"),
    _mapping("margins", DOUBLE),
    OPENED_AT,
)

PHASE_TENANTS = Table(
    "phase_tenants",
    fields(TEXT, "phase_id", "rollout_id", "agent_id", of="phase."),
    fields(INT, "wave", of="phase."),
    fields(TEXT, "tenant_id"),
    Column("baseline_bundle", TEXT, attrgetter("cohort.baseline")),
    Column("candidate_bundle", TEXT, attrgetter("cohort.candidate")),
    fields(INT, "epoch"),
    Column("opened_at", TIME, lambda member: millis(member.phase.opened_at)),
)

DEAD_LETTERS = Table(
    "dead_letters",
    fields(TEXT, "letter_id", "topic", "reason", "detail", "key", "value"),
    fields(INT, "partition", "offset"),
    Column("at", TIME, lambda letter: millis(letter.at)),
)
