"""The wire does not change by accident: goldens are compared byte by byte."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import schemas
from streams.contracts import CONTRACTS, rendered
from streams.topics import TABLE

FOLDER = Path(__file__).parents[2] / "docs" / "contracts"


@pytest.mark.parametrize("name", sorted(rendered()))
def test_golden_is_what_the_code_says(name: str) -> None:
    golden = (FOLDER / name).read_text(encoding="utf-8")
    assert golden == rendered()[name], "the wire changed; if it was meant to: make contracts"


def test_no_golden_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(rendered())


@pytest.mark.parametrize("name", CONTRACTS)
def test_schemas_are_valid_json_schema(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(rendered()[f"{name}.schema.json"]))


def test_every_contract_of_the_topic_table_has_a_golden() -> None:
    assert {name for row in TABLE for name in row.contracts} <= set(CONTRACTS)


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_contract_carries_its_version(name: str) -> None:
    fields = getattr(schemas, name).model_fields
    assert name == "Envelope" or fields["version"].default == 1
