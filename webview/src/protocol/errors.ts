/** What can go wrong between the page and the daemon, as one type with a text that a person can read. */

export type FailureKind =
  /** The daemon was not reached, or the answer broke off. */
  | 'unreachable'
  /** 401: no session cookie, or the daemon does not know it. */
  | 'unauthorized'
  /** 403 */
  | 'forbidden'
  /** 404 */
  | 'missing'
  /** Any other 4xx: the request itself was refused. */
  | 'refused'
  /** 5xx, or an answer that is no JSON where JSON was expected. */
  | 'broken';

export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly kind: FailureKind,
    message: string,
    /** HTTP status; 0 when there was no answer. */
    readonly status: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** True when the same request may succeed later without any change. */
  get transient(): boolean {
    return this.kind === 'unreachable' || this.kind === 'broken';
  }
}

/** One sentence for any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The kind of failure that an HTTP status stands for. */
export function kindOf(status: number): FailureKind {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'missing';
  return status >= 500 ? 'broken' : 'refused';
}

/**
 * CVAT's error bodies as text: `{"detail": "…"}`, a field dict of any depth, a list of sentences, or a bare string.
 * Fields are named with their path, `shapes 3 points: …`; empty places of a list (the good items) are left out.
 */
export function readableBody(body: unknown): string {
  return [...lines(body, '')].join(' · ');
}

function* lines(body: unknown, path: string): Generator<string> {
  if (body === null || body === undefined || body === '') return;
  if (Array.isArray(body)) {
    const sentences = body.every((item) => typeof item === 'string');
    for (const [index, item] of body.entries()) yield* lines(item, sentences ? path : `${path} ${index}`.trim());
    return;
  }
  if (typeof body === 'object') {
    for (const [field, value] of Object.entries(body)) {
      const general = field === 'detail' || field === 'non_field_errors';
      yield* lines(value, general ? path : `${path} ${field}`.trim());
    }
    return;
  }
  if (typeof body === 'string' || typeof body === 'number' || typeof body === 'boolean') {
    yield path === '' ? String(body) : `${path}: ${String(body)}`;
  }
}
