"""Videos: every frame by number, and pictures out of them.

Frames are counted from 0 in the order they are shown. "Upright" means that the rotation a phone notes is applied. The
modules: ``indexing`` (every frame's time and key frame), ``reading`` (frames by number), ``stills`` (which frames are
worth a picture), ``packs`` (frames as JPEG, many at a time), ``records`` (what is stored of a video), ``looking`` (what
those who take a video in want to know).

Whoever wants the pixels of one frame calls ``reading.read_frame_body(path, frame)`` in a child process: upright, RGB,
of the item's size. In the server, ``services.videos.read_frame(sha256, frame)`` does that.
"""
