/** Server-sent events read from a `fetch` body: unlike EventSource this sees the status and the keep-alive lines. */

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/**
 * Events of a `text/event-stream` body, one after another. `onActivity` is called for every piece that arrives, comments
 * included. Ends when the body ends; throws what the body throws.
 */
export async function* serverEvents(
  body: ReadableStream<Uint8Array>,
  onActivity: () => void,
): AsyncGenerator<ServerEvent, void, undefined> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let buffered = '';
  let event = 'message';
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onActivity();
      buffered += decoder.decode(value, { stream: true });
      // A line may end in CRLF cut in half by the piece: a lone CR at the end waits for what follows.
      const ended = buffered.endsWith('\r') ? buffered.slice(0, -1) : buffered;
      const held = buffered.slice(ended.length);
      const lines = ended.split(/\r\n|\r|\n/);
      buffered = (lines.pop() ?? '') + held;
      for (const line of lines) {
        if (line === '') {
          if (data.length > 0) yield { event, data: data.join('\n') };
          event = 'message';
          data = [];
        } else if (line.startsWith('event:')) {
          event = line.slice(6).trim();
        } else if (line.startsWith('data:')) {
          data.push(line.slice(5).replace(/^ /, ''));
        }
      }
    }
  } finally {
    reader.releaseLock();
  }
}
