"""The models that come with Whorl: ``linear`` (classes, labels), ``tinydet`` (boxes) and ``tinyunet`` (masks).

All train on a CPU, export ONNX and predict through onnxruntime; torch is imported by the training of the two
networks and by the backbone's conversion only.
"""
