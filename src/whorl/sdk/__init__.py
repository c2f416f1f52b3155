"""The Python client: projects, datasets, items, annotations, models, pipelines and tasks as objects.

Words: a *transport* makes calls, a *manager* such as ``project.datasets`` lists and makes things, a *handle* such as
``Dataset`` is one thing with its managers; ``handle.info`` is the wire model it was read as.
Invariants: it speaks the REST API and nothing else, so a program works the same against a server and in process;
wire types come from ``whorl.schemas``; neither a database nor a web framework is imported.
"""
