// A photo, painted in a built-in style.
import { Brushwork } from 'brushwork';

const [photo, style, strength, save, canvas, progress, status] = ['photo', 'style', 'strength', 'save', 'canvas', 'progress', 'status'].map((id) =>
  document.getElementById(id),
);

// Downloads and starts the engine, in a worker. One is enough for a page.
const engine = Brushwork.create();
let painting;
let running;

async function paint() {
  // Only the last choice counts: give up what is being painted.
  running?.abort();
  const { signal } = (running = new AbortController());
  save.disabled = true;
  status.textContent = 'Painting…';
  try {
    painting = await (await engine).stylize(photo.files[0] ?? (await sample()), {
      style: style.value,
      strength: strength.valueAsNumber,
      maxPixels: 1_000_000,
      signal,
      onProgress: ({ fraction }) => (progress.value = fraction),
    });
  } catch (error) {
    // The message of an error says what was got and what is needed.
    if (error.code !== 'aborted') status.textContent = error.message;
    return;
  }
  canvas.width = painting.width;
  canvas.height = painting.height;
  canvas.getContext('2d').putImageData(painting.toImageData(), 0, 0);
  status.textContent = `${painting.width} × ${painting.height} pixels, painted in ${Math.round(painting.timings.paint)} ms`;
  save.disabled = false;
}

const sample = async () => (await fetch('pictures/lake.jpg')).blob();

save.onclick = async () => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await painting.toBlob('image/jpeg'));
  link.download = 'painting.jpg';
  link.click();
  URL.revokeObjectURL(link.href);
};

for (const { id, title } of await engine.then((ready) => ready.styles(), () => [])) style.add(new Option(title, id));
for (const input of [photo, style, strength]) input.onchange = paint;
paint();
