/** The browser's own decoder. */

import type { Decoder, DecoderEvents } from './frameWindow';

/** Of the coded frame. */
export interface VideoFormat {
  /** As WebCodecs names it. */
  readonly codec: string;
  readonly width: number;
  readonly height: number;
}

/** False in old browsers, and on pages that came over plain HTTP from another machine. */
export function hasWebCodecs(): boolean {
  return typeof (globalThis as { VideoDecoder?: unknown }).VideoDecoder === 'function';
}

/**
 * How this browser decodes a format; null when it cannot. By software where it does: then frames are kept in plain memory, of
 * which there is more than of the few buffers of a graphics card, jumps are quicker, and colours are the same everywhere.
 */
export async function supportedConfig({ codec, width, height }: VideoFormat): Promise<VideoDecoderConfig | null> {
  if (codec === '' || !hasWebCodecs()) return null;
  for (const hardwareAcceleration of ['prefer-software', 'no-preference'] as const) {
    const config: VideoDecoderConfig = { codec, codedWidth: width, codedHeight: height, hardwareAcceleration };
    const { supported } = await VideoDecoder.isConfigSupported(config).catch(() => ({ supported: false }));
    if (supported === true) return config;
  }
  return null;
}

export function webDecoder(config: VideoDecoderConfig, description: Uint8Array | null, events: DecoderEvents<VideoFrame>): Decoder {
  const decoder = new VideoDecoder({
    output: (frame) => events.onFrame(frame, frame.timestamp),
    error: (error) => events.onError(error),
  });
  decoder.addEventListener('dequeue', () => events.onRoom());
  decoder.configure(description === null ? config : { ...config, description });
  return {
    get queued() {
      return decoder.decodeQueueSize;
    },
    decode: ({ time, isKey, data }) => {
      if (decoder.state !== 'configured') return; // it failed, which is being told
      // The daemon's unit of time goes through as it is: no rounding, so that numbers of frames are exact.
      const chunk = new EncodedVideoChunk({ type: isKey ? 'key' : 'delta', timestamp: time, data });
      try {
        decoder.decode(chunk);
      } catch (error) {
        events.onError(error);
      }
    },
    flush: () => decoder.flush(),
    close: () => {
      if (decoder.state !== 'closed') decoder.close();
    },
  };
}
