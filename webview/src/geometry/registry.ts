/** The kinds of shapes that the program knows: an explicit table from CVAT's type name to its functions. */

import { rectangle } from './rectangle';
import type { ShapeUtil } from './shapeUtil';

const UTILS: ReadonlyMap<string, ShapeUtil> = new Map([rectangle].map((util) => [util.type, util]));

/** The functions of a type, or null for a type that this version does not draw. */
export function shapeUtil(type: string): ShapeUtil | null {
  return UTILS.get(type) ?? null;
}
