/** How far the edits of a job are on their way to the daemon. */
export type SaveStatus =
  /** Everything is in the daemon's history. */
  | { readonly kind: 'saved' }
  | { readonly kind: 'saving'; readonly pending: number }
  /** The daemon did not answer, or not usefully; `pending` edits wait in the journal and are sent again by themselves. */
  | { readonly kind: 'offline'; readonly pending: number; readonly message: string }
  /** The daemon refused `rejected` edits; they stay visible here until they are retried, discarded or drawn over. */
  | { readonly kind: 'rejected'; readonly message: string; readonly rejected: number; readonly pending: number };
