/**
 * Reading a skeleton label's template: an SVG drawing in CVAT's form, in which circles are the nodes, each named after a
 * sub-label, and lines are the edges between them.
 */

/** What this needs of a label of the API. */
export interface TemplateLabel {
  readonly id: number;
  readonly name: string;
  readonly svg?: string;
  readonly sublabels?: readonly { readonly id: number; readonly name: string }[];
}

const TAG = /<(circle|line)\b([^>]*)>/g;
const ATTRIBUTE = /([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

function attributesOf(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(ATTRIBUTE)].map(([, name = '', double, single]) => [name, double ?? single ?? '']));
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([\da-f]+)|([a-z]+));/gi, (whole, decimal?: string, hexadecimal?: string, name?: string) => {
    const code = decimal === undefined ? parseInt(hexadecimal ?? '', 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : (NAMED[name ?? ''] ?? whole);
  });
}

/** The edges as pairs of sub-labels' ids; lines to nodes that are not there are left out. */
export function skeletonEdges({ svg = '', sublabels = [] }: TemplateLabel): readonly (readonly [number, number])[] {
  const nodes = new Map<string, number>();
  const lines: (readonly [string, string])[] = [];
  for (const [, tag, text = ''] of svg.matchAll(TAG)) {
    const given = attributesOf(text);
    if (tag === 'line') {
      lines.push([given.get('data-node-from') ?? '', given.get('data-node-to') ?? '']);
      continue;
    }
    const name = unescaped(given.get('data-label-name') ?? '');
    const label = sublabels.find((one) => String(one.id) === given.get('data-label-id') || one.name === name);
    const node = given.get('data-node-id');
    if (label !== undefined && node !== undefined) nodes.set(node, label.id);
  }
  return lines.flatMap(([from, to]) => {
    const a = nodes.get(from);
    const b = nodes.get(to);
    return a === undefined || b === undefined ? [] : [[a, b] as const];
  });
}
