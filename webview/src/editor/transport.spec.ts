import { describe, expect, it } from 'vitest';

import { NO_CHANGE, toRequest } from '../store/change';
import { DaemonError, Transport, messageOf } from './transport';

function scene(answer: () => Promise<Response>) {
  const requests: { path: RequestInfo | URL; init: RequestInit }[] = [];
  const calls: string[] = [];
  const transport = new Transport({
    jobId: 7,
    taskId: 3,
    csrf: () => 'token',
    refreshCsrf: () => {
      calls.push('refresh');
      return Promise.resolve();
    },
    onUnauthorized: () => calls.push('unauthorized'),
    fetch: (input, init) => {
      requests.push({ path: input, init: init ?? {} });
      return answer();
    },
  });
  return { transport, requests, calls };
}

const answering = (status: number, body: unknown) => () => Promise.resolve(new Response(JSON.stringify(body), { status }));

describe('Transport', () => {
  it('sends a change with the token, and knows that it is saved', async () => {
    const { transport, requests } = scene(answering(200, { revision: 'a' }));
    expect(await transport.send(toRequest({ put: [], delete: [4] }, 'me'))).toEqual({ kind: 'saved' });
    expect(requests[0]).toMatchObject({ path: '/api/cvatd/jobs/7/changes', init: { method: 'POST', headers: { 'X-CSRFToken': 'token' } } });
    expect(JSON.parse(requests[0]?.init.body as string)).toEqual({ client: 'me', put: { tags: [], shapes: [], tracks: [] }, delete: [4] });
  });

  it.each([
    [400, 'rejected'],
    [404, 'rejected'],
    [413, 'rejected'],
    [401, 'unreachable'],
    [403, 'unreachable'],
    [429, 'unreachable'],
    [500, 'unreachable'],
    [503, 'unreachable'],
  ])('takes %i for %s', async (status, kind) => {
    const { transport } = scene(answering(status, { detail: 'Sorry.' }));
    expect(await transport.send(toRequest(NO_CHANGE, 'me'))).toMatchObject({ kind });
  });

  it('says when the session is lost, and asks for a new token when it is refused', async () => {
    const lost = scene(answering(401, {}));
    await lost.transport.send(toRequest(NO_CHANGE, 'me'));
    expect(lost.calls).toEqual(['unauthorized']);
    const refused = scene(answering(403, {}));
    await refused.transport.send(toRequest(NO_CHANGE, 'me'));
    expect(refused.calls).toEqual(['refresh']);
  });

  it('takes no answer at all for a passing failure', async () => {
    const { transport } = scene(() => Promise.reject(new TypeError('Failed to fetch')));
    await expect(transport.annotations()).rejects.toMatchObject({ status: 0, isPassing: true });
    expect(new DaemonError(404, '').isPassing).toBe(false);
  });
});

describe('messageOf', () => {
  it.each([
    [{ detail: 'Not found.' }, 'Not found.'],
    ['plain', 'plain'],
    [['label_id `9` is invalid'], 'label_id `9` is invalid'],
    [{ shapes: [{}, { frame: ['This field is required.'] }] }, 'shapes.frame: This field is required.'],
    [null, ''],
  ])('reads %j', (body, message) => {
    expect(messageOf(body)).toBe(message);
  });
});
