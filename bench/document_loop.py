"""A contender: the document's own training loop (section 4.5.4), line by line, with torch's own classes.

python -m bench.document_loop FOLDER_OF_MNIST [PRESET] [SAMPLES] [DEVICE]

The network is the document's MLP, or that of a preset: then this is the loop every tutorial has for it.
"""

from __future__ import annotations

import sys
import warnings

import torch
from torch import nn, optim
from torch.utils.data import DataLoader, Subset
from torchvision import datasets, transforms

from bench.contender import serve
from lab.network.build import build_network
from lab.presets import preset


def main(folder: str, name: str = "document-mlp", samples: str = "60000", device: str = "cpu") -> None:
    warnings.filterwarnings("ignore")
    spec = preset(name)
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    everything = datasets.MNIST(root=folder, train=True, download=True, transform=transform)
    trainset = Subset(everything, range(int(samples)))
    trainloader = DataLoader(
        everything if len(trainset) == len(everything) else trainset,
        batch_size=spec.train.batch_size,
        shuffle=True,
    )
    model = build_network(spec.network, torch.Generator().manual_seed(0)).to(device)
    for name, layer in model.named_children():
        if isinstance(layer, nn.Dropout):  # the tutorial's, not the lab's own
            setattr(model, name, nn.Dropout(layer.p))
    criterion = nn.CrossEntropyLoss()
    rule = getattr(optim, spec.train.optimizer.torch_name)
    optimizer = rule(model.parameters(), **spec.train.optimizer.options())

    def epoch() -> float:
        running_loss = 0.0
        for data in trainloader:
            inputs, labels = data[0].to(device), data[1].to(device)
            optimizer.zero_grad()
            outputs = model(inputs)
            loss = criterion(outputs, labels)
            loss.backward()
            optimizer.step()
            running_loss += loss.item()
        return running_loss / len(trainloader)

    serve(epoch)


if __name__ == "__main__":
    main(*sys.argv[1:])
