"""Models: adapters that predict, embed and train; model folders; training as a process of its own.

An adapter is any object with some of load, predict, embed, train and save (`adapters`). A training reads a
manifest and writes a self-contained folder: model.yaml, model.onnx, metrics.jsonl (`training`, `folder`).
Built-ins predict through onnxruntime and never import torch to do so. Features and backbones lie in
`features` and `weights`. Invariants: a model folder is whole or absent; a prediction names only labels of
its model; probabilities and scores are finite; boxes are pixels of the upright image.

Import from the submodules: this file stays empty so that the server starts without numpy or PIL.
"""
