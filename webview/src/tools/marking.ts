/** Marking the selection on the frame in view: keyframes, occluded, out of the picture. */

import { putting } from '../store/change';
import type { JobObject } from '../store/objects';
import { flagged, hasKeyframe, withKeyframeOn, withoutKeyframe } from '../store/trackEdits';
import { movableShapes } from './moving';
import type { ToolContext } from './tool';

/** The selected objects that are seen and not locked. */
function chosen(context: ToolContext): JobObject[] {
  return [...movableShapes(context).keys()].flatMap((id) => context.object(id) ?? []);
}

/** Marks the selection as occluded; when all of it is, as not. */
export function toggleOccluded(context: ToolContext): void {
  const occluded = [...movableShapes(context).values()].some((shape) => !shape.occluded);
  const put = chosen(context).map((object) => flagged(object, context.frame, { occluded }, context.scheme.dimension));
  context.commit(putting(...put), { title: occluded ? 'mark as occluded' : 'mark as not occluded' });
}

/** Takes the selected tracks out of the picture up to their next keyframes; false when none is selected. */
export function takeOut(context: ToolContext): boolean {
  const tracks = chosen(context).filter((object) => object.kind === 'track');
  const put = tracks.map((object) => flagged(object, context.frame, { outside: true }, context.scheme.dimension));
  context.commit(putting(...put), { title: 'take out of the picture' });
  return tracks.length > 0;
}

/**
 * Makes the frame a keyframe of the selected tracks; when it is one of all of them, makes it none. The only keyframe of a
 * track stays. False when no track is selected.
 */
export function toggleKeyframe(context: ToolContext): boolean {
  const tracks = chosen(context).filter((object) => object.kind === 'track');
  const remove = tracks.every((object) => hasKeyframe(object.data, context.frame));
  const put = tracks.flatMap((object): JobObject[] => {
    if (!remove) return [{ ...object, data: withKeyframeOn(object.data, context.frame, context.scheme.dimension) }];
    const data = withoutKeyframe(object.data, context.frame);
    return data === null ? [] : [{ ...object, data }];
  });
  context.commit(putting(...put), { title: remove ? 'remove keyframe' : 'set keyframe' });
  return tracks.length > 0;
}
