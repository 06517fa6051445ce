import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { serverEvents } from './eventStream';
import type { ServerEvent } from './eventStream';

function bodyOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

async function eventsIn(pieces: readonly Uint8Array[]): Promise<{ events: ServerEvent[]; activity: number }> {
  const events: ServerEvent[] = [];
  let activity = 0;
  for await (const event of serverEvents(bodyOf(pieces), () => (activity += 1))) events.push(event);
  return { events, activity };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('serverEvents', () => {
  it('reads names, data and lines of data', async () => {
    const { events } = await eventsIn([bytes('event: hello\ndata: 1\n\ndata:two\ndata:  lines\n\n')]);
    expect(events).toEqual([
      { event: 'hello', data: '1' },
      { event: 'message', data: 'two\n lines' },
    ]);
  });

  it('takes a comment for a sign of life, not for an event', async () => {
    const { events, activity } = await eventsIn([bytes(':\n\n'), bytes(': still here\n\n')]);
    expect(events).toEqual([]);
    expect(activity).toBe(2);
  });

  it('drops an event that was cut off', async () => {
    const { events } = await eventsIn([bytes('data: whole\n\ndata: cut')]);
    expect(events).toEqual([{ event: 'message', data: 'whole' }]);
  });

  it('reads the same wherever the bytes are cut, whatever ends the lines', async () => {
    const word = fc.stringMatching(/^[a-zäß雪]{1,6}$/u);
    const event = fc.record({ event: word, data: word });
    const ending = fc.constantFrom('\n', '\r\n', '\r');
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 4 }),
        ending,
        fc.array(fc.nat(200), { maxLength: 12 }),
        async (events, end, cuts) => {
          const whole = bytes(
            events.map(({ event, data }) => `event: ${event}${end}data: ${data}${end}${end}`).join('') + `:${end}`,
          );
          const places = [...new Set(cuts.map((cut) => cut % whole.length))].sort((a, b) => a - b);
          const pieces = [0, ...places].map((start, index) => whole.slice(start, places[index] ?? whole.length));
          expect((await eventsIn(pieces.filter((piece) => piece.length > 0))).events).toEqual(events);
        },
      ),
    );
  });
});
