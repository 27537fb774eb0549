"""What classifiers have learnt from the shipped files, kept beside the code: training takes seconds of every start.

`python -m benchmarks.learnt` writes it; tests/knowledge/test_learnt.py fails while it is not what the files teach.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.knowledge.classifier.features import METHOD
from bot.knowledge.words import FOLDER

FILE = Path(__file__).resolve().parent / "learnt.npz"
STEPS = 127  # of a weight, to either side
SHAPING = ("slang", "stop")  # lists of words/ that decide what the words of a text are


@dataclass(frozen=True, eq=False)
class TaughtWeights:
    """`places` and `spread`: what was kept of the examples' features, ascending, and how many examples have each."""

    classes: Sequence[str]
    examples: int
    places: NDArray[np.int64]
    spread: NDArray[np.int64]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


def digest(examples: Iterable[tuple[str, str]], method: object) -> str:
    """Changes with the examples, with the lists that shape their words, and with the way of learning."""
    told = hashlib.sha256(f"{METHOD} {method}".encode())
    for name in SHAPING:
        told.update((FOLDER / f"{name}.yaml").read_bytes())
    told.update("\n".join(f"{name}\t{text}" for name, text in examples).encode("utf-8", "replace"))
    return told.hexdigest()[:32]


def of(known_by: str) -> TaughtWeights | None:
    """What was learnt from the examples of this digest; None when that was not kept."""
    return _kept().get(known_by)


@cache
def _kept() -> Mapping[str, TaughtWeights]:
    found: dict[str, TaughtWeights] = {}
    try:
        with np.load(FILE, allow_pickle=False) as file:
            for known_by in file["digests"].tolist():
                found[known_by] = _unpacked({part: file[f"{known_by}.{part}"] for part in PARTS})
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile):
        return {}  # then it is learnt again
    return found


PARTS = ("classes", "examples", "steps", "spread", "weights", "scale", "bias")


def keep(all_of: Mapping[str, TaughtWeights]) -> None:
    """Write what was learnt, by digest, in place of what is there."""
    parts = {f"{name}.{part}": held for name, one in all_of.items() for part, held in _packed(one).items()}
    with zipfile.ZipFile(FILE, "w") as file:
        for name, held in {"digests": np.array(list(all_of)), **parts}.items():
            place = zipfile.ZipInfo(
                f"{name}.npy"
            )  # without the time of day: the same weights are the same file
            place.compress_type = zipfile.ZIP_DEFLATED
            with file.open(place, "w") as entry:
                np.lib.format.write_array(entry, np.asanyarray(held), allow_pickle=False)


def _packed(learnt: TaughtWeights) -> Mapping[str, NDArray[np.generic]]:
    """The weights of a feature sum to zero, so the last class needs none."""
    told = learnt.weights[:, :-1]
    scale = np.maximum(np.abs(told).max(axis=0), 1e-6) / STEPS
    return {
        "classes": np.array(learnt.classes),
        "examples": np.array(learnt.examples),
        "steps": np.diff(learnt.places, prepend=0).astype(np.uint32),
        "spread": np.minimum(learnt.spread, 65535).astype(np.uint16),
        "weights": np.ascontiguousarray(np.rint(told / scale).astype(np.int8).T),
        "scale": scale.astype(np.float32),
        "bias": learnt.bias,
    }


def _unpacked(parts: Mapping[str, NDArray[np.generic]]) -> TaughtWeights:
    told = parts["weights"].T.astype(np.float32) * parts["scale"].astype(np.float32)
    return TaughtWeights(
        [str(one) for one in parts["classes"].tolist()],
        int(parts["examples"].item()),
        np.cumsum(parts["steps"].astype(np.int64)),
        parts["spread"].astype(np.int64),
        np.hstack((told, -told.sum(axis=1, keepdims=True))),
        parts["bias"].astype(np.float32),
    )
