import { useEffect, useState } from 'react';

import { useEditorHandle } from './editorContext';

/** In milliseconds: nobody reads numbers faster, and drawing the bars with every frame of a film would slow the film down. */
const PLAYING_EVERY = 120;

/** The current frame; while a film plays, as it was a moment ago. */
export function useShownFrame(): number {
  const { state: store } = useEditorHandle();
  const [frame, setFrame] = useState(() => store.getState().frame);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const show = (): void => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      setFrame(store.getState().frame);
    };
    show();
    const stop = store.subscribe((state, old) => {
      if (state.frame === old.frame && state.playing === old.playing) return;
      if (state.playing) timer ??= setTimeout(show, PLAYING_EVERY);
      else show();
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [store]);
  return frame;
}
