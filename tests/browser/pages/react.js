// A small app with the package's hooks. Bundled by specs/react.spec.mjs, with React's development build, which is what StrictMode needs.
import { StrictMode, createElement, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Brushwork } from 'brushwork';
import { useBrushwork, usePainting } from 'brushwork/react';

/** What the component showed at each render, and what became of every engine and painting. */
const seen = { renders: [], engines: [], outcomes: [] };

/** The same calls, kept in `seen`. */
function watch() {
  const { create } = Brushwork;
  Brushwork.create = async (options) => {
    const mine = seen.engines.push('starting') - 1;
    let engine;
    try {
      engine = await create.call(Brushwork, options);
    } catch (error) {
      seen.engines[mine] = error.code;
      throw error;
    }
    seen.engines[mine] = 'running';
    const { stylize, dispose } = engine;
    engine.stylize = async (...call) => {
      const call_ = seen.outcomes.push('running') - 1;
      try {
        const painting = await stylize.apply(engine, call);
        seen.outcomes[call_] = 'painted';
        return painting;
      } catch (error) {
        seen.outcomes[call_] = error.code;
        throw error;
      }
    };
    engine.dispose = () => {
      seen.engines[mine] = 'disposed';
      dispose.call(engine);
    };
    return engine;
  };
}

/** `change(...)` gives the component other properties, as a parent would. */
let change;

function Picture({ create, image, options }) {
  const { engine, error: noEngine, backend } = useBrushwork({ ...create, onProgress: () => undefined });
  // Written in place: another object, and another blend, at each render.
  const style = engine && options.mix ? engine.mix(options.mix.map(([id, weight]) => ({ style: window.styles[id], weight }))) : options.style;
  const { painting, progress, error, busy } = usePainting(engine, image, { maxPixels: options.maxPixels, style, onProgress: () => undefined });
  seen.engine = engine;
  seen.renders.push({ busy, painted: painting !== undefined, fraction: progress?.fraction, error: error?.code ?? noEngine?.code, threads: backend?.threads });
  const draw = (canvas) => painting && canvas?.getContext('2d').putImageData(painting.toImageData(), 0, 0);
  return createElement('figure', { 'data-busy': busy },
    painting && createElement('canvas', { width: painting.width, height: painting.height, ref: draw }),
    createElement('figcaption', null, noEngine?.message ?? error?.message ?? (busy ? 'painting' : 'done')));
}

function App({ initial }) {
  const [properties, set] = useState(initial);
  useEffect(() => {
    change = (more) => set((last) => ({ ...last, ...more }));
  }, []);
  return properties.gone ? null : createElement(Picture, properties);
}

let root;

window.r = {
  seen,
  start(properties, strict = false) {
    root = createRoot(document.getElementById('root'));
    const app = createElement(App, { initial: properties });
    root.render(strict ? createElement(StrictMode, null, app) : app);
  },
  change: (properties) => change(properties),
  unmount: () => root.unmount(),
  /** Resolves when the last render is one. */
  async until(test) {
    while (seen.renders.length === 0 || !test(seen.renders.at(-1))) await new Promise((resolve) => setTimeout(resolve, 5));
    return seen.renders.at(-1);
  },
  shown() {
    const canvas = document.querySelector('#root canvas');
    return canvas?.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  },
};
watch();
