import { picture } from './picture.js';

/** Paints the picture and leaves what came of it on the page. */
export async function show(engine) {
  const photo = picture();
  const painting = await engine.stylize(photo, { style: engine.styles()[0].id });
  const canvas = document.querySelector('canvas');
  [canvas.width, canvas.height] = [painting.width, painting.height];
  canvas.getContext('2d').putImageData(painting.toImageData(), 0, 0);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', painting.data));
  const hash = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  window.outcome = { hash, backend: engine.backend, isolated: window.crossOriginIsolated };
}
