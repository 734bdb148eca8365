// Two styles, blended in any proportion.
import { Brushwork } from 'brushwork';

const [photo, first, second, share, save, canvas, progress, status] = [
  'photo', 'first', 'second', 'share', 'save', 'canvas', 'progress', 'status',
].map((id) => document.getElementById(id));

const engine = Brushwork.create();
let painting;
let running;

async function paint() {
  running?.abort();
  const { signal } = (running = new AbortController());
  save.disabled = true;
  status.textContent = 'Painting…';
  try {
    const ready = await engine;
    const weight = share.valueAsNumber;
    // Weights are normalized. More than two styles, and blends of blends, work as well.
    const style = ready.mix([
      { style: await ready.style(first.value), weight: 1 - weight },
      { style: await ready.style(second.value), weight },
    ]);
    painting = await ready.stylize(photo.files[0] ?? (await sample()), {
      style,
      maxPixels: 500_000,
      signal,
      onProgress: ({ fraction }) => (progress.value = fraction),
    });
    canvas.width = painting.width;
    canvas.height = painting.height;
    canvas.getContext('2d').putImageData(painting.toImageData(), 0, 0);
    status.textContent = `${style.title}, ${Math.round((1 - weight) * 100)} to ${Math.round(weight * 100)}`;
    save.disabled = false;
  } catch (error) {
    if (error.code !== 'aborted') status.textContent = error.message;
  }
}

const sample = async () => (await fetch('pictures/lake.jpg')).blob();

save.onclick = async () => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await painting.toBlob('image/jpeg'));
  link.download = 'painting.jpg';
  link.click();
  URL.revokeObjectURL(link.href);
};

for (const { id, title } of await engine.then((ready) => ready.styles(), () => [])) for (const list of [first, second]) list.add(new Option(title, id));
second.selectedIndex = 6;
for (const input of [photo, first, second, share]) input.onchange = paint;
paint();
