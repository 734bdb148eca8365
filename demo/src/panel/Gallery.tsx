/** The styles as tiles, each with the user's photo in it; radio buttons, or boxes to tick while styles are mixed. */
import { useEffect, useRef } from 'preact/hooks';
import { change } from '../app/history.js';
import { choiceOf, choices } from '../app/looks.js';
import { type Choice, type Look, photo, settings } from '../app/state.js';
import { previews } from '../paint/previews.js';
import { withToggled } from './Mixer.js';
import { OwnPicture } from './OwnPicture.js';
import { askForModel } from './own-model.js';
import { panelTexts } from './texts.js';

export function Gallery(): preact.JSX.Element {
  const t = panelTexts();
  const { look } = settings.value;
  const credit = look?.kind === 'style' ? choiceOf(look.id)?.credit : undefined;
  return (
    <fieldset class="styles">
      <legend>{look?.kind === 'mix' ? t.styles : t.style}</legend>
      <div class="gallery" id="gallery">
        {choices.value.map((choice) => <Tile key={choice.id} choice={choice} />)}
        <OwnPicture />
        <button class="tile" id="own-model" type="button" onClick={() => askForModel()}>
          <span class="swatch" aria-hidden="true">+</span>
          <span class="name">{t.ownModel}</span>
        </button>
      </div>
      <p class="credit" id="credit">{credit}</p>
    </fieldset>
  );
}

function Tile({ choice: { id, title } }: { choice: Choice }): preact.JSX.Element {
  const { look } = settings.value;
  const mixing = look?.kind === 'mix';
  const checked = mixing ? look.ids.includes(id) : look?.id === id;
  return (
    <label class="tile">
      <input
        key={String(mixing)} // anew: of ticked boxes that turn into radio buttons, only the last would stay ticked
        type={mixing ? 'checkbox' : 'radio'}
        name="style"
        value={id}
        checked={checked}
        onChange={(event) => {
          const next: Look = mixing ? withToggled(look, id) : { kind: 'style', id };
          if (next === look) event.currentTarget.checked = true;
          else change({ look: next });
        }}
      />
      <Swatch id={id} letter={title.charAt(0)} />
      <span class="name">{title}</span>
    </label>
  );
}

/** A letter until the photo is painted. */
function Swatch({ id, letter }: { id: string; letter: string }): preact.JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const preview = previews.value.get(id);
  const image = preview?.image;
  useEffect(() => {
    const element = canvas.current;
    if (!element || !image) return;
    element.width = image.width;
    element.height = image.height;
    element.getContext('2d')?.putImageData(image, 0, 0);
  }, [image]);
  return <span class={`swatch${preview && preview.photo !== photo.value ? ' stale' : ''}`} aria-hidden="true">{image ? <canvas ref={canvas} /> : letter}</span>;
}
