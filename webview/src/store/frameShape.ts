/** An object's geometry on one frame: a shape has one frame, a track is interpolated between its keyframes. */

import { stateAt } from '../geometry/keyframes';
import type { Dimension } from '../geometry/keyframes';
import type { Edge, PosedShape } from '../geometry/posed';
import type { JobObject, ShapeState, Track } from './objects';
import { PLAIN } from './scheme';
import type { JobScheme } from './scheme';

/** An element of a skeleton on a frame. */
export interface FrameElement extends ShapeState {
  readonly label_id: number;
  /** Its place among all elements of the object. */
  readonly index: number;
}

/** An object's geometry on a frame where it is in the picture; of a skeleton, with the elements that are. */
export interface FrameShape extends ShapeState, PosedShape {
  readonly elements?: readonly FrameElement[];
}

/** The edges between the elements that are in the picture. */
function edgesOf(elements: readonly FrameElement[], labelId: number, scheme: JobScheme): readonly Edge[] {
  const edges: Edge[] = [];
  for (const [from, to] of scheme.edges(labelId)) {
    const a = elements.findIndex((element) => element.label_id === from);
    const b = elements.findIndex((element) => element.label_id === to);
    if (a >= 0 && b >= 0) edges.push([a, b]);
  }
  return edges;
}

/** A skeleton with those of the given elements that are in the picture; null when there are elements and none is. */
function skeleton(parent: ShapeState, all: readonly FrameElement[], labelId: number, scheme: JobScheme): FrameShape | null {
  const elements = all.filter((element) => !element.outside);
  return all.length > 0 && elements.length === 0 ? null : { ...parent, elements, edges: edgesOf(elements, labelId, scheme) };
}

/** The elements of a skeleton's track that have begun by then, those outside too. */
function elementsAt(track: Track, frame: number, dimension: Dimension): FrameElement[] {
  const elements: FrameElement[] = [];
  track.elements.forEach(({ label_id, shapes }, index) => {
    const state = stateAt(shapes, frame, dimension);
    if (state !== null) elements.push({ ...state, label_id, index });
  });
  return elements;
}

/** The state of a skeleton whose track has no keyframes of its own: its elements alone say where it is. */
function bareState(frame: number): ShapeState {
  return { type: 'skeleton', frame, occluded: false, outside: false, z_order: 0, rotation: 0, points: [], attributes: [] };
}

function trackShape(track: Track, frame: number, scheme: JobScheme): FrameShape | null {
  const isSkeleton = track.elements.length > 0;
  const state = isSkeleton && track.shapes.length === 0 ? bareState(frame) : stateAt(track.shapes, frame, scheme.dimension);
  if (state === null || state.outside) return null;
  return isSkeleton ? skeleton(state, elementsAt(track, frame, scheme.dimension), track.label_id, scheme) : state;
}

/** The geometry on a frame, or null where the object has none to be seen: a tag, another frame, outside of the picture. */
export function frameShape(object: JobObject, frame: number, scheme: JobScheme = PLAIN): FrameShape | null {
  switch (object.kind) {
    case 'tag':
      return null;
    case 'shape': {
      const { data } = object;
      if (data.frame !== frame || data.outside) return null;
      if (data.elements.length === 0) return data as ShapeState; // as it is: ten thousand of them cost nothing
      const elements = data.elements.map((element, index) => ({ ...element, index }));
      return skeleton(data, elements, data.label_id, scheme);
    }
    case 'track':
      return trackShape(object.data, frame, scheme);
  }
}
