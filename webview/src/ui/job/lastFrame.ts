/** The frame of a job that was looked at last in this browser, so that "Continue" continues. */

function key(scope: string, jobId: number): string {
  return `cvatd:frame:${scope}:${jobId}`;
}

/** The task-relative frame, or null when the job was never open here. */
export function lastFrame(scope: string, jobId: number): number | null {
  try {
    const kept = localStorage.getItem(key(scope, jobId));
    const frame = Number(kept);
    return kept !== null && Number.isSafeInteger(frame) && frame >= 0 ? frame : null;
  } catch {
    return null; // No storage in this browser: begin at the start.
  }
}

export function rememberFrame(scope: string, jobId: number, frame: number): void {
  try {
    localStorage.setItem(key(scope, jobId), String(frame));
  } catch {
    // Full or refused: only a convenience is lost.
  }
}
