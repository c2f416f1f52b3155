"""Objects are followed through the frames of a video.

The modules: ``contract`` (what a tracker is), ``flow`` (Whorl's own: points followed by optical flow), ``moving``
(shapes under a similarity), ``propagate`` (from one keyframe, or two, to the frames between), ``trackers`` (by name).
"""
