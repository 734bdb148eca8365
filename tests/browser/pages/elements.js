// What tests of <brush-work> need beside the harness.
import * as brushwork from '../../../web/dist/index.js';
import { BrushWorkElement, defineBrushWork } from '../../../web/dist/element.js';

/** An element whose events are kept in `events`, in order: name, and code of an error. Not yet in the document. */
function element(properties = {}, attributes = {}) {
  const made = document.createElement('brush-work');
  made.events = [];
  for (const type of ['painted', 'error']) made.addEventListener(type, ({ error }) => made.events.push(error ? error.code : type));
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return Object.assign(made, properties);
}

/** The next event of a kind. */
const next = (target, type) => new Promise((resolve) => target.addEventListener(type, resolve, { once: true }));

/** What is on the screen, as RGBA; undefined if nothing is. */
function shown(target) {
  const canvas = target.shadowRoot.querySelector('canvas');
  if (!canvas.checkVisibility()) return undefined;
  return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
}

/** Keeps the outcome of every painting of an engine in `outcomes`: 'painted', or an error's code. */
function watch(engine) {
  const { stylize } = engine;
  engine.outcomes = [];
  engine.stylize = async (...call) => {
    const mine = engine.outcomes.push('running') - 1;
    try {
      const painting = await stylize.apply(engine, call);
      engine.outcomes[mine] = 'painted';
      return painting;
    } catch (error) {
      engine.outcomes[mine] = error.code;
      throw error;
    }
  };
  return engine;
}

window.e = { BrushWorkElement, defineBrushWork, element, next, shown, watch, brushwork };
