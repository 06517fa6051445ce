/** A form that has no problems, as the requests that are sent. */

import type { DataRequest, TaskWrite } from '../../protocol/creation';
import { filledLines } from './draft';
import type { Advanced, TaskDraft } from './draft';
import { labelsOf } from './labels';

export function taskBody(draft: TaskDraft, name = draft.name.trim()): TaskWrite {
  const { segmentSize, overlap } = draft.advanced;
  return {
    name,
    ...(draft.projectId === null ? { labels: labelsOf(draft.labels) } : { project_id: draft.projectId }),
    ...(draft.subset.trim() === '' ? {} : { subset: draft.subset.trim() }),
    ...numbers({ segment_size: segmentSize, overlap }),
  };
}

export function dataBody(draft: TaskDraft): DataRequest {
  const { advanced, source } = draft;
  return {
    ...frames(advanced),
    ...(source === 'share' ? { server_files: draft.shared } : {}),
    ...(source === 'addresses' ? { remote_files: filledLines(draft.addresses) } : {}),
    // Files arrive group by group; this says so, however long the list.
    ...(source === 'files' && advanced.sorting === 'predefined'
      ? { upload_file_order: draft.files.map(({ path }) => path) }
      : {}),
  };
}

function frames(advanced: Advanced): DataRequest {
  const { sorting, quality, start, stop, step, chunkSize, zipChunks } = advanced;
  return {
    ...numbers({ image_quality: quality, start_frame: start, stop_frame: stop, chunk_size: chunkSize }),
    ...(step.trim() === '' ? {} : { frame_filter: `step=${Number(step)}` }),
    ...(sorting === 'lexicographical' ? {} : { sorting_method: sorting }),
    ...(zipChunks ? { use_zip_chunks: true } : {}),
  };
}

/** The fields that were filled in. */
function numbers<K extends string>(texts: Readonly<Record<K, string>>): Partial<Record<K, number>> {
  const filled = (Object.entries(texts) as [K, string][]).filter(([, text]) => text.trim() !== '');
  return Object.fromEntries(filled.map(([key, text]) => [key, Number(text)])) as Partial<Record<K, number>>;
}
