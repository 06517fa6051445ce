/** Which pages of this browser are open: each holds a lock as long as it lives, even if it ends by a crash. */

const PREFIX = 'cvatd-page-';

/** A random name for this page among the clients of the daemon. */
export function newClientName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export class Pages {
  readonly #locks: LockManager | undefined;

  /** Without a lock manager (an insecure address) every other page counts as gone. */
  constructor(locks: LockManager | undefined = (navigator as { locks?: LockManager }).locks) {
    this.#locks = locks;
  }

  /** Says that the page is open until the answer is called. */
  announce(client: string): () => void {
    let leave = (): void => undefined;
    const stay = new Promise<void>((resolve) => (leave = resolve));
    void this.#locks?.request(PREFIX + client, () => stay);
    return leave;
  }

  /** Names of the open pages. */
  async open(): Promise<ReadonlySet<string>> {
    const held = (await this.#locks?.query())?.held ?? [];
    return new Set(held.flatMap(({ name }) => (name?.startsWith(PREFIX) === true ? [name.slice(PREFIX.length)] : [])));
  }

  /** Settles when a page is gone. */
  async gone(client: string): Promise<void> {
    await this.#locks?.request(PREFIX + client, () => undefined);
  }
}
