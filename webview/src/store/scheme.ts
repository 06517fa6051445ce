/** What a job's task says about all of its objects, as far as their geometry depends on it. */

import type { Dimension } from '../geometry/keyframes';
import { skeletonEdges } from './skeletonTemplate';
import type { TemplateLabel } from './skeletonTemplate';

export interface JobScheme {
  readonly dimension: Dimension;
  /** The lines of the skeletons of a label: pairs of sub-labels. */
  edges(labelId: number): readonly (readonly [number, number])[];
}

/** Pictures, and no label that has lines. */
export const PLAIN: JobScheme = { dimension: '2d', edges: () => [] };

export function schemeOf(labels: readonly TemplateLabel[], dimension: Dimension): JobScheme {
  const edges = new Map(labels.filter((label) => label.svg).map((label) => [label.id, skeletonEdges(label)]));
  return { dimension, edges: (labelId) => edges.get(labelId) ?? [] };
}
