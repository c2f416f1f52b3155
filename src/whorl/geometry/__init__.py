"""Boxes, polygons and masks as arrays: overlap, area, matching, run lengths.

Words: *box* (x0, y0, x1, y1), *ring* (a closed line of points), *mask* (a boolean image),
*counts* (COCO's run lengths).
Invariants: numpy only; arrays in, arrays out; pixels of the upright image with (0, 0) the outer corner of the
first pixel, so areas need no "+ 1"; no function changes its arguments.
"""
