"""The models that come with Whorl: ``linear`` (classification) and ``tinydet`` (detection).

Both train on a CPU, export ONNX and predict through onnxruntime; torch is imported by tinydet's training
and by the backbone's conversion only.
"""
