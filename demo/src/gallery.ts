/** The styles as a group of radio buttons with pictures, and a last tile for a model of one's own. */
import type { Style, StyleInfo } from 'brushwork';
import { byId } from './elements.js';

export interface Choice {
  /** What `stylize` takes. */
  style: Style | string;
  id: string;
  title: string;
  credit: string;
}

export class Gallery {
  private readonly element = byId('gallery', HTMLDivElement);
  private readonly credit = byId('credit', HTMLParagraphElement);
  private readonly choices = new Map<string, Choice>();
  private readonly ownTile = document.createElement('button');

  constructor(
    private readonly onChange: () => void,
    onOwnModel: () => void,
  ) {
    this.ownTile.type = 'button';
    this.ownTile.className = 'tile';
    this.ownTile.id = 'own-model';
    this.ownTile.append(swatch('+'), 'Your own model');
    this.ownTile.addEventListener('click', onOwnModel);
    this.element.append(this.ownTile);
    this.element.addEventListener('change', () => {
      this.showCredit();
      this.onChange();
    });
  }

  get chosen(): Choice | undefined {
    const radio = this.element.querySelector<HTMLInputElement>('input:checked');
    return radio ? this.choices.get(radio.value) : undefined;
  }

  addBuiltIn(info: StyleInfo): void {
    const credit = info.artist ? `After ${info.artist}. ${info.licence}` : info.licence;
    this.add({ style: info.id, id: info.id, title: info.title, credit }, info.preview);
  }

  /** Adds a style of the user's and chooses it. */
  addOwn(style: Style): void {
    const radio = this.add({ style, id: style.id, title: style.title, credit: 'Your own model, on this page only' });
    radio.checked = true;
    radio.dispatchEvent(new Event('change', { bubbles: true }));
  }

  private add(choice: Choice, preview?: string): HTMLInputElement {
    this.choices.set(choice.id, choice);
    const tile = document.createElement('label');
    tile.className = 'tile';
    const radio = document.createElement('input');
    radio.type = 'radio';
    radio.name = 'style';
    radio.value = choice.id;
    radio.checked = this.choices.size === 1;
    tile.append(radio, swatch(choice.title.charAt(0), preview), choice.title);
    this.ownTile.before(tile);
    this.showCredit();
    return radio;
  }

  private showCredit(): void {
    this.credit.textContent = this.chosen?.credit ?? '';
  }
}

/** A square with the preview, or with a letter until there is one. */
function swatch(letter: string, preview?: string): HTMLElement {
  const square = document.createElement('span');
  square.className = 'swatch';
  square.ariaHidden = 'true';
  square.textContent = letter;
  if (preview) {
    const image = new Image();
    image.alt = '';
    image.onload = () => square.replaceChildren(image);
    image.src = preview;
  }
  return square;
}
