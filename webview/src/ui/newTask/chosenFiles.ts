/** Files that were chosen or dropped, with the names that they get in a task. */

import type { NamedFile } from '../../protocol/creation';

/** What systems and programs put beside pictures; it is no media, and the daemon takes no hidden names. */
const BESIDE = /^(\..*|thumbs\.db|desktop\.ini|__macosx)$/i;

// eslint-disable-next-line no-control-regex -- names of files may hold control characters, which are looked for here
const UNUSABLE = /[\\:*?"<>|\u0000-\u001f\u007f]|^\s|[\s.]$/;

const VIDEO = /\.(mp4|m4v|mov|avi|mkv|webm|mpg|mpeg|m2ts|wmv|asf|flv|ogv|3gp|3g2|mxf|vob|ts|mts)$/i;

/** Files of a file chooser; those of a folder keep their path in it. */
export function filesOfChooser(list: Iterable<File>): readonly NamedFile[] {
  return [...list].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/** Files and folders that were dropped. The entries have to be asked for at once: a drop forgets them when it is over. */
export async function filesOfDrop(transfer: DataTransfer): Promise<readonly NamedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  if (entries.every((entry) => entry === null)) return filesOfChooser(transfer.files);
  const found = await Promise.all(entries.flatMap((entry) => (entry ? [filesOfEntry(entry)] : [])));
  return found.flat();
}

/** Both, without what is no media and without the same path twice: the newer file counts. */
export function joinedFiles(old: readonly NamedFile[], added: readonly NamedFile[]): readonly NamedFile[] {
  const byPath = new Map(old.map((one) => [one.path, one]));
  for (const one of added) if (!isBeside(one.path)) byPath.set(one.path, one);
  return [...byPath.values()];
}

export function isBeside(path: string): boolean {
  return path.split('/').some((part) => BESIDE.test(part));
}

/** A path that not every system can have, and so no workspace takes; undefined where all can. */
export function unusablePath(files: readonly NamedFile[]): string | undefined {
  return files.find(({ path }) => path.split('/').some((part) => UNUSABLE.test(part)))?.path;
}

export function isVideo({ file, path }: NamedFile): boolean {
  return file.type.startsWith('video/') || VIDEO.test(path);
}

async function filesOfEntry(entry: FileSystemEntry): Promise<readonly NamedFile[]> {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, path }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    // A folder is told in parts, the last of which is empty.
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) break;
    children.push(...part);
  }
  const found: NamedFile[] = [];
  // One after another: a folder may hold many thousands of files.
  for (const child of children) found.push(...(await filesOfEntry(child)));
  return found;
}
