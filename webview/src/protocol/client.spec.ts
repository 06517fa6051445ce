import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { DaemonDouble, json } from '../testing/daemonDouble';
import { Client } from './client';
import { ApiError } from './errors';

let daemon: DaemonDouble;

beforeEach(async () => {
  daemon = new DaemonDouble((_asked, response) => json(response, 200, { ok: true }));
  await daemon.start();
});

afterEach(() => daemon.stop());

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => new Error('it succeeded'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof ApiError) return error;
  throw error;
}

describe('requests', () => {
  it('puts the query in the address and leaves out what is not given', async () => {
    const client = new Client({ base: daemon.address });
    await client.get('/api/tasks', { query: { page: 2, search: 'a&b', sort: '', none: undefined } });
    expect(daemon.asked[0]?.path).toBe('/api/tasks?page=2&search=a%26b');
  });

  it('sends the CSRF token with writes and not with reads', async () => {
    const client = new Client({ base: daemon.address });
    client.setCsrf('token');
    await client.get('/x');
    await client.patch('/x', { state: 'new' });
    expect(daemon.asked.map(({ headers }) => headers['x-csrftoken'])).toEqual([undefined, 'token']);
    expect(daemon.asked[1]?.body).toBe('{"state":"new"}');
  });

  it('takes an empty answer for a delete', async () => {
    daemon.answer((_asked, response) => response.writeHead(204).end());
    await expect(new Client({ base: daemon.address }).delete('/x')).resolves.toBeUndefined();
  });

  it('renews a token that was refused and repeats the write once', async () => {
    daemon.answer(({ headers }, response) =>
      headers['x-csrftoken'] === 'fresh' ? json(response, 200, {}) : json(response, 403, { detail: 'CSRF Failed' }),
    );
    const client = new Client({ base: daemon.address, renewCsrf: () => Promise.resolve('fresh') });
    client.setCsrf('stale');
    await client.post('/x', {});
    expect(daemon.asked.map(({ headers }) => headers['x-csrftoken'])).toEqual(['stale', 'fresh']);
    expect(client.csrf).toBe('fresh');
  });

  it('gives up when the renewed token is refused too', async () => {
    daemon.answer((_asked, response) =>
      json(response, 403, { detail: 'You do not have permission to perform this action.' }),
    );
    const client = new Client({ base: daemon.address, renewCsrf: () => Promise.resolve('fresh') });
    const error = await failure(client.post('/x', {}));
    expect(error).toMatchObject({
      kind: 'forbidden',
      status: 403,
      message: 'You do not have permission to perform this action.',
    });
    expect(daemon.asked).toHaveLength(2);
  });
});

describe('failures', () => {
  it("carries CVAT's own words", async () => {
    daemon.answer((_asked, response) => json(response, 400, { state: ['"x" is not a valid choice.'] }));
    const error = await failure(new Client({ base: daemon.address }).patch('/x', {}));
    expect(error).toMatchObject({
      kind: 'refused',
      status: 400,
      message: 'state: "x" is not a valid choice.',
      transient: false,
    });
  });

  it('shows the status instead of a page of HTML', async () => {
    daemon.answer((_asked, response) => response.writeHead(502, 'Bad Gateway').end('<html><body>proxy</body></html>'));
    const error = await failure(new Client({ base: daemon.address }).get('/x'));
    expect(error).toMatchObject({ kind: 'broken', message: '502 Bad Gateway', transient: true });
  });

  it('says when an answer is not JSON', async () => {
    daemon.answer((_asked, response) => response.writeHead(200).end('<!doctype html>'));
    expect(await failure(new Client({ base: daemon.address }).get('/x'))).toMatchObject({ kind: 'broken' });
  });

  it('says when nobody answers', async () => {
    await daemon.stop();
    const error = await failure(new Client({ base: daemon.address }).get('/x'));
    expect(error).toMatchObject({ kind: 'unreachable', status: 0, transient: true });
  });

  it('leaves an abort an abort', async () => {
    daemon.answer(() => undefined);
    const abort = new AbortController();
    const request = new Client({ base: daemon.address }).get('/x', { signal: abort.signal });
    abort.abort();
    await expect(request).rejects.toMatchObject({ name: 'AbortError' });
  });
});

it('tells of lost sessions and of daemons that are away, and of neither for a refusal', async () => {
  const outcomes: (string | null)[] = [];
  const client = new Client({ base: daemon.address, onOutcome: (error) => outcomes.push(error?.kind ?? null) });
  await client.get('/x');
  daemon.answer((_asked, response) => json(response, 401, { detail: 'Authentication credentials were not provided.' }));
  await failure(client.get('/x'));
  daemon.answer((_asked, response) => json(response, 400, ['no']));
  await failure(client.get('/x'));
  await daemon.stop();
  await failure(client.get('/x'));
  expect(outcomes).toEqual([null, 'unauthorized', null, 'unreachable']);
});
