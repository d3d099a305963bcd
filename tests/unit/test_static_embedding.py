import hashlib
import json
import shutil
from pathlib import Path
from typing import Any
from unicodedata import category

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.numpy import load_file, save_file

from streams.embedding.errors import MisfitError, ModelFileError
from streams.embedding.pinned import STATIC_FOLDER, identity, static_sha256, verify
from streams.embedding.static import CHARACTERS, StaticEmbedder, unit
from streams.embedding.transformer import available

TEXTS = [
    "The quick brown fox jumps over the lazy dog.",
    "Don't — “really” — e-mail me at a_b@example.com… 50 %!",
    "unbelievably antidisestablishmentarianism " * 3,
    "Ääkköset ja öljylamppu: hyvää päivää!",
    "Straße, Übergröße, naïve café, ΟΔΟΣ Σίσυφος, İstanbul ıssız",
    "Привет, мир! Как дела?",
    "機械学習は楽しいです。中国人工智能 한국어 텍스트입니다",
    "مرحبا بالعالم नमस्ते दुनिया สวัสดีชาวโลก",
    "🙂 emoji 👩‍💻 and e\u0301 marks \u200bzero width",
    "[CLS] special [MASK] tokens [sep] [1]",
    "```python\nfor i in range(10):\n\tprint(f'{i:>3}')\n```",
    '{"a": [1, 2.5e-3], "b_c": null}',
    "x" * 150 + " long word",
    "word " * 400,
    "a",
]


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder()


@pytest.fixture(scope="module")
def peer() -> Any:
    """The same folder, as sentence-transformers reads it."""
    if not available():
        pytest.skip("needs the transformer extra")
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(STATIC_FOLDER), device="cpu", local_files_only=True)


@pytest.mark.transformer
@pytest.mark.filterwarnings("ignore")
def test_vectors_are_bitwise_those_of_sentence_transformers(
    embedder: StaticEmbedder, peer: Any
) -> None:
    for text in TEXTS:
        mine = embedder.mean(text)
        theirs = peer.encode(text[:CHARACTERS], normalize_embeddings=False)
        assert mine is not None
        assert theirs.dtype == mine.dtype == np.float32
        assert theirs.tobytes() == mine.tobytes(), text


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80) | st.sampled_from(TEXTS))
def test_tokens_are_the_tokenizers_own(text: str) -> None:
    embedder = _shared()
    assert embedder.tokens(text) == embedder._encode(text)


def test_every_character_is_read_as_the_tokenizer_reads_it(embedder: StaticEmbedder) -> None:
    letters = [chr(code) for code in range(1 << 16) if category(chr(code)) != "Cs"]
    plain = [letter for letter in letters if letter not in "Σİ"]  # with them all is left to it
    for some in range(0, len(plain), 64):
        text = " ".join(f"{letter} a{letter}b" for letter in plain[some : some + 64])
        assert embedder.tokens(text) == embedder._encode(text), hex(ord(plain[some]))


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_gives_a_unit_vector_or_none(text: str) -> None:
    vector = _shared().embed(text)
    if vector is None:
        assert not _shared().tokens(text)
    else:
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_texts_without_tokens_have_no_vector(embedder: StaticEmbedder) -> None:
    assert embedder.embed("") is None
    assert embedder.embed(" \n\t") is None


def test_like_texts_are_near_and_others_far(embedder: StaticEmbedder) -> None:
    def cosine(one: str, other: str) -> float:
        a, b = embedder.embed(one), embedder.embed(other)
        assert a is not None
        assert b is not None
        return float(a @ b)

    near = cosine("How do I bake sourdough bread?", "A recipe for baking bread at home")
    far = cosine("How do I bake sourdough bread?", "The parliament passed a tax reform")
    assert near > far + 0.2


def test_only_the_first_characters_count(embedder: StaticEmbedder) -> None:
    head = "word " * (CHARACTERS // 5)
    one, other = embedder.embed(head), embedder.embed(head + "entirely different")
    assert one is not None
    assert other is not None
    assert one.tobytes() == other.tobytes()


@settings(deadline=None)
@given(st.lists(st.text(max_size=80) | st.sampled_from(TEXTS), max_size=6))
def test_a_text_is_the_same_in_any_company(texts: list[str]) -> None:
    together = _shared().embed_all(texts)
    assert len(together) == len(texts)
    for text, vector in zip(texts, together, strict=True):
        alone = _shared().embed(text)
        assert (alone is None) == (vector is None)
        assert alone is None or (vector is not None and alone.tobytes() == vector.tobytes())


def test_what_is_kept_of_a_text_keeps_no_other_in_memory(embedder: StaticEmbedder) -> None:
    for vector in embedder.embed_all(["one text", "and another"]):
        assert vector is not None
        assert vector.base is None


@pytest.mark.parametrize("text", ["ab\ud800cd", "\udfff", "a \ud83d word"])
def test_half_a_character_is_left_to_the_tokenizer(embedder: StaticEmbedder, text: str) -> None:
    assert embedder.tokens(text) == embedder._encode(text)
    assert embedder._words.read([text]).unknown


@pytest.mark.parametrize("sign", ["\x00", "\x0b", "\x1f", "\x7f"])
def test_control_characters_are_left_to_the_tokenizer(embedder: StaticEmbedder, sign: str) -> None:
    texts = [f"un{sign}usual", "usual"]
    joined, usual = embedder.embed_all(texts)
    assert joined is not None
    assert usual is not None
    assert embedder.tokens(texts[0]) == embedder._encode(texts[0]) == embedder.tokens("unusual")
    assert embedder.tokens(texts[1]) == embedder._encode(texts[1])


def test_another_file_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(STATIC_FOLDER, folder)
    verify(folder, static_sha256())
    weights = folder / "model.safetensors"
    changed = bytearray(weights.read_bytes())
    changed[-1] ^= 1
    weights.write_bytes(bytes(changed))
    with pytest.raises(ModelFileError, match=r"model\.safetensors has sha256 .* install"):
        StaticEmbedder(folder)
    weights.unlink()
    with pytest.raises(ModelFileError, match="missing"):
        StaticEmbedder(folder)


def test_every_file_of_the_model_is_pinned_and_says_nothing_of_where_it_was_made() -> None:
    files = {path.name: path.read_bytes() for path in STATIC_FOLDER.iterdir()}
    assert {name: hashlib.sha256(data).hexdigest() for name, data in files.items()} == (
        static_sha256()
    )
    modules = json.loads(files["modules.json"])
    assert [module["path"] for module in modules] == [""]
    for name in ("modules.json", "config_sentence_transformers.json"):
        assert b"/" not in files[name]


def test_a_name_depends_on_bytes_and_use() -> None:
    pins = static_sha256()
    assert identity("static", pins, 600) == identity("static", dict(reversed(pins.items())), 600)
    assert identity("static", pins, 600) != identity("static", pins, 601)
    assert identity("static", pins, 600) != identity("static", pins | {"modules.json": "0"}, 600)


def test_unit_of_nothing_is_nothing() -> None:
    assert unit(np.zeros(3, np.float32)).tolist() == [0, 0, 0]


_EMBEDDERS: list[StaticEmbedder] = []


def _shared() -> StaticEmbedder:
    """One embedder for the property tests, which module fixtures do not reach."""
    if not _EMBEDDERS:
        _EMBEDDERS.append(StaticEmbedder())
    return _EMBEDDERS[0]


@pytest.mark.parametrize("short", ["embeddings", "weights"])
def test_a_tokenizer_of_another_model_is_refused(tmp_path: Path, short: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(STATIC_FOLDER, folder)
    weights = folder / "model.safetensors"
    tensors = load_file(weights)
    save_file(tensors | {short: tensors[short][:-1].copy()}, weights)
    pins = static_sha256() | {weights.name: hashlib.sha256(weights.read_bytes()).hexdigest()}
    with pytest.raises(MisfitError, match="two models: distil it again"):
        StaticEmbedder(folder, pins)
