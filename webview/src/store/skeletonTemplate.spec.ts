import { describe, expect, it } from 'vitest';

import { schemeOf } from './scheme';
import { skeletonEdges } from './skeletonTemplate';

const SUBLABELS = [{ id: 11, name: 'head' }, { id: 12, name: 'R & D\'s' }, { id: 13, name: 'foot' }];
const line = (from: number, to: number): string => `<line x1="3" y1="4" x2="5" y2="6" data-type="edge" data-node-from="${from}" stroke-width="0.5" data-node-to="${to}"></line>`;
const node = (id: number, label: string): string => `<circle r="1.5" fill="#b3b3b3" cx="25" cy="22" data-type="element node" data-element-id="${id}" data-node-id="${id}" ${label}></circle>`;

describe('the edges of a skeleton label', () => {
  it('are the lines between nodes, by the sub-labels’ ids or names', () => {
    const svg = `${line(1, 2)}${line(2, 3)}${node(1, 'data-label-id="11"')}${node(2, "data-label-name='R &amp; D&#39;s'")}${node(3, 'data-label-name="foot"')}`;
    expect(skeletonEdges({ id: 1, name: 'body', svg, sublabels: SUBLABELS })).toEqual([[11, 12], [12, 13]]);
  });

  it('leave out what leads nowhere', () => {
    const svg = `${line(1, 9)}<line>${node(1, 'data-label-id="99"')}<circle data-label-id="12">`;
    expect(skeletonEdges({ id: 1, name: 'body', svg, sublabels: SUBLABELS })).toEqual([]);
    expect(skeletonEdges({ id: 1, name: 'car' })).toEqual([]);
  });

  it('are found by the label', () => {
    const scheme = schemeOf([{ id: 1, name: 'body', svg: line(1, 2) + node(1, 'data-label-id="11"') + node(2, 'data-label-id="12"'), sublabels: SUBLABELS }, { id: 2, name: 'car', svg: '' }], '2d');
    expect([scheme.edges(1), scheme.edges(2), scheme.edges(3)]).toEqual([[[11, 12]], [], []]);
  });
});
