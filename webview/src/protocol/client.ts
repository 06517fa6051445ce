/** JSON over `fetch` to the daemon that served this page: session cookie, CSRF token, typed failures. */

import { ApiError, kindOf, readableBody } from './errors';
import { sendUpload } from './upload';
import type { UploadOptions } from './upload';

export interface ClientOptions {
  /** Address of the daemon; "" is the page's own origin. */
  readonly base?: string;
  /** Asks for a fresh CSRF token; called once when a write is answered 403, then the write is repeated. */
  readonly renewCsrf?: () => Promise<string>;
  /** Told of every outcome: `null` for an answer of any status below 500 but 401. */
  readonly onOutcome?: (failure: ApiError | null) => void;
}

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly signal?: AbortSignal;
}

export interface PostOptions extends RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Browsers refuse larger bodies of requests that outlive their page, in characters; 64 KiB for all of them together. */
const KEPT_ALIVE = 16_000;

/** Type arguments are promises of the wire types (`generated.ts`), which are generated from what the daemon encodes. */
export class Client {
  #csrf = '';
  readonly #options: ClientOptions;

  constructor(options: ClientOptions = {}) {
    this.#options = options;
  }

  get csrf(): string {
    return this.#csrf;
  }

  setCsrf(token: string): void {
    this.#csrf = token;
  }

  get<T>(path: string, options?: RequestOptions): Promise<T> {
    return this.#send<T>('GET', path, undefined, options);
  }

  post<T>(path: string, body: unknown, options?: PostOptions): Promise<T> {
    return this.#send<T>('POST', path, body, options);
  }

  /** Sends files, and tells how much of them has left. */
  upload<T>(path: string, form: FormData, options: UploadOptions): Promise<T> {
    const address = (this.#options.base ?? '') + path;
    return this.#told<T>(() => this.#attempt('POST', path, () => sendUpload(address, form, this.#csrf, options), options.signal));
  }

  patch<T>(path: string, body: unknown, options?: RequestOptions): Promise<T> {
    return this.#send<T>('PATCH', path, body, options);
  }

  async delete(path: string, options?: RequestOptions): Promise<void> {
    await this.#send<unknown>('DELETE', path, undefined, options);
  }

  #send<T>(method: Method, path: string, body: unknown, options: PostOptions = {}): Promise<T> {
    const address = (this.#options.base ?? '') + path + queryString(options.query);
    return this.#told<T>(() => this.#attempt(method, path, () => this.#fetch(method, address, body, options), options.signal));
  }

  async #told<T>(attempt: () => Promise<unknown>): Promise<T> {
    try {
      const answer = await attempt();
      this.#options.onOutcome?.(null);
      return answer as T;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#options.onOutcome?.(error.transient || error.kind === 'unauthorized' ? error : null);
      throw error;
    }
  }

  async #attempt(
    method: Method,
    path: string,
    send: () => Promise<Response>,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    let response = await send();
    if (response.status === 403 && method !== 'GET' && this.#options.renewCsrf) {
      this.#csrf = await this.#options.renewCsrf();
      response = await send();
    }
    const text = await bodyText(response, signal);
    if (!response.ok) throw failureOf(response, text);
    if (text === '') return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      throw new ApiError('broken', `The daemon's answer to ${path} is not JSON.`, response.status, { cause });
    }
  }

  async #fetch(method: Method, address: string, body: unknown, options: PostOptions): Promise<Response> {
    const { signal } = options;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = new Headers({ Accept: 'application/json', ...options.headers });
    if (text !== undefined) headers.set('Content-Type', 'application/json');
    if (method !== 'GET' && this.#csrf !== '') headers.set('X-CSRFToken', this.#csrf);
    try {
      return await fetch(address, {
        method,
        headers,
        credentials: 'same-origin',
        // What was changed just before the page is left or reloaded still arrives.
        keepalive: method !== 'GET' && (text?.length ?? 0) <= KEPT_ALIVE,
        ...(text === undefined ? {} : { body: text }),
        ...(signal ? { signal } : {}),
      });
    } catch (error) {
      throw unreachable(error, signal);
    }
  }
}

function queryString(query: RequestOptions['query']): string {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== '');
  return given.length === 0
    ? ''
    : `?${new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString()}`;
}

async function bodyText(response: Response, signal: AbortSignal | undefined): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw unreachable(error, signal);
  }
}

/** An abort stays what it is: it is the caller's own doing. */
function unreachable(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted) return error;
  return new ApiError('unreachable', 'The daemon cannot be reached. Is cvatd still running?', 0, { cause: error });
}

function failureOf(response: Response, text: string): ApiError {
  const message = readableBody(parsed(text)) || `${response.status} ${response.statusText}`.trim();
  return new ApiError(kindOf(response.status), message, response.status);
}

/** Error bodies of CVAT are JSON, or plain text for a few resources; a page of HTML tells a person nothing. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text.trimStart().startsWith('<') ? '' : text.slice(0, 500);
  }
}
