/**
 * What the canvas draws and edits, as plain data.
 *
 * Coordinates are pixels of the upright image, x to the right and y down, (0, 0) the outer corner of the first pixel.
 * Everything here is JSON, so that a command can be kept in IndexedDB and replayed after a reload.
 */

/** A point or a displacement in image pixels. */
export interface Vec {
  readonly x: number;
  readonly y: number;
}

/** An axis-aligned rectangle, x1 > x0 and y1 > y0. */
export interface Rect {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export type XY = readonly [number, number];

/** The label holds for the whole item. */
export interface ClassGeometry {
  readonly type: "class";
}

export interface BoxGeometry extends Rect {
  readonly type: "box";
}

/** A box turned about its centre; `angle` in degrees, clockwise as seen on screen, in [-180, 180). */
export interface RotatedBoxGeometry {
  readonly type: "rotated_box";
  readonly cx: number;
  readonly cy: number;
  readonly width: number;
  readonly height: number;
  readonly angle: number;
}

/** Closed rings of one object, even-odd filled. */
export interface PolygonGeometry {
  readonly type: "polygon";
  readonly rings: readonly (readonly XY[])[];
}

export interface PolylineGeometry {
  readonly type: "polyline";
  readonly points: readonly XY[];
}

export interface PointsGeometry {
  readonly type: "points";
  readonly points: readonly XY[];
}

/** COCO's compressed run lengths over the whole image (column by column, zeros first). */
export interface MaskGeometry {
  readonly type: "mask";
  readonly height: number;
  readonly width: number;
  readonly counts: string;
}

/** What an object of a video may look like in one frame. */
export type FrameShape =
  BoxGeometry | RotatedBoxGeometry | PolygonGeometry | PolylineGeometry | PointsGeometry;

/** Where an object is in one frame; `shape` is null only where it is outside the picture. */
export interface Keyframe {
  readonly frame: number;
  readonly shape: FrameShape | null;
  readonly is_outside: boolean;
  readonly by: "person" | "tracker" | "import";
  readonly confidence: number | null;
}

/** One object through the frames of a video; keyframes in order, one for a frame. */
export interface TrackGeometry {
  readonly type: "track";
  readonly keyframes: readonly Keyframe[];
}

export type Geometry =
  | TrackGeometry
  | ClassGeometry
  | BoxGeometry
  | RotatedBoxGeometry
  | PolygonGeometry
  | PolylineGeometry
  | PointsGeometry
  | MaskGeometry;

/** Made by the client for new shapes, the annotation's id for saved ones; never changes while a document lives. */
export type ShapeId = string;

export type AttributeValue = string | number | boolean | null;

/** `own` counts as work to be saved; `proposal` is a model's and waits for a yes or no; `reference` is only looked at. */
export type ShapeStanding = "own" | "proposal" | "reference";

export interface Shape {
  readonly id: ShapeId;
  readonly label: string;
  readonly geometry: Geometry;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly confidence: number | null;
  readonly standing: ShapeStanding;
  /** Which coloured layer it belongs to: `truth`, or the author's id for predictions and references. */
  readonly source: string;
  /** The prediction an own shape was accepted or edited from. */
  readonly fromPrediction: string | null;
  /** The saved annotation it replaces, null for a new one. */
  readonly annotationId: string | null;
  readonly isLocked?: boolean;
}

/** A change to the document, with all it needs to be undone. */
export type Command =
  | { readonly kind: "add"; readonly at: number; readonly shapes: readonly Shape[] }
  | { readonly kind: "remove"; readonly removed: readonly { readonly at: number; readonly shape: Shape }[] }
  | {
      readonly kind: "change";
      readonly changes: readonly { readonly before: Shape; readonly after: Shape }[];
    }
  | { readonly kind: "reorder"; readonly before: readonly ShapeId[]; readonly after: readonly ShapeId[] }
  | { readonly kind: "paint"; readonly id: ShapeId; readonly tiles: readonly PaintedTile[] }
  | { readonly kind: "group"; readonly name: string; readonly commands: readonly Command[] };

/** One dirty tile of a mask, 0 and 1 run lengths of its pixels row by row, before and after. */
export interface PaintedTile {
  readonly column: number;
  readonly row: number;
  readonly before: readonly number[];
  readonly after: readonly number[];
}
