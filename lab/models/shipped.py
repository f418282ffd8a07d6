"""The models that ship with the lab, so that it answers on a machine that has never trained.

Owns where they lie and what they are called; what each can do stands in README.md beside them, and
`python -m bench.ship NAME` makes each again from its spec. Knows no torch.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lab.texts import Text, said

FOLDER = Path(__file__).parent
DEFAULT = "cnn"
JUDGE = FOLDER / "judge.safetensors"


@dataclass(frozen=True)
class ShippedModel:
    """One shipped checkpoint: its weights, and the spec that remakes them."""

    name: str
    title: Text
    summary: Text

    @property
    def path(self) -> Path:
        """The weights, with their spec in the metadata."""
        return FOLDER / f"{self.name}.safetensors"

    @property
    def spec_path(self) -> Path:
        """The RunSpec that makes the weights."""
        return FOLDER / f"{self.name}.json"


_ENTRIES = (
    ShippedModel("cnn", said("models.cnn.title"), said("models.cnn.summary")),
    ShippedModel("augmented-mlp", said("models.augmented_mlp.title"), said("models.augmented_mlp.summary")),
    ShippedModel("document-mlp", said("models.document_mlp.title"), said("models.document_mlp.summary")),
)

SHIPPED: dict[str, ShippedModel] = {entry.name: entry for entry in _ENTRIES}
