/** Beside the picture: the styles, how they are painted, and what else the view has to say. */
import type { ComponentChildren } from 'preact';
import { Gallery } from '../panel/Gallery.js';
import { Mixer } from '../panel/Mixer.js';
import { Sliders } from '../panel/Sliders.js';
import { videoTexts } from './texts.js';

interface Props {
  /** Nothing can be changed now. */
  locked?: boolean;
  children?: ComponentChildren;
}

export function MannerPanel({ locked = false, children }: Props): preact.JSX.Element {
  return (
    // While all in it is locked, the keyboard scrolls the panel itself.
    <form class="panel" aria-label={videoTexts().manner} tabIndex={locked ? 0 : undefined} onSubmit={(event) => event.preventDefault()}>
      <fieldset class="film-manner" disabled={locked}>
        <Gallery />
        <Mixer />
        <Sliders />
        {children}
      </fieldset>
    </form>
  );
}
