/** The photo with the painting over it, and a slider that says where one ends and the other begins. */
import { byId } from './elements.js';

const REST = 32; // percent of the width that shows the photo when a painting is new

export class Compare {
  private readonly picture = byId('picture', HTMLDivElement);
  private readonly photoLayer = byId('photo-layer', HTMLDivElement);
  private readonly canvas = byId('painting', HTMLCanvasElement);
  private readonly slider = byId('split', HTMLInputElement);
  private reveal: number | undefined;

  constructor() {
    this.slider.addEventListener('input', () => {
      cancelAnimationFrame(this.reveal ?? 0);
      this.split = this.slider.valueAsNumber;
    });
  }

  get hasPainting(): boolean {
    return this.picture.classList.contains('compared');
  }

  /** Shows a photo without a painting. */
  showPhoto(photo: HTMLElement, width: number, height: number): void {
    this.photoLayer.replaceChildren(photo);
    byId('app', HTMLElement).style.setProperty('--ratio', String(width / height));
    this.picture.classList.remove('compared');
    this.canvas.width = this.canvas.height = 0;
    this.split = 100;
  }

  /** Lays the painting over the photo; a first one is drawn in from the right. */
  showPainting(painting: ImageData): void {
    const first = !this.hasPainting;
    this.canvas.width = painting.width;
    this.canvas.height = painting.height;
    this.canvas.getContext('2d')?.putImageData(painting, 0, 0);
    this.picture.classList.add('compared');
    if (first) this.drawIn();
  }

  private set split(percent: number) {
    this.slider.value = String(percent);
    this.picture.style.setProperty('--split', String(percent));
    this.picture.classList.toggle('near-left', percent < 14);
    this.picture.classList.toggle('near-right', percent > 82);
  }

  private drawIn(): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.split = REST;
      return;
    }
    const began = performance.now();
    const frame = (now: number): void => {
      const t = Math.min(1, Math.max(0, (now - began) / 900));
      const eased = 1 - (1 - t) ** 3;
      this.split = 100 + (REST - 100) * eased;
      if (t < 1) this.reveal = requestAnimationFrame(frame);
    };
    this.reveal = requestAnimationFrame(frame);
  }
}
