"""The studio's canvas in headless Chromium: what a frame, a click, a key, a stroke and the next image cost."""
