import pytest

from control.bundles import bundle_id, identified, overlay, verify
from control.errors import BundleError, BundleMismatchError, UnknownFieldError
from schemas import Bundle

CONTENT = {"provider": "acme", "model": "m1", "prompt_version": "p1", "configuration": {"b": 1}}


def test_the_id_is_the_digest_of_the_canonical_content() -> None:
    # sha256 of {"configuration":{"b":1},"model":"m1","prompt_version":"p1","provider":"acme"}
    import hashlib

    canonical = b'{"configuration":{"b":1},"model":"m1","prompt_version":"p1","provider":"acme"}'
    assert bundle_id(CONTENT) == "sha256:" + hashlib.sha256(canonical).hexdigest()
    assert identified(CONTENT).bundle_id == bundle_id(CONTENT)


def test_order_version_and_absent_fields_do_not_matter() -> None:
    shuffled = dict(reversed(CONTENT.items()))
    assert bundle_id({**shuffled, "version": 1, "tools_version": None}) == bundle_id(CONTENT)


def test_an_absent_configuration_is_an_empty_one() -> None:
    plain = {key: value for key, value in CONTENT.items() if key != "configuration"}
    assert bundle_id(plain) == bundle_id({**plain, "configuration": {}})
    assert identified(plain).bundle_id == bundle_id(plain)


@pytest.mark.parametrize("field", ["provider", "model", "prompt_version", "tools_version"])
def test_every_field_matters(field: str) -> None:
    assert bundle_id({**CONTENT, field: "else"}) != bundle_id(CONTENT)


def test_verify_finds_another_content() -> None:
    sound = identified(CONTENT)
    assert verify(sound) is sound
    with pytest.raises(BundleMismatchError):
        verify(sound.model_copy(update={"model": "m2"}))


def test_overlay_changes_what_it_names_and_configuration_key_by_key() -> None:
    pin = identified({**CONTENT, "tools_version": "t1", "configuration": {"a": 1, "b": 2}})
    made = overlay(pin, {"model": "m2", "tools_version": None, "configuration": {"b": 3}})
    assert made == identified(
        {"provider": "acme", "model": "m2", "prompt_version": "p1",
         "configuration": {"a": 1, "b": 3}}
    )  # fmt: skip
    assert overlay(pin, {"configuration": {"a": None}}).configuration == {"b": 2}
    assert overlay(pin, {}) == pin


@pytest.mark.parametrize("field", ["modell", "bundle_id", "version"])
def test_an_unknown_field_is_an_error(field: str) -> None:
    with pytest.raises(UnknownFieldError, match=field):
        overlay(identified(CONTENT), {field: "x"})


@pytest.mark.parametrize(
    "changes", [{"model": 7}, {"model": None}, {"configuration": {"x": 2**70}}]
)
def test_what_is_no_bundle_is_an_error(changes: dict[str, object]) -> None:
    with pytest.raises(BundleError):
        overlay(identified(CONTENT), changes)


def test_it_survives_the_wire() -> None:
    sound = identified(CONTENT)
    assert verify(Bundle.model_validate_json(sound.model_dump_json())) == sound
