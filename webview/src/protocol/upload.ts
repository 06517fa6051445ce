/** Files on their way to the daemon. `fetch` cannot tell how far an upload is, so this is the older request. */

import { ApiError } from './errors';

export interface UploadOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the request that have left, of all there are. */
  readonly onProgress?: (sent: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** The answer, whatever its status. Rejects with the signal's reason when it is aborted, else with an ApiError. */
export function sendUpload(address: string, form: FormData, csrf: string, options: UploadOptions): Promise<Response> {
  const { headers = {}, onProgress, signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(aborted());
      return;
    }
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    const settle = (act: () => void): void => {
      signal?.removeEventListener('abort', abort);
      act();
    };
    request.open('POST', address);
    request.setRequestHeader('Accept', 'application/json');
    if (csrf !== '') request.setRequestHeader('X-CSRFToken', csrf);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onProgress?.(event.loaded, event.total);
    request.onload = () =>
      settle(() => resolve(new Response(request.responseText || null, { status: request.status, statusText: request.statusText })));
    request.onabort = () => settle(() => reject(aborted()));
    request.onerror = () =>
      settle(() =>
        reject(
          new ApiError(
            'unreachable',
            'The upload broke off: the daemon ended it or went away, or a file was changed while it was read.',
            0,
          ),
        ),
      );
    signal?.addEventListener('abort', abort);
    request.send(form);
  });
}

function aborted(): DOMException {
  return new DOMException('The upload was cancelled.', 'AbortError');
}
