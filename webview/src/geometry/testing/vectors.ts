/** Cases of interpolated tracks that other implementations answered, for specs. */

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { AttributeValue, Dimension, Keyframe } from '../keyframes';

/** A state of a track on a frame. */
export interface Expected {
  readonly frame: number;
  readonly points: readonly number[];
  readonly rotation: number;
  readonly occluded: boolean;
  readonly outside: boolean;
  /** True for a state that is a keyframe. */
  readonly keyframe: boolean;
  readonly attributes?: readonly AttributeValue[];
}

/** A track and all of its states up to `end_frame`, which is the first without one; those outside of the picture too. */
export interface Vector {
  readonly dimension: Dimension;
  readonly type: string;
  readonly end_frame: number;
  readonly keyframes: readonly Keyframe[];
  readonly expected: readonly Expected[];
}

function read(path: string): unknown {
  const file = fileURLToPath(new URL(path, import.meta.url));
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

/** What the Python core answers; written by its tests. */
export function exportedVectors(): readonly Vector[] {
  return (read('./vectors.json') ?? []) as readonly Vector[];
}

interface ReferenceCase {
  readonly end_frame: number;
  readonly track: { readonly shapes: readonly Keyframe[] };
  readonly with_outside: readonly (Omit<Expected, 'rotation'> & { readonly rotation?: number })[];
}

/** What the reference implementation answers, where its answers lie beside the project; else none. */
export function referenceVectors(name: 'track-interpolation' | 'skeleton-tracks'): readonly Vector[] {
  const cases = (read(`../../../../../shared/vectors/${name}.json`) ?? []) as readonly ReferenceCase[];
  return cases.map(({ end_frame, track, with_outside }) => ({
    dimension: '2d',
    type: track.shapes[0]?.type ?? '',
    end_frame,
    keyframes: track.shapes,
    expected: with_outside.map((state) => ({ rotation: 0, ...state })),
  }));
}
