/** Files are sent in requests of some size: a broken connection costs one of them, and thousands of files are few requests. */

import type { NamedFile } from '../../protocol/creation';

const BYTES = 64 * 1024 * 1024;
const FILES = 1_000;

/** All files in their order; a file that is larger than a group is one by itself. */
export function uploadGroups(
  files: readonly NamedFile[],
  { bytes = BYTES, count = FILES }: { readonly bytes?: number; readonly count?: number } = {},
): readonly (readonly NamedFile[])[] {
  const groups: NamedFile[][] = [];
  let group: NamedFile[] = [];
  let size = 0;
  for (const one of files) {
    if (group.length > 0 && (group.length >= count || size + one.file.size > bytes)) {
      groups.push(group);
      group = [];
      size = 0;
    }
    group.push(one);
    size += one.file.size;
  }
  return group.length > 0 ? [...groups, group] : groups;
}
