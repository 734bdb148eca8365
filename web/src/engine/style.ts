/** The one style vector that a painting is made with, from what was asked for. */
import type { PhotoHandle } from './module.js';
import type { PaintRequest } from './protocol.js';
import { unwrap } from './replies.js';
import type { Running, Runtime } from './runtime.js';

export interface EffectiveStyle {
  /** Undefined: the generator's own. */
  style: Float32Array<ArrayBuffer> | undefined;
  /** The share of the painting, blended over the photo. */
  strength: number;
  milliseconds: number;
}

/** Blends the style's vectors; weakens it for this photo, as it was decoded, if there is an encoder to do so. */
export function effectiveStyle(
  runtime: Runtime, running: Running, photo: PhotoHandle, { ingredients, strength, encoder }: PaintRequest,
): EffectiveStyle {
  if (ingredients.length === 0) return { style: undefined, strength, milliseconds: 0 };
  const began = performance.now();
  const vectors = ingredients.map(({ vector }) => vector);
  const style = unwrap(running.module.blendStyles(vectors, ingredients.map(({ weight }) => weight)));
  if (encoder === undefined) return { style, strength, milliseconds: performance.now() - began };
  const weakened = unwrap(runtime.encoder(running, encoder).weaken(photo, style, strength));
  return { style: weakened.style, strength: weakened.blend, milliseconds: performance.now() - began };
}
