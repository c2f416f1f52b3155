"""A few clicks become a shape: GrabCut, intelligent scissors, SAM-family ONNX pairs, and more objects that look alike.

`choosing.segment_image` takes an image and prompts and gives what was found, whichever segmenter answers; `scissors`
follows edges between points; `alike` looks for similar regions; `features` keeps what a SAM encoder made of an image
and `encoding` makes it ahead of time, one image at once. Invariants: coordinates are pixels of the upright image; all
is deterministic; an image of any size costs bounded memory and time; nothing here raises for a shape that cannot be
found: a `Found` without one says why in words.

Import from the submodules: this file stays empty so that the server starts without numpy or OpenCV.
"""
