/** Names of tasks that are made of several videos; the words are CVAT's. */

export const DEFAULT_TEMPLATE = '{{file_name}}';

/** `{{index}}` counts from 0, `{{file_name}}` is the file's name with its extension. */
export function taskNames(template: string, fileNames: readonly string[]): readonly string[] {
  return fileNames.map((name, index) =>
    // A function, because "$&" in the name of a file would mean something.
    template.trim().replaceAll(/\{\{(index|file_name)\}\}/g, (_all, word) => (word === 'index' ? String(index) : name)),
  );
}

/** Why the names cannot be given, or null. */
export function templateProblem(template: string, fileNames: readonly string[]): string | null {
  if (template.trim() === '') return 'Give the tasks a name.';
  const names = taskNames(template, fileNames);
  const long = names.find((name) => name.length > 256);
  if (long !== undefined) return `A name has at most 256 characters: “${long.slice(0, 40)}…” is longer.`;
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) return `Two tasks would be called “${name}”. Put {{index}} or {{file_name}} into the name.`;
    seen.add(name);
  }
  return null;
}
