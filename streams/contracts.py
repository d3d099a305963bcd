"""Writes golden JSON Schemas, AsyncAPI 3.1 and the picture of the pipeline from the topic table.

Run by `make contracts`; a contract test regenerates and compares.
"""

import json
from pathlib import Path
from typing import Any

import schemas
from streams.topics import TABLE, Role, Topic

__all__ = ["CONTRACTS", "asyncapi", "main", "picture", "rendered"]

CONTRACTS = (
    "Accept", "Ack", "Alert", "Bundle", "Command", "DeadLetter", "Envelope", "Event", "FeaturesRow",
    "Heartbeat", "Hold", "Lease", "Outcome", "Phase", "Policy", "Proof", "Request", "Sighting",
    "Signal", "Tenant", "Tick",
)  # fmt: skip
FOLDER = Path(__file__).parent.parent / "docs" / "contracts"
SIGNED = {"control": ("Command", "Hold", "Lease"), "requests": ("Request",)}
"""What the payload of a topic's envelopes is."""


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the contract called `name`."""
    document: dict[str, Any] = getattr(schemas, name).model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **document}


def _channel(row: Topic) -> dict[str, Any]:
    names = (*row.contracts, *SIGNED.get(row.name, ()))
    return {
        "address": f"{{namespace}}{row.name}",
        "description": f"Key: {row.key}. {'Compacted. ' if row.compacted else ''}"
        f"Partitions: {'1' if row.single else 'as set'}.",
        "parameters": {"namespace": {"default": "holdfast."}},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }


def _operations(row: Topic) -> dict[str, Any]:
    channel = {"$ref": f"#/channels/{row.name}"}

    def each(action: str, roles: tuple[Role, ...]) -> dict[str, Any]:
        return {
            f"{role}-{action}s-{row.name}": {"action": action, "channel": channel} for role in roles
        }

    return each("send", row.producers) | each("receive", row.consumers)


def asyncapi() -> dict[str, Any]:
    """Return the AsyncAPI 3.1 document of every topic.

    Source: asyncapi.com, specification 3.1.0.
    """
    operations: dict[str, Any] = {}
    for row in TABLE:
        operations |= _operations(row)
    return {
        "asyncapi": "3.1.0",
        "info": {
            "title": "Holdfast",
            "version": "1",
            "description": "Topics of Holdfast. The payloads of envelopes (DSSE) on `control` and"
            " `requests` are listed beside the envelope itself.",
        },
        "defaultContentType": "application/json",
        "channels": {row.name: _channel(row) for row in TABLE},
        "operations": operations,
        "components": {
            "messages": {
                name: {
                    "name": name,
                    "payload": {
                        "schemaFormat": "application/schema+json;version=draft-2020-12",
                        "schema": {"$ref": f"./{name}.schema.json"},
                    },
                }
                for name in CONTRACTS
            }
        },
    }


def picture() -> str:
    """Return the picture of the pipeline as a page with one Mermaid diagram."""
    lines = ["flowchart LR"]
    roles = sorted({role for row in TABLE for role in (*row.producers, *row.consumers)})
    lines += [f"  {role}([{role}])" for role in roles]
    for row in TABLE:
        node = "t_" + row.name.replace("-", "_")
        lines.append(f"  {node}" + (f"[({row.name})]" if row.compacted else f"[[{row.name}]]"))
        lines += [f"  {role} --> {node}" for role in row.producers]
        lines += [
            f"  {node} {'-.->' if role == 'record' else '-->'} {role}" for role in row.consumers
        ]
    lines.append("  record --> clickhouse[(ClickHouse)]")
    rows = "\n".join(
        f"| `{row.name}` | {row.key} | {', '.join(row.contracts)} |"
        f" {'compacted' if row.compacted else f'{(row.retention_ms or 0) // 3_600_000} h'} |"
        for row in TABLE
    )
    return (
        "# The pipeline\n\nMade by `make contracts` from `streams/topics.py`. Rounded: a role, a"
        " process of its own. Boxes: topics; drums: compacted ones.\n\n```mermaid\n"
        + "\n".join(lines)
        + "\n```\n\n| topic | key | contracts | kept |\n|---|---|---|---|\n"
        + rows
        + "\n"
    )


def rendered() -> dict[str, str]:
    """Return every golden file: name -> text."""
    files = {f"{name}.schema.json": schema(name) for name in CONTRACTS}
    files["asyncapi.json"] = asyncapi()
    texts = {
        name: json.dumps(body, indent=1, sort_keys=True) + "\n" for name, body in files.items()
    }
    return texts | {"pipeline.md": picture()}


def main() -> None:
    """Write the golden files into docs/contracts."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for stale in FOLDER.glob("*.*"):
        stale.unlink()
    for name, text in rendered().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
