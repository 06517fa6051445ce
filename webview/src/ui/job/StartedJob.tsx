/** Moves a new job to "in progress" with its first edit, as CVAT does, so that the lists show who began what. */

import { useEffect } from 'react';

import type { JobRead } from '../../protocol/generated';
import { usePatchJob } from '../daemon/mutations';
import { useEditorState } from './editorContext';

export function StartedJob({ job }: { readonly job: JobRead }): null {
  const { mutate } = usePatchJob();
  const edited = useEditorState((state) => state.canUndo && state.save.kind === 'saved');
  const begins = edited && job.state === 'new' && job.stage === 'annotation';
  useEffect(() => {
    if (begins) mutate({ job, patch: { state: 'in progress' } });
    // Once a beginning: the job itself changes with the answer.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [begins]);
  return null;
}
