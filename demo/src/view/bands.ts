/** Draws rows of a painting under way. */
import type { PaintedRows } from 'brushwork';

/** Large paintings are shown smaller until they are done: to draw all of their pixels time and again would take the time to paint. */
const MOST_PIXELS = 2_000_000;

const band = new OffscreenCanvas(1, 1);

/** What the canvas shows of an earlier painting of the photo stays below, scaled. */
export function drawBand(canvas: HTMLCanvasElement, { data, top, width, height, paintingHeight }: PaintedRows): void {
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (width * paintingHeight)));
  const [shownWidth, shownHeight] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(paintingHeight * scale))];
  const context = canvas.getContext('2d');
  if (!context) return;
  if (canvas.width !== shownWidth || canvas.height !== shownHeight) fit(canvas, context, shownWidth, shownHeight);
  const pixels = new ImageData(data, width, height);
  if (scale === 1) {
    context.putImageData(pixels, 0, top);
    return;
  }
  band.width = width;
  band.height = height;
  band.getContext('2d')?.putImageData(pixels, 0, 0);
  context.drawImage(band, 0, top * scale, shownWidth, height * scale);
}

/** Keeps what is shown, scaled. */
function fit(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D, width: number, height: number): void {
  const before = new OffscreenCanvas(canvas.width, canvas.height);
  before.getContext('2d')?.drawImage(canvas, 0, 0);
  canvas.width = width;
  canvas.height = height;
  if (before.width > 1) context.drawImage(before, 0, 0, width, height);
}
