"""A contender: Keras 3 on JAX with the document's MLP, data and recipe, as Keras's own guide trains.

python -m bench.keras_jax FOLDER_OF_MNIST
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import keras
import numpy as np

from bench.contender import serve
from lab.data import load


def main(folder: str) -> None:
    data = load("mnist", Path(folder))
    inputs = (data.train_images.reshape(-1, 784).astype(np.float32) / 255 - 0.5) / 0.5
    labels = data.train_labels.astype(np.int32)
    dense = keras.layers.Dense
    model = keras.Sequential(
        [
            keras.Input((784,)),
            dense(256, activation="relu"),
            dense(128, activation="relu"),
            dense(64, activation="relu"),
            dense(10),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.SGD(0.001, momentum=0.9),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    serve(lambda: model.fit(inputs, labels, batch_size=100, epochs=1, shuffle=True, verbose=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
