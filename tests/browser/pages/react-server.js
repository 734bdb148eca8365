// What a server renders of the hooks. Bundled by specs/react.spec.mjs.
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { useBrushwork, usePainting } from 'brushwork/react';

function Picture({ image }) {
  const { engine, error, backend } = useBrushwork();
  const painting = usePainting(engine, image, { style: 'any' });
  return createElement('p', null, JSON.stringify({ engine, error, backend, ...painting }));
}

export const render = () => renderToString(createElement(Picture, { image: new Uint8Array(1) }));
