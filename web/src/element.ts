/** `brushwork/element`: the custom element `<brush-work>`, a picture that paints itself. */
import { type Brushwork, BrushworkError, type ImageInput, type Painting, type Progress, type Style, type StylizeOptions } from './index.js';
import { borrowEngine, returnEngine } from './shared-engine.js';

/** Where there is no DOM this module can be imported all the same. */
const Base: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** Besides those of every element. None of them bubbles. */
export interface BrushWorkEventMap extends Omit<HTMLElementEventMap, 'progress'> {
  /** How far the painting is. */
  progress: CustomEvent<Progress>;
  /** The painting is on the screen; it is `detail`. */
  painted: CustomEvent<Painting>;
  /** `error` is a `BrushworkError`. The photo, or the painting before, stays on the screen. */
  error: ErrorEvent;
}

/** The painting's settings, as attributes. */
const SETTINGS = ['styling', 'strength', 'preserve-color', 'brush', 'max-pixels'] as const;
const PROPERTIES = ['engine', 'image', 'src', 'styling', 'mask', 'strength', 'preserveColor', 'brush', 'maxPixels', 'alt'] as const;

/**
 * `<brush-work src="photo.jpg" styling="starry-night" alt="a lake"></brush-work>` shows the photo, paints it, and shows the painting. Any
 * later change paints again, and gives up what was being painted; so does taking the element out of the document. What is inside of the
 * element is shown until there is a picture. In style sheets: the attribute `busy` is there while it paints, `::part(picture)` is its canvas.
 * `defineBrushWork` registers it.
 */
export class BrushWorkElement extends Base {
  static readonly observedAttributes = ['src', 'alt', ...SETTINGS];

  readonly #canvas: HTMLCanvasElement;
  #engine: Brushwork | Promise<Brushwork> | undefined;
  #image: ImageInput | undefined;
  #style: Style | undefined;
  #mask: ImageInput | undefined;
  #painting: Painting | undefined;
  /** Of what is being painted. */
  #running: AbortController | undefined;
  #scheduled = false;
  /** Something changed since the last painting, which was painted from another photo. */
  #changed = false;
  #photoChanged = false;
  #borrows = false;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [styleSheet()];
    this.#canvas = document.createElement('canvas');
    this.#canvas.setAttribute('part', 'picture');
    this.#canvas.hidden = true;
    root.append(this.#canvas, document.createElement('slot'));
  }

  /** Paints this element. Without one, all elements of the page share an engine, which starts with the first and ends after the last. */
  get engine(): Brushwork | Promise<Brushwork> | undefined {
    return this.#engine;
  }
  set engine(engine: Brushwork | Promise<Brushwork> | undefined) {
    this.#engine = engine;
    if (engine) this.#return();
    this.#change();
  }

  /** The photo, instead of `src`. Whichever was set last counts. */
  get image(): ImageInput | undefined {
    return this.#image;
  }
  set image(image: ImageInput | undefined) {
    this.#image = image;
    this.#photoChanged = true;
    this.#change();
  }

  /** Attribute `src`: the URL of the photo. It is fetched, so another site has to allow that (CORS). */
  get src(): string {
    return this.getAttribute('src') ?? '';
  }
  set src(url: string) {
    this.setAttribute('src', url);
  }

  /** Attribute `styling`: a built-in style's id, or as a property a `Style` of the engine too. Without one the photo is shown. */
  get styling(): Style | string | undefined {
    return this.#style ?? this.getAttribute('styling') ?? undefined;
  }
  set styling(style: Style | string | undefined) {
    this.#reflect('styling', typeof style === 'string' ? style : undefined);
    this.#style = typeof style === 'object' ? style : undefined;
    this.#change();
  }

  /** Paint only where this picture is bright. */
  get mask(): ImageInput | undefined {
    return this.#mask;
  }
  set mask(mask: ImageInput | undefined) {
    this.#mask = mask;
    this.#change();
  }

  /** Attribute `strength`, from 0 to 1. Default 1. */
  get strength(): number {
    return this.#number('strength') ?? 1;
  }
  set strength(strength: number) {
    this.#reflect('strength', strength);
  }

  /** Attribute `preserve-color`, alone or with an amount from 0 to 1. Default false. */
  get preserveColor(): boolean | number {
    return this.getAttribute('preserve-color') === '' || (this.#number('preserve-color') ?? false);
  }
  set preserveColor(amount: boolean | number) {
    this.#reflect('preserve-color', amount === true ? '' : amount === false ? undefined : amount);
  }

  /** Attribute `brush`: the size of the brush. Default 1. */
  get brush(): number {
    return this.#number('brush') ?? 1;
  }
  set brush(size: number) {
    this.#reflect('brush', size);
  }

  /** Attribute `max-pixels`: paint at most this many. Default: as many as the photo has. */
  get maxPixels(): number {
    return this.#number('max-pixels') ?? Infinity;
  }
  set maxPixels(pixels: number) {
    this.#reflect('max-pixels', pixels === Infinity ? undefined : pixels);
  }

  /** Attribute `alt`: the picture in words, for those who do not see it. */
  get alt(): string {
    return this.getAttribute('alt') ?? '';
  }
  set alt(text: string) {
    this.setAttribute('alt', text);
  }

  /** Attribute `busy`: whether it is painting. */
  get busy(): boolean {
    return this.hasAttribute('busy');
  }

  /** What is on the screen, if it is a painting. */
  get painting(): Painting | undefined {
    return this.#painting;
  }

  connectedCallback(): void {
    // Properties that were set before the element was defined hide the accessors.
    for (const name of PROPERTIES) {
      if (!Object.hasOwn(this, name)) continue;
      const value: unknown = this[name];
      delete (this as Partial<typeof this>)[name];
      Object.assign(this, { [name]: value });
    }
    this.#describe();
    if (this.#changed) this.#change();
  }

  disconnectedCallback(): void {
    this.#running?.abort();
    this.#setBusy(false);
    this.#return();
  }

  attributeChangedCallback(name: string): void {
    if (name === 'alt') return this.#describe();
    if (name === 'styling') this.#style = undefined;
    if (name === 'src') this.image = undefined;
    else this.#change();
  }

  #reflect(name: string, value: string | number | undefined): void {
    if (value === undefined) this.removeAttribute(name);
    else this.setAttribute(name, String(value));
  }

  #number(name: string): number | undefined {
    const text = this.getAttribute(name);
    return text === null ? undefined : Number(text);
  }

  /** As an `img` with this `alt` would be: none says nothing, an empty one that the picture is decoration. */
  #describe(): void {
    this.#canvas.setAttribute('role', this.getAttribute('alt') === '' ? 'presentation' : 'img');
    this.#canvas.setAttribute('aria-label', this.alt);
  }

  #setBusy(busy: boolean): void {
    this.toggleAttribute('busy', busy);
  }

  /** Paints anew, once for all changes of a task. */
  #change(): void {
    this.#changed = true;
    this.#running?.abort();
    if (this.#scheduled || !this.isConnected) return;
    this.#scheduled = true;
    queueMicrotask(() => {
      this.#scheduled = false;
      if (this.isConnected) void this.#update();
    });
  }

  async #update(): Promise<void> {
    const { signal } = (this.#running = new AbortController());
    const style = this.styling;
    this.#setBusy(style !== undefined && (this.#image !== undefined || this.src !== ''));
    try {
      const photo = await this.#photo(signal);
      if (this.#photoChanged || style === undefined) await this.#showPhoto(photo, signal);
      if (signal.aborted) return;
      if (photo === undefined || style === undefined) this.#changed = false;
      else await this.#paint(photo, style, signal);
    } catch (error) {
      if (!signal.aborted) this.dispatchEvent(new ErrorEvent('error', { error, message: error instanceof Error ? error.message : '' }));
    }
    if (!signal.aborted) this.#setBusy(false);
  }

  async #paint(photo: ImageInput, style: Style | string, signal: AbortSignal): Promise<void> {
    const { strength, preserveColor, brush, maxPixels } = this;
    const options: StylizeOptions = {
      style, strength, preserveColor, brush, maxPixels, signal,
      ...(this.#mask && { mask: this.#mask }),
      onProgress: (detail: Progress) => void (signal.aborted || this.dispatchEvent(new CustomEvent('progress', { detail }))),
    };
    const painting = await (await (this.#engine ?? this.#borrow())).stylize(photo, options);
    if (signal.aborted) return;
    this.#painting = painting;
    this.#changed = false;
    this.#draw(painting.width, painting.height, (context) => context.putImageData(painting.toImageData(), 0, 0));
    this.#setBusy(false);
    this.dispatchEvent(new CustomEvent('painted', { detail: painting }));
  }

  /** The file behind `src` is fetched once; other kinds of pictures may have changed, and are read again. */
  async #photo(signal: AbortSignal): Promise<ImageInput | undefined> {
    const { src } = this;
    if (this.#image !== undefined || src === '') return this.#image;
    let problem: unknown;
    const response = await fetch(src, { signal }).catch((error: unknown) => void (problem = error));
    const blob = response?.ok ? await response.blob() : undefined;
    if (blob) return (this.#image = blob);
    const reason = response ? `HTTP status ${response.status}` : problem instanceof Error ? problem.message : '';
    throw new BrushworkError('network', `src: ${src}: ${reason}`, { cause: problem });
  }

  /** As large as it will be painted, so that nothing moves. What only the engine can show stays hidden until it is painted. */
  async #showPhoto(photo: ImageInput | undefined, signal: AbortSignal): Promise<void> {
    const bitmap = photo && (await createImageBitmap(drawable(photo)).catch(() => undefined));
    if (!signal.aborted) {
      this.#photoChanged = false;
      this.#painting = undefined;
      this.#canvas.hidden = true;
      if (bitmap) {
        const scale = Math.min(1, Math.sqrt(this.maxPixels / (bitmap.width * bitmap.height))) || 1;
        const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale))) as [number, number];
        this.#draw(width, height, (context) => context.drawImage(bitmap, 0, 0, width, height));
      }
    }
    bitmap?.close();
  }

  #draw(width: number, height: number, draw: (context: CanvasRenderingContext2D) => void): void {
    const canvas = this.#canvas;
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext('2d');
    if (!context) return;
    draw(context);
    canvas.hidden = false;
  }

  #borrow(): Promise<Brushwork> {
    const first = !this.#borrows;
    this.#borrows = true;
    return borrowEngine(first);
  }

  #return(): void {
    if (this.#borrows) returnEngine();
    this.#borrows = false;
  }
}

export interface BrushWorkElement {
  addEventListener<K extends keyof BrushWorkEventMap>(
    type: K, listener: (this: BrushWorkElement, event: BrushWorkEventMap[K]) => unknown, options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<K extends keyof BrushWorkEventMap>(
    type: K, listener: (this: BrushWorkElement, event: BrushWorkEventMap[K]) => unknown, options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'brush-work': BrushWorkElement;
  }
}

/**
 * Registers the element under a name, and returns its class. Doing so again changes nothing, and without a DOM it does nothing. Throws
 * the browser's error if the name is not one for a custom element, or is another's.
 */
export function defineBrushWork(name = 'brush-work'): typeof BrushWorkElement {
  const registry = globalThis.customElements as CustomElementRegistry | undefined;
  const known = registry?.get(name);
  if (known && known.prototype instanceof BrushWorkElement) return known as typeof BrushWorkElement;
  // A class can have one name only.
  const element = class extends BrushWorkElement {};
  registry?.define(name, element);
  return element;
}

/** Made in script, which a content security policy allows, unlike a `style` element. */
let sheet: CSSStyleSheet | undefined;
function styleSheet(): CSSStyleSheet {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(
      ':host{display:inline-block}:host([hidden]),[hidden]{display:none!important}' +
        'canvas{display:block;width:100%;height:auto}canvas:not([hidden])+slot{display:none}',
    );
  }
  return sheet;
}

/** What the browser makes a bitmap of. */
function drawable(image: ImageInput): ImageBitmapSource {
  if (image instanceof ArrayBuffer || image instanceof Uint8Array) return new Blob([image as Uint8Array<ArrayBuffer> | ArrayBuffer]);
  if ('data' in image && !(image instanceof ImageData)) return new ImageData(new Uint8ClampedArray(image.data), image.width, image.height);
  return image;
}
