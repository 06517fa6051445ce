import { act, screen, within } from '@testing-library/react';
import { beforeEach, expect, it, vi } from 'vitest';

import type { FrameObject } from '../../editor/api';
import { makeElementTrack, makeTrack } from '../../store/testing/arbitrary';
import { accessibilityFaults } from '../../testing/accessibility';
import { editorDouble } from '../../testing/editorDouble';
import type { EditorDouble } from '../../testing/editorDouble';
import { show } from '../../testing/render';
import { frameObject, label } from '../../testing/samples';
import { shortId } from './ObjectRow';
import { ObjectsPanel } from './ObjectsPanel';

const LABELS = [label(1, 'car'), label(2, 'person')];

beforeEach(() => {
  // jsdom lays nothing out: the list believes it is 320 pixels high, ten rows.
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(320);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(288);
});

function open(
  objects: readonly FrameObject[],
  state: Parameters<typeof editorDouble>[0] = {},
): EditorDouble & ReturnType<typeof show> {
  const editor = editorDouble({ objects, ...state });
  return { ...editor, ...show(<ObjectsPanel labels={LABELS} />, { editor: editor.handle }) };
}

const row = (name: string): HTMLElement => screen.getByRole('row', { name });

it('lists the objects with their labels', async () => {
  const { container } = open([frameObject(1, 1), frameObject(2, 2), frameObject(3, 9)]);
  expect(screen.getAllByRole('row').map((one) => one.getAttribute('aria-label'))).toEqual([
    'car #1',
    'person #2',
    'unknown label #3',
  ]);
  expect(screen.getByText('3 objects')).toBeVisible();
  expect(await accessibilityFaults(container)).toEqual([]);
});

it('tells of what kind each object is', () => {
  open([
    frameObject(1, 1, { type: 'polygon' }),
    frameObject(2, 2, { kind: 'tag', type: 'tag', shape: null }),
    frameObject(3, 2, { kind: 'track', type: 'skeleton' }),
  ]);
  expect(['car #1', 'person #2', 'person #3'].map((name) => within(row(name)).getByText(/^(polygon|tag|skeleton)$/).textContent)).toEqual([
    'polygon',
    'tag',
    'skeleton',
  ]);
});

it('offers the labels that an object can have', () => {
  const skeleton = makeTrack({ id: 2, label_id: 2, elements: [makeElementTrack()] });
  const editor = editorDouble({ objects: [frameObject(1, 1), frameObject(2, 2, { kind: 'track', object: skeleton })] });
  const labels = [label(1, 'car'), { ...label(2, 'body'), type: 'skeleton' }, { ...label(3, 'lane'), type: 'polyline' }, { ...label(4, 'box'), type: 'rectangle' }];
  show(<ObjectsPanel labels={labels} />, { editor: editor.handle });
  const offered = (name: string): (string | null)[] => within(row(name)).getAllByRole('option').map((option) => option.textContent);
  expect(offered('car #1')).toEqual(['car', 'box']);
  expect(offered('body #2')).toEqual(['body']);
});

it('has rows only for what is on the screen, however many objects there are', () => {
  open(Array.from({ length: 10_000 }, (_, index) => frameObject(index + 1, 1)));
  expect(screen.getAllByRole('row').length).toBeLessThan(40);
  expect(screen.getByRole('grid')).toHaveAttribute('aria-rowcount', '10000');
});

it('selects and shows what is clicked, and adds with Ctrl', async () => {
  const { person, given, store } = open([frameObject(1, 1), frameObject(2, 2)]);
  await person.click(row('car #1'));
  expect(given.at(-1)).toEqual(['reveal', 1]);
  act(() => store.setState({ selectedIds: [1] }));
  expect(row('car #1')).toHaveAttribute('aria-selected', 'true');
  await person.keyboard('{Control>}');
  await person.click(row('person #2'));
  expect(given.at(-1)).toEqual(['select', [1, 2]]);
  await person.click(row('car #1'));
  expect(given.at(-1)).toEqual(['select', []]);
});

it('marks on the canvas what is pointed at, and shows what the canvas points at', async () => {
  const { person, given, store } = open([frameObject(1, 1), frameObject(2, 2)]);
  await person.hover(row('person #2'));
  expect(given.at(-1)).toEqual(['hover', 2]);
  await person.unhover(screen.getByRole('grid'));
  expect(given.at(-1)).toEqual(['hover', null]);
  act(() => store.setState({ hoveredId: 1 }));
  expect(row('car #1')).toHaveAttribute('data-hovered', 'true');
});

it('changes the label, locks, hides and deletes one object', async () => {
  const { person, given } = open([frameObject(1, 1), frameObject(2, 2)]);
  const second = within(row('person #2'));
  await person.selectOptions(second.getByRole('combobox', { name: 'Label of object 2' }), 'car');
  await person.click(second.getByRole('button', { name: 'Lock object 2' }));
  await person.click(second.getByRole('button', { name: 'Hide object 2' }));
  await person.click(second.getByRole('button', { name: 'Delete object 2' }));
  expect(given.filter(([name]) => name !== 'hover')).toEqual([
    ['changeLabel', [2], 1],
    ['toggleLocked', [2]],
    ['toggleHidden', [2]],
    ['select', [2]],
    ['deleteSelected'],
  ]);
});

it('protects locked objects from the list too', () => {
  open([frameObject(1, 1, { locked: true })]);
  expect(screen.getByRole('combobox', { name: 'Label of object 1' })).toBeDisabled();
  expect(screen.getByRole('button', { name: 'Delete object 1' })).toBeDisabled();
  expect(screen.getByRole('button', { name: 'Unlock object 1' })).toBeEnabled();
});

it('hides all, and shows all when all are hidden', async () => {
  const { person, given, store } = open([frameObject(1, 1, { hidden: true }), frameObject(2, 2), frameObject(3, 2)]);
  await person.click(screen.getByRole('button', { name: 'Hide all objects' }));
  expect(given.at(-1)).toEqual(['toggleHidden', [2, 3]]);
  act(() => store.setState({ objects: [frameObject(1, 1, { hidden: true })] }));
  await person.click(screen.getByRole('button', { name: 'Show all objects' }));
  expect(given.at(-1)).toEqual(['toggleHidden', [1]]);
});

it('goes through the objects with the arrow keys', async () => {
  const { person, given, store } = open([frameObject(1, 1), frameObject(2, 2)]);
  act(() => screen.getByRole('grid').focus());
  await person.keyboard('{ArrowDown}');
  expect(given.at(-1)).toEqual(['reveal', 1]);
  act(() => store.setState({ selectedIds: [1] }));
  await person.keyboard('{ArrowDown}');
  expect(given.at(-1)).toEqual(['reveal', 2]);
});

it('shows long ids by their end', () => {
  expect(shortId(42)).toBe('42');
  expect(shortId(4_503_599_627_371_234)).toBe('…71234');
});
