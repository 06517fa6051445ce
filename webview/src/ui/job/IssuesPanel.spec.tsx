import { act, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';

import type { CommentRead, IssueRead } from '../../protocol/generated';
import { DaemonDouble, json } from '../../testing/daemonDouble';
import { editorDouble } from '../../testing/editorDouble';
import { show } from '../../testing/render';
import { IssueMarks } from './IssueMarks';
import { IssuesPanel } from './IssuesPanel';

const ANN = { url: '', id: 2, username: 'ann', first_name: '', last_name: '' };
const TIME = '2026-01-02T03:04:05Z';

let issues: IssueRead[] = [];
let comments: CommentRead[] = [];
let refused = false;

function issue(id: number, over: Partial<IssueRead> = {}): IssueRead {
  const summary = { count: 1, url: '' };
  return { id, frame: 5, position: [1, 2], job: 1, owner: ANN, assignee: null, created_date: TIME, updated_date: TIME, resolved: false, comments: summary, ...over };
}

function comment(id: number, of: number, message: string): CommentRead {
  return { id, issue: of, owner: ANN, message, created_date: TIME, updated_date: TIME };
}

const daemon = new DaemonDouble(({ method, path, body }, response) => {
  if (method === 'OPTIONS') json(response, 204, null);
  else if (refused && method !== 'GET') json(response, 400, ['Not now.']);
  else if (method === 'POST' && path === '/api/issues') {
    const made = issue(9, JSON.parse(body) as Partial<IssueRead>);
    issues.push(made);
    comments.push(comment(10, 9, (JSON.parse(body) as { message: string }).message));
    json(response, 201, made);
  } else if (method === 'POST') {
    const said = JSON.parse(body) as { issue: number; message: string };
    comments.push(comment(50, said.issue, said.message));
    json(response, 201, comments.at(-1));
  } else if (method === 'PATCH') {
    issues = issues.map((one) => (path.endsWith(`/${one.id}`) ? { ...one, ...(JSON.parse(body) as Partial<IssueRead>) } : one));
    json(response, 200, issues[0]);
  } else if (method === 'DELETE') {
    issues = issues.filter((one) => !path.endsWith(`/${one.id}`));
    response.writeHead(204).end();
  } else if (path.startsWith('/api/issues')) json(response, 200, { count: 0, next: null, previous: null, results: issues });
  else if (path.startsWith('/api/comments')) json(response, 200, { count: 0, next: null, previous: null, results: comments });
  else json(response, 404, { detail: 'Not found.' });
});
beforeEach(async () => {
  issues = [issue(1), issue(3, { frame: 8, resolved: true, position: [] })];
  comments = [comment(2, 1, 'no car'), comment(4, 3, 'too small')];
  refused = false;
  daemon.asked.length = 0;
  await daemon.start();
});
afterEach(() => daemon.stop());

async function shown() {
  const editor = editorDouble({ frame: 6 });
  const panel = (
    <>
      <IssueMarks jobId={1} />
      <IssuesPanel jobId={1} />
    </>
  );
  const result = show(panel, { daemon: daemon.address, editor: editor.handle });
  await screen.findByRole('button', { name: /no car/ });
  return { ...result, ...editor };
}

it('lists the issues of the job, marks them, and goes to the frame of one', async () => {
  const { person, given } = await shown();
  expect(screen.getByRole('button', { name: /too small resolved/ })).toBeVisible();
  const marked = given.filter(([name]) => name === 'showIssues').at(-1);
  expect(marked?.[1]).toMatchObject([{ id: 1, frame: 5, position: [1, 2] }, { id: 3, resolved: true }]);
  await person.click(screen.getByRole('button', { name: /no car/ }));
  expect(given).toContainEqual(['setFrame', 5]);
  expect(given).toContainEqual(['pointAtIssue', 1]);
  expect(screen.getByText('ann, 2026-01-02 03:04')).toBeVisible();
});

it('takes comments, resolves, reopens and removes', async () => {
  const { person } = await shown();
  await person.click(screen.getByRole('button', { name: /no car/ }));
  await person.type(screen.getByRole('textbox', { name: 'Comment' }), 'a van{Control>}{Enter}{/Control}');
  await waitFor(() => expect(screen.getByRole('textbox', { name: 'Comment' })).toHaveValue(''));
  expect(await screen.findByText('a van')).toBeVisible();
  await person.click(screen.getByRole('button', { name: 'Resolve' }));
  await person.click(await screen.findByRole('button', { name: 'Reopen' }));
  expect(await screen.findByRole('button', { name: 'Resolve' })).toBeVisible();
  await person.click(screen.getByRole('button', { name: 'Remove' }));
  await waitFor(() => expect(screen.queryByRole('button', { name: /no car/ })).toBeNull());
});

it('opens an issue where the key or the right button asked for it', async () => {
  const { person, store, given } = await shown();
  act(() => store.setState({ issueAsked: { key: 1, frame: 7, position: [10, 20, 30, 40] } }));
  const form = screen.getByRole('region', { name: 'New issue' });
  expect(form).toHaveTextContent('frame 7, an area');
  await person.type(within(form).getByRole('textbox'), 'not a bus');
  await person.click(within(form).getByRole('button', { name: 'Open the issue' }));
  expect(await screen.findByRole('button', { name: /not a bus/, expanded: true })).toBeVisible();
  const sent = daemon.asked.find((one) => one.method === 'POST');
  expect(JSON.parse(sent?.body ?? '')).toEqual({ job: 1, frame: 7, position: [10, 20, 30, 40], message: 'not a bus' });
  expect(given).toContainEqual(['answerIssue']);
});

it('opens one on the whole frame, and keeps what the daemon refuses', async () => {
  const { person } = await shown();
  await person.click(screen.getByRole('button', { name: 'New issue on this frame' }));
  const form = screen.getByRole('region', { name: 'New issue' });
  expect(form).toHaveTextContent('frame 6, the whole frame');
  expect(within(form).getByRole('button', { name: 'Open the issue' })).toBeDisabled();
  refused = true;
  await person.type(within(form).getByRole('textbox'), 'blurred');
  await person.click(within(form).getByRole('button', { name: 'Open the issue' }));
  expect(await screen.findByText('Not now.')).toBeVisible();
  expect(within(form).getByRole('textbox')).toHaveValue('blurred');
  await person.click(within(form).getByRole('button', { name: 'Cancel' }));
  expect(screen.queryByRole('region', { name: 'New issue' })).toBeNull();
});
