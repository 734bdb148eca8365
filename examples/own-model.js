// A photo, painted by a generator of your own.
import { Brushwork } from 'brushwork';

const [photo, model, range, bgr, save, canvas, progress, status] = ['photo', 'model', 'range', 'bgr', 'save', 'canvas', 'progress', 'status'].map((id) =>
  document.getElementById(id),
);

const engine = Brushwork.create();
let style;
let painting;
let running;

/** What the model reads for black and white, and in which order, is not in its file. */
async function loadModel() {
  status.textContent = 'Reading the model…';
  const [low, high] = range.value.split(',').map(Number);
  style = await (await engine).styleFromModel(model.files[0] ?? 'brushwork/assets/painter.onnx', {
    title: model.files[0]?.name ?? 'the sample model',
    inputRange: [low, high],
    channelOrder: bgr.checked ? 'bgr' : 'rgb',
    onProgress: ({ fraction }) => (progress.value = fraction),
  });
}

async function paint() {
  running?.abort();
  const { signal } = (running = new AbortController());
  save.disabled = true;
  status.textContent = 'Painting…';
  painting = await (await engine).stylize(photo.files[0] ?? (await sample()), {
    style,
    maxPixels: 500_000,
    signal,
    onProgress: ({ fraction }) => (progress.value = fraction),
  });
  canvas.width = painting.width;
  canvas.height = painting.height;
  canvas.getContext('2d').putImageData(painting.toImageData(), 0, 0);
  status.textContent = `${painting.width} × ${painting.height} pixels, painted by ${style.title}`;
  save.disabled = false;
}

const sample = async () => (await fetch('pictures/lake.jpg')).blob();
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
for (const input of [model, range, bgr]) input.onchange = () => loadModel().then(paint).catch(explain);
loadModel().then(paint).catch(explain);
