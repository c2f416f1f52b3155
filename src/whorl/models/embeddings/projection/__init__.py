"""Maps: the vectors of a dataset laid out in two dimensions, near ones near to each other.

A *layout* is points as they come from the method; a *place* is a point in the whole numbers of a map, -32767 to 32767
on both axes (`places`), as it is stored, sent and asked for by `map:` in queries. Invariants: the same vectors, method
and seed give the same layout; a map of a dataset that has grown starts from the one before, so that what people
remember stays where it was; heavy work runs in a child process.

Import from the submodules: the server starts without numpy.
"""
