/** Keeps the frame in the page's address, so that a reload, a bookmark or a link comes back to it. */

import { useEffect } from 'react';

import type { EditorHandle } from '../../editor/api';
import { rememberFrame } from './lastFrame';

/** Browsers refuse more than about 200 changes of the address in 30 s; who holds a key makes 25 a second. */
const SETTLE_MS = 160;
/** Each change has the browser ask for the page's icon again: a film is left alone. */
const PLAYING_MS = 1000;

interface FrameAddress {
  readonly scope: string;
  readonly jobId: number;
  /** The frame that the router's address asks for. */
  readonly asked: number | null;
}

export function useFrameAddress(editor: EditorHandle | null, { scope, jobId, asked }: FrameAddress): void {
  useEffect(() => {
    if (editor && asked !== null) editor.commands.setFrame(asked);
  }, [editor, asked]);

  useEffect(() => {
    if (!editor) return;
    let shown = -1;
    const write = (): void => {
      const { frame } = editor.state.getState();
      if (frame === shown) return;
      shown = frame;
      rememberFrame(scope, jobId, frame);
      const address = new URL(location.href);
      address.searchParams.set('frame', String(frame));
      // Not through the router: the page does not change, only what a reload would show. The router's own state is kept.
      history.replaceState(history.state, '', address);
    };
    let timer: ReturnType<typeof setTimeout> | null = null;
    /** Writes at once, unless that was done a moment ago. A reload takes the address as it is when it begins. */
    const writeSoon = (): void => {
      if (timer !== null) return;
      write();
      timer = setTimeout(() => {
        timer = null;
        if (editor.state.getState().frame !== shown) writeSoon();
      }, editor.state.getState().playing ? PLAYING_MS : SETTLE_MS);
    };
    write();
    const stop = editor.state.subscribe((state, old) => {
      if (old.playing && !state.playing) {
        if (timer !== null) clearTimeout(timer);
        timer = null;
        write();
      }
      if (state.frame !== old.frame) writeSoon();
    });
    // "Continue" comes back to the last frame of a page that is closed, too.
    addEventListener('pagehide', write);
    return () => {
      stop();
      removeEventListener('pagehide', write);
      if (timer) clearTimeout(timer);
    };
  }, [editor, scope, jobId]);
}
