/** The kinds of shapes that the program knows: an explicit table from CVAT's type name to its functions. */

import { cuboid } from './cuboid';
import { ellipse } from './ellipse';
import { mask } from './mask';
import { pointSet } from './pointSet';
import { polygon } from './polygon';
import { polyline } from './polyline';
import { rectangle } from './rectangle';
import type { ShapeUtil } from './shapeUtil';

const KINDS = [rectangle, polygon, polyline, pointSet, ellipse, cuboid, mask];
const UTILS: ReadonlyMap<string, ShapeUtil> = new Map(KINDS.map((util) => [util.type, util]));

/** The functions of a type; null for one that has no points of its own (`skeleton.ts`), or that this version does not know. */
export function shapeUtil(type: string): ShapeUtil | null {
  return UTILS.get(type) ?? null;
}
