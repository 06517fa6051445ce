import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { NamedFile } from '../../protocol/creation';
import { dataBody, taskBody } from './bodies';
import { filesOfChooser, joinedFiles } from './chosenFiles';
import { DEFAULT_ADVANCED, emptyDraft } from './draft';
import type { TaskDraft } from './draft';
import { emptyLabels, labelsOf, newRow, parseRaw, withView } from './labels';
import type { LabelsDraft } from './labels';
import { taskNames, templateProblem } from './nameTemplate';
import { fileSize, phasePart, phaseWords } from './phaseWords';
import { problemsOf } from './problems';
import { uploadGroups } from './uploadGroups';

function file(path: string, size = 3): NamedFile {
  return { file: new File(['x'.repeat(size)], path.split('/').at(-1) ?? path), path };
}

function rows(...names: string[]): LabelsDraft {
  return { view: 'rows', raw: '', rows: names.map((name, index) => ({ key: index + 1, name, color: '#ff0000', rest: {} })) };
}

function good(change: Partial<TaskDraft> = {}): TaskDraft {
  return { ...emptyDraft('street'), labels: rows('car'), files: [file('a.png')], ...change };
}

describe('what is wrong with a form', () => {
  it('is nothing when it is filled in', () => {
    expect(problemsOf(good())).toEqual({});
    expect(problemsOf(good({ labels: emptyLabels(), projectId: 3 }))).toEqual({});
  });

  it('is all that an empty form lacks', () => {
    expect(problemsOf(emptyDraft())).toEqual({
      name: 'Give the task a name.',
      labels: 'Name at least one label.',
      source: 'Choose files or a folder, or drop them here.',
    });
  });

  it.each(['a 12:30.png', 'a\\b.png', 'dir./a.png', 'a?.png', 'a\nb.png'])('names the file %j', (path) => {
    const problem = problemsOf(good({ files: [file('fine name é.png'), file(path)] })).source;
    expect(problem).toContain(`“${path}” has a name that not every system can have`);
  });

  it.each([
    ['a b', 'Line 1 is not an http or https address.'],
    ['https://d/a.png\n\nftp://d/b.png', 'Line 3 is not an http or https address.'],
    ['', 'Write the addresses of the files, one a line.'],
    ['  https://d/a.png  \nhttp://d/b.png\n', undefined],
  ])('names the line of %j', (addresses, problem) => {
    expect(problemsOf(good({ source: 'addresses', addresses })).source).toBe(problem);
  });

  it.each([
    [{ quality: '101' }, { quality: 'At most 100.' }],
    [{ quality: '-1' }, { quality: 'A whole number is needed.' }],
    [{ step: '0' }, { step: 'At least 1.' }],
    [{ start: '1e3' }, { start: 'A whole number is needed.' }],
    [{ start: '9', stop: '3' }, { stop: 'The last frame comes before the first.' }],
    [{ start: '3', stop: '3' }, {}],
    [{ overlap: '5' }, { overlap: 'Jobs overlap only where there is a segment size.' }],
    [{ overlap: '5', segmentSize: '50' }, {}],
  ])('says it of the numbers %j', (change, problems) => {
    expect(problemsOf(good({ advanced: { ...DEFAULT_ADVANCED, ...change } }))).toEqual(problems);
  });
});

describe('labels', () => {
  it('are told apart by their names', () => {
    expect(() => labelsOf(rows('car', ' car'))).toThrow('The label “car” is there twice.');
    expect(labelsOf(rows('car', '', 'person')).map(({ name }) => name)).toEqual(['car', 'person']);
  });

  it.each([
    ['{', /^This is not JSON/],
    ['{"name": "car"}', /are a list/],
    ['[1]', /^Label 1 is not an object/],
    ['[{"name": "car"}, {"nam": 1}]', /^Label 2 has no name/],
  ])('say what is wrong with %j', (text, message) => {
    expect(() => parseRaw(text)).toThrow(message);
  });

  it('keep all that is known of them from one view to the other', () => {
    const attribute = { name: 'make', mutable: false, input_type: 'text', default_value: '', values: [] };
    const raw = fc.uniqueArray(
      fc.record({
        name: fc.string({ minLength: 1 }).map((text) => text.trim() || 'x'),
        color: fc.constantFrom('#ff0000', '#00ff7f', 'red'),
        type: fc.constantFrom('any', 'rectangle', 'skeleton'),
        attributes: fc.constantFrom([], [attribute]),
      }),
      { selector: ({ name }) => name.trim(), minLength: 1 },
    );
    fc.assert(
      fc.property(raw, (labels) => {
        const text: LabelsDraft = { view: 'raw', rows: [], raw: JSON.stringify(labels) };
        const there = withView(text, 'rows');
        expect(there.view).toBe('rows');
        expect(labelsOf(there)).toEqual(labels);
        expect(labelsOf(withView(there, 'raw'))).toEqual(labels);
      }),
    );
  });

  it('stay as text where that cannot be read', () => {
    const broken: LabelsDraft = { view: 'raw', rows: [], raw: '[{' };
    expect(withView(broken, 'rows')).toBe(broken);
  });

  it('get colours of their own', () => {
    let all = emptyLabels().rows;
    for (let count = 0; count < 7; count++) all = [...all, newRow(all)];
    expect(new Set(all.map(({ color }) => color)).size).toBe(8);
    expect(new Set(all.map(({ key }) => key)).size).toBe(8);
  });
});

describe('what is sent', () => {
  it('leaves out what was left as it is', () => {
    expect(taskBody(good())).toEqual({ name: 'street', labels: [{ name: 'car', color: '#ff0000', attributes: [] }] });
    expect(dataBody(good())).toEqual({ image_quality: 70 });
  });

  it('has the rest as numbers', () => {
    const advanced = {
      ...DEFAULT_ADVANCED,
      ...{ segmentSize: '50', overlap: '5', start: '10', stop: '99', step: '2', chunkSize: '36', zipChunks: true },
      sorting: 'natural' as const,
    };
    expect(taskBody(good({ advanced, projectId: 2, subset: ' train ' }))).toEqual({
      name: 'street',
      project_id: 2,
      subset: 'train',
      segment_size: 50,
      overlap: 5,
    });
    expect(dataBody(good({ advanced, source: 'share', shared: ['a/', 'b.png'] }))).toEqual({
      image_quality: 70,
      start_frame: 10,
      stop_frame: 99,
      chunk_size: 36,
      frame_filter: 'step=2',
      sorting_method: 'natural',
      use_zip_chunks: true,
      server_files: ['a/', 'b.png'],
    });
  });

  it('has the order of files that were chosen in theirs', () => {
    const advanced = { ...DEFAULT_ADVANCED, sorting: 'predefined' as const };
    expect(dataBody(good({ advanced, files: [file('b.png'), file('a.png')] })).upload_file_order).toEqual(['b.png', 'a.png']);
  });
});

describe('files', () => {
  it('are each in one group, in their order, and groups are not too large', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(sizes, (all) => {
        const files = all.map((size, index) => file(`${index}.png`, size));
        const groups = uploadGroups(files, { bytes: 50, count: 4 });
        expect(groups.flat()).toEqual(files);
        for (const group of groups) {
          expect(group.length).toBeGreaterThan(0);
          expect(group.length).toBeLessThanOrEqual(4);
          const size = group.reduce((sum, one) => sum + one.file.size, 0);
          expect(size <= 50 || group.length === 1).toBe(true);
        }
      }),
    );
  });

  it('count once, and not what systems put beside them', () => {
    const before = [file('a/1.png')];
    const after = joinedFiles(before, [file('a/1.png', 9), file('b/1.png'), file('a/.DS_Store'), file('__MACOSX/x.png')]);
    expect(after.map(({ path, file: { size } }) => [path, size])).toEqual([
      ['a/1.png', 9],
      ['b/1.png', 3],
    ]);
  });

  it('of a folder keep their path in it', () => {
    const inFolder = file('1.png').file;
    Object.defineProperty(inFolder, 'webkitRelativePath', { value: 'photos/a/1.png' });
    expect(filesOfChooser([inFolder, file('2.png').file]).map(({ path }) => path)).toEqual(['photos/a/1.png', '2.png']);
  });
});

describe('names of several tasks', () => {
  it('have the number and the name of the file', () => {
    expect(taskNames('{{index}}-{{file_name}} of {{day}}', ['a.mp4', '$&.mp4'])).toEqual([
      '0-a.mp4 of {{day}}',
      '1-$&.mp4 of {{day}}',
    ]);
  });

  it('are refused where two would be the same', () => {
    expect(templateProblem('street', ['a.mp4', 'b.mp4'])).toMatch(/^Two tasks would be called “street”/);
    expect(templateProblem(' ', ['a.mp4'])).toBe('Give the tasks a name.');
    expect(templateProblem('{{index}}', ['a.mp4', 'a.mp4'])).toBeNull();
  });
});

it('says how far it is', () => {
  expect(phaseWords({ kind: 'uploading', sent: 1_500_000, total: 12_340_000_000 })).toBe('Uploading: 1.5 MB of 12.3 GB');
  expect(phaseWords({ kind: 'making', progress: 0.999 })).toBe('Making the frames: 99 %');
  expect(phasePart({ kind: 'uploading', sent: 1, total: 4 })).toBe(0.25);
  expect([0, 999, 1000, 999_999].map(fileSize)).toEqual(['0 B', '999 B', '1.0 kB', '1.0 MB']);
});
