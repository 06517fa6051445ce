/** The labels of a task to be made: rows of a list, or text in CVAT's raw form. Each of them can be made the other. */

import type { RawLabel } from '../../protocol/creation';

export interface LabelRow {
  /** Tells rows apart while their names change. */
  readonly key: number;
  readonly name: string;
  /** `#rrggbb`, or "" for the daemon's choice. */
  readonly color: string;
  /** What else the raw form says of it: attributes, type, the parts of a skeleton. */
  readonly rest: Readonly<Record<string, unknown>>;
}

export interface LabelsDraft {
  readonly view: 'rows' | 'raw';
  readonly rows: readonly LabelRow[];
  readonly raw: string;
}

/** Colours of rows that are added, told apart at a glance; then they begin anew. */
const PALETTE = ['#ff355e', '#2a7fff', '#2fbf4a', '#ffb300', '#a24dff', '#00b8c4', '#ff7a1a', '#e84fc0'] as const;

export function emptyLabels(): LabelsDraft {
  return { view: 'rows', rows: [newRow([])], raw: '' };
}

/** A row that stands below others, with a name to be typed. */
export function newRow(rows: readonly LabelRow[]): LabelRow {
  const key = 1 + Math.max(0, ...rows.map((row) => row.key));
  const used = new Set(rows.map(({ color }) => color));
  const color = PALETTE.find((one) => !used.has(one)) ?? PALETTE[rows.length % PALETTE.length] ?? '';
  return { key, name: '', color, rest: {} };
}

/** The labels to be sent; rows without a name are passed over. Throws an Error whose message says what is wrong. */
export function labelsOf(draft: LabelsDraft): readonly RawLabel[] {
  const labels = draft.view === 'raw' ? parseRaw(draft.raw) : rowLabels(draft.rows);
  const names = new Set<string>();
  for (const { name } of labels) {
    const plain = name.trim();
    if (names.has(plain)) throw new Error(`The label “${plain}” is there twice.`);
    names.add(plain);
  }
  return labels;
}

/** The same labels in the other view; the draft as it is when the raw text cannot be read. */
export function withView(draft: LabelsDraft, view: LabelsDraft['view']): LabelsDraft {
  if (view === draft.view) return draft;
  if (view === 'raw') {
    return { ...draft, view, raw: JSON.stringify(rowLabels(draft.rows), undefined, 2) };
  }
  try {
    const rows = parseRaw(draft.raw).map((label, index) => rowOf(label, index + 1));
    return { ...draft, view, rows: rows.length > 0 ? rows : [newRow([])] };
  } catch {
    return draft;
  }
}

/** Labels in CVAT's raw form. Throws an Error whose message says what is wrong. */
export function parseRaw(text: string): readonly RawLabel[] {
  if (text.trim() === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`This is not JSON: ${error instanceof Error ? error.message : ''}`, { cause: error });
  }
  if (!Array.isArray(value)) throw new Error('Labels are a list: [{"name": "car"}, …].');
  return value.map((item: unknown, index) => {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) {
      throw new Error(`Label ${index + 1} is not an object such as {"name": "car"}.`);
    }
    if (!('name' in item) || typeof item.name !== 'string' || item.name.trim() === '') {
      throw new Error(`Label ${index + 1} has no name.`);
    }
    return { ...item, name: item.name };
  });
}

function rowLabels(rows: readonly LabelRow[]): readonly RawLabel[] {
  return rows
    .filter(({ name }) => name.trim() !== '')
    .map(({ name, color, rest }) => ({ name: name.trim(), ...(color === '' ? {} : { color }), attributes: [], ...rest }));
}

function rowOf(label: RawLabel, key: number): LabelRow {
  const { name, color, ...rest } = label;
  const isColor = typeof color === 'string' && /^#[0-9a-f]{6}$/i.test(color);
  return { key, name, color: isColor ? color : '', rest: isColor || color === undefined ? rest : { ...rest, color } };
}
