/** Writing down where a shape was moved to. */

import type { Dimension } from '../geometry/keyframes';
import type { Size } from '../geometry/point';
import { posedNormal, samePlace } from '../geometry/posed';
import type { FrameElement, FrameShape } from './frameShape';
import { frameShape } from './frameShape';
import { keyframeOn, withKeyframe } from './keyframeLists';
import type { Line } from './keyframeLists';
import type { JobObject, Shape, Track } from './objects';
import type { JobScheme } from './scheme';
import { PLAIN } from './scheme';

function reshapedShape(data: Shape, shape: FrameShape): Shape {
  if (data.elements.length === 0) return { ...data, points: shape.points, rotation: shape.rotation };
  const elements = data.elements.map((element, index) => {
    const moved = shape.elements?.find((other) => other.index === index);
    return moved === undefined ? element : { ...element, points: moved.points, rotation: moved.rotation };
  });
  return { ...data, elements };
}

function withPlace(line: Line, frame: number, place: FrameShape, dimension: Dimension): Line {
  const keyframe = keyframeOn(line, frame, dimension);
  return keyframe === null ? line : withKeyframe(line, { ...keyframe, points: place.points, rotation: place.rotation });
}

/** Of a skeleton only the elements that were moved get a keyframe. */
function reshapedTrack(data: Track, before: FrameShape, shape: FrameShape, frame: number, dimension: Dimension): Track {
  if (data.elements.length === 0) return { ...data, shapes: withPlace(data.shapes, frame, shape, dimension) };
  const moved = (shape.elements ?? []).filter((element, place): element is FrameElement => {
    const old = before.elements?.[place];
    return old === undefined || !samePlace(old, element);
  });
  const elements = data.elements.map((element, index) => {
    const place = moved.find((other) => other.index === index);
    return place === undefined ? element : { ...element, shapes: withPlace(element.shapes, frame, place, dimension) };
  });
  return { ...data, elements };
}

/** The object with the place of `shape` on a frame, normalised to the image. A track gets a keyframe there. */
export function reshaped(object: JobObject, frame: number, shape: FrameShape, image: Size, scheme: JobScheme = PLAIN): JobObject {
  const before = frameShape(object, frame, scheme);
  if (before === null || object.kind === 'tag') return object;
  const normal = posedNormal(shape, image);
  return object.kind === 'shape'
    ? { ...object, data: reshapedShape(object.data, normal) }
    : { ...object, data: reshapedTrack(object.data, before, normal, frame, scheme.dimension) };
}
