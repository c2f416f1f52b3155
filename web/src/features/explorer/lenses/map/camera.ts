/** From the numbers of a map to pixels and back: pan, zoom, fit. Pure. */

export interface Camera {
  /** What lies in the middle of the view, in map numbers. */
  readonly x: number;
  readonly y: number;
  /** Pixels per map number. */
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

const MARGIN_PX = 36;
const DEEPEST = 64;

/** The camera that shows everything. */
export function fit(places: Int16Array, size: Size): Camera {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let at = 0; at < places.length; at += 2) {
    const x = places[at] ?? 0;
    const y = places[at + 1] ?? 0;
    left = Math.min(left, x);
    right = Math.max(right, x);
    low = Math.min(low, y);
    high = Math.max(high, y);
  }
  if (places.length === 0) return { x: 0, y: 0, scale: 0.01 };
  const wide = Math.max(1, size.width - 2 * MARGIN_PX) / Math.max(1, right - left);
  const tall = Math.max(1, size.height - 2 * MARGIN_PX) / Math.max(1, high - low);
  return { x: (left + right) / 2, y: (low + high) / 2, scale: Math.min(wide, tall, 1) };
}

export function toScreen(camera: Camera, size: Size, place: Spot): Spot {
  return {
    x: (place.x - camera.x) * camera.scale + size.width / 2,
    y: (camera.y - place.y) * camera.scale + size.height / 2,
  };
}

export function toMap(camera: Camera, size: Size, spot: Spot): Spot {
  return {
    x: (spot.x - size.width / 2) / camera.scale + camera.x,
    y: camera.y - (spot.y - size.height / 2) / camera.scale,
  };
}

export function pan(camera: Camera, by: Spot): Camera {
  return { ...camera, x: camera.x - by.x / camera.scale, y: camera.y + by.y / camera.scale };
}

/** Zoom so that what lies under a spot stays there; no farther out than a third of `home`, no nearer than 64 times. */
export function zoom(
  camera: Camera,
  size: Size,
  to: { readonly factor: number; readonly spot: Spot; readonly home: Camera },
): Camera {
  const scale = Math.min(to.home.scale * DEEPEST, Math.max(to.home.scale / 3, camera.scale * to.factor));
  const under = toMap(camera, size, to.spot);
  const after = toMap({ ...camera, scale }, size, to.spot);
  return { x: camera.x + under.x - after.x, y: camera.y + under.y - after.y, scale };
}
