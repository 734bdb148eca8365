// A photo, painted in the style of any picture.
import { Brushwork } from 'brushwork';

const [photo, picture, preview, strength, save, canvas, progress, status] = [
  'photo', 'picture', 'preview', 'strength', 'save', 'canvas', 'progress', 'status',
].map((id) => document.getElementById(id));

const engine = Brushwork.create();
let style;
let painting;
let running;

/** A style is a few kilobytes of numbers. Keep it: JSON.stringify(style), and engine.styleFromJSON(text). */
async function takeStyle() {
  const bytes = picture.files[0] ?? (await fetched((await engine).styles().at(-3).preview));
  preview.src = URL.createObjectURL(bytes);
  status.textContent = 'Looking at the picture…';
  style = await (await engine).styleFromImage(bytes, { onProgress: ({ fraction }) => (progress.value = fraction) });
}

async function paint() {
  running?.abort();
  const { signal } = (running = new AbortController());
  save.disabled = true;
  status.textContent = 'Painting…';
  painting = await (await engine).stylize(photo.files[0] ?? (await fetched('pictures/lake.jpg')), {
    style,
    strength: strength.valueAsNumber,
    maxPixels: 1_000_000,
    signal,
    onProgress: ({ fraction }) => (progress.value = fraction),
  });
  canvas.width = painting.width;
  canvas.height = painting.height;
  canvas.getContext('2d').putImageData(painting.toImageData(), 0, 0);
  status.textContent = `${painting.width} × ${painting.height} pixels, in the style of ${style.title}`;
  save.disabled = false;
}

const fetched = async (url) => (await fetch(url)).blob();
const explain = (error) => {
  if (error.code !== 'aborted') status.textContent = error.message;
};

save.onclick = async () => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await painting.toBlob('image/jpeg'));
  link.download = 'painting.jpg';
  link.click();
  URL.revokeObjectURL(link.href);
};

photo.onchange = () => paint().catch(explain);
strength.onchange = () => paint().catch(explain);
picture.onchange = () => takeStyle().then(paint).catch(explain);
takeStyle().then(paint).catch(explain);
