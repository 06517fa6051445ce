/** What is under way for the page: how far it is, how it failed, and how to end it. */

import { useEffect, useRef, useState } from 'react';

import { messageOf } from '../../protocol/errors';
import { useLeaveWarning } from './useLeaveWarning';
import type { Making, Phase } from './making';

export interface MakingState {
  /** Null while nothing is under way. */
  readonly phase: Phase | null;
  readonly cancelling: boolean;
  /** Why the last attempt failed, a sentence; null when it did not, or was cancelled. */
  readonly failure: string | null;
  /** Runs one at a time; answers whether it went well. */
  readonly run: (act: (making: Making) => Promise<void>) => Promise<boolean>;
  readonly cancel: () => void;
}

export function useMaking(): MakingState {
  const [phase, setPhase] = useState<Phase | null>(null);
  const [cancelling, setCancelling] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const controller = useRef<AbortController | null>(null);
  useLeaveWarning(phase !== null);
  // Who leaves the page in between gets no task that is half there.
  useEffect(() => () => controller.current?.abort(), []);

  const run = async (act: (making: Making) => Promise<void>): Promise<boolean> => {
    if (controller.current) return false;
    const own = new AbortController();
    controller.current = own;
    setFailure(null);
    setCancelling(false);
    setPhase({ kind: 'starting' });
    try {
      await act({ onPhase: setPhase, signal: own.signal });
      return true;
    } catch (error) {
      if (!own.signal.aborted) setFailure(messageOf(error));
      return false;
    } finally {
      controller.current = null;
      setPhase(null);
    }
  };

  const cancel = (): void => {
    setCancelling(true);
    controller.current?.abort();
  };
  return { phase, cancelling, failure, run, cancel };
}
