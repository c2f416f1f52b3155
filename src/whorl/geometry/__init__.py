"""Boxes, polygons and masks as numpy arrays: overlap, matching, conversion.

Pure functions; float32 x0 y0 x1 y1 pixels, (0, 0) the outer corner of the first pixel.
"""
