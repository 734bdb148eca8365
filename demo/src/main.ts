import { Brushwork, BrushworkError, type ImageInput, type Painting } from 'brushwork';
import { Compare } from './compare.js';
import { byId } from './elements.js';
import { Gallery } from './gallery.js';
import { listenForFiles } from './inputs.js';
import { ModelDialog } from './model-dialog.js';
import { OwnPicture } from './own-picture.js';
import { paintToFit } from './paint.js';
import { drawSample } from './sample.js';
import { explain, megapixels, progressText } from './texts.js';

type State = 'welcome' | 'busy' | 'stopped' | 'done' | 'problem';

interface Photo {
  image: ImageInput;
  name: string;
}

const app = byId('app', HTMLElement);
const statusText = byId('status-text', HTMLSpanElement);
const progressBar = byId('progress', HTMLProgressElement);
const note = byId('note', HTMLParagraphElement);
const strength = byId('strength', HTMLInputElement);
const strengthValue = byId('strength-value', HTMLOutputElement);
const size = byId('size', HTMLSelectElement);
const downloadButtons = [byId('download-png', HTMLButtonElement), byId('download-jpeg', HTMLButtonElement)];

const compare = new Compare();
const engine = Brushwork.create();
const ownPicture = new OwnPicture(engine, (style, preview) => gallery.addOwn(style, 'After your picture, on this page only', preview));
const dialog = new ModelDialog(engine, (style) => gallery.addOwn(style, 'Your own model, on this page only'));
const gallery = new Gallery(repaint, () => ownPicture.ask(), () => dialog.open());

let photo: Photo | undefined;
let painted: { painting: Painting; name: string } | undefined;
let running: AbortController | undefined;

function setState(state: State): void {
  app.dataset['state'] = state;
  for (const button of downloadButtons) button.disabled = state !== 'done';
}

function showProblem(error: unknown, fileName?: string): void {
  const { title, text } = explain(error, fileName);
  byId('problem-title', HTMLHeadingElement).textContent = title;
  byId('problem-text', HTMLParagraphElement).textContent = text;
  setState('problem');
}

/** Puts the photo on the easel as the browser shows it. The engine reads the file itself, and has the last word on whether it is one. */
async function openFile(file: File): Promise<void> {
  const image = new Image();
  image.alt = '';
  image.src = URL.createObjectURL(file);
  await image.decode().catch(() => undefined);
  URL.revokeObjectURL(image.src);
  await open({ image: file, name: file.name }, image, image.naturalWidth || 3, image.naturalHeight || 2);
}

async function openSample(): Promise<void> {
  const drawn = drawSample();
  const canvas = document.createElement('canvas');
  canvas.width = drawn.width;
  canvas.height = drawn.height;
  canvas.getContext('2d')?.drawImage(drawn, 0, 0);
  await open({ image: drawn, name: 'sample' }, canvas, drawn.width, drawn.height);
}

async function open(opened: Photo, element: HTMLElement, width: number, height: number): Promise<void> {
  running?.abort();
  photo = opened;
  painted = undefined;
  compare.showPhoto(element, width, height);
  await paint();
}

function repaint(): void {
  if (photo && app.dataset['state'] !== 'problem') void paint();
}

async function paint(): Promise<void> {
  const choice = gallery.chosen;
  if (!photo) return;
  running?.abort();
  const controller = new AbortController();
  running = controller;
  const { image, name } = photo;
  const began = performance.now();
  note.textContent = '';
  statusText.textContent = 'Starting the engine…';
  progressBar.value = 0;
  setState('busy');
  try {
    const ready = await engine;
    const style = choice ?? gallery.chosen;
    if (!style) throw new Error('There is no style to paint with: add a model of your own');
    const result = await paintToFit(ready, image, {
      style: style.style,
      strength: strength.valueAsNumber / 100,
      maxPixels: Number(size.value),
      signal: controller.signal,
      onProgress: ({ stage, fraction }) => {
        if (running !== controller) return;
        progressBar.value = fraction;
        statusText.textContent = progressText(stage, fraction);
      },
    });
    if (running !== controller) return;
    painted = { painting: result.painting, name: `${name.replace(/\.[^.]*$/, '')}-${style.id}` };
    compare.showPainting(result.painting.toImageData());
    note.textContent = result.note;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const { width, height } = result.painting;
    statusText.textContent = `${width} × ${height}, ${megapixels(width, height)}, in ${seconds} s`;
    setState('done');
  } catch (error) {
    if (running !== controller) return;
    if (error instanceof BrushworkError && error.code === 'aborted') {
      statusText.textContent = 'Stopped.';
      setState('stopped');
    } else {
      photo = undefined;
      showProblem(error, image instanceof File ? image.name : undefined);
    }
  }
}

async function save(type: 'image/png' | 'image/jpeg'): Promise<void> {
  if (!painted) return;
  const { painting, name } = painted;
  try {
    const blob = await painting.toBlob(type);
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${name}.${type === 'image/png' ? 'png' : 'jpg'}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  } catch (error) {
    const { title, text } = explain(error);
    note.textContent = `${title}. ${text}`;
  }
}

async function describeEngine(): Promise<void> {
  const line = byId('engine-line', HTMLElement);
  try {
    const ready = await engine;
    for (const info of ready.styles()) gallery.addBuiltIn(info);
    const { variant, threads, parallelism, reasons } = ready.backend;
    const parts = ['WebAssembly', variant === 'relaxed-simd' ? 'relaxed SIMD' : 'SIMD', threads === 1 ? 'one thread' : `${threads} ${parallelism === 'workers' ? 'workers' : 'threads'}`];
    line.textContent = `Paints with ${parts.join(', ')}`;
    byId('engine-reasons', HTMLUListElement).replaceChildren(
      ...reasons.map((reason) => Object.assign(document.createElement('li'), { textContent: reason })),
    );
  } catch (error) {
    line.textContent = 'The engine did not start';
    if (app.dataset['state'] === 'welcome') showProblem(error);
  }
}

listenForFiles(
  (file) => void openFile(file),
  (file) => dialog.open(file),
);
byId('sample', HTMLButtonElement).addEventListener('click', () => void openSample());
byId('cancel', HTMLButtonElement).addEventListener('click', () => running?.abort());
byId('again', HTMLButtonElement).addEventListener('click', () => void paint());
byId('problem-close', HTMLButtonElement).addEventListener('click', () => setState('welcome'));
byId('panel', HTMLFormElement).addEventListener('submit', (event) => event.preventDefault());
strength.addEventListener('input', () => (strengthValue.value = `${strength.value} %`));
strength.addEventListener('change', repaint);
size.addEventListener('change', repaint);
downloadButtons[0]?.addEventListener('click', () => void save('image/png'));
downloadButtons[1]?.addEventListener('click', () => void save('image/jpeg'));
void describeEngine();
