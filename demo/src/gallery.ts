/** The styles as a group of radio buttons with pictures, between a tile for a picture and one for a model of one's own. */
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
  private readonly lastTile: HTMLElement;

  constructor(
    private readonly onChange: () => void,
    onOwnPicture: () => void,
    onOwnModel: () => void,
  ) {
    this.lastTile = button('own-model', 'Your model', onOwnModel);
    this.element.append(button('own-picture', 'Your picture', onOwnPicture), this.lastTile);
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
  addOwn(style: Style, credit: string, preview?: string): void {
    const radio = this.add({ style, id: style.id, title: style.title, credit }, preview);
    radio.checked = true;
    radio.dispatchEvent(new Event('change', { bubbles: true }));
    radio.parentElement?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
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
    tile.append(radio, swatch(choice.title.charAt(0), preview), name(choice.title));
    this.lastTile.before(tile);
    this.showCredit();
    return radio;
  }

  private showCredit(): void {
    this.credit.textContent = this.chosen?.credit ?? '';
  }
}

function button(id: string, title: string, onClick: () => void): HTMLElement {
  const tile = document.createElement('button');
  tile.type = 'button';
  tile.className = 'tile';
  tile.id = id;
  tile.append(swatch('+'), name(title));
  tile.addEventListener('click', onClick);
  return tile;
}

function name(title: string): HTMLElement {
  const element = document.createElement('span');
  element.className = 'name';
  element.textContent = title;
  return element;
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
    image.src = preview;
    image.decode().then(
      () => square.replaceChildren(image),
      () => undefined, // the letter stays
    ).finally(() => preview.startsWith('blob:') && URL.revokeObjectURL(preview));
  }
  return square;
}
