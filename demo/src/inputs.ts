/** The ways a file comes in: chosen, dropped anywhere, or pasted. */
import { byId } from './elements.js';

export function listenForFiles(onPhoto: (file: File) => void, onModel: (file: File) => void): void {
  const take = (file: File | null | undefined): void => {
    if (!file) return;
    if (/\.onnx$/i.test(file.name)) onModel(file);
    else onPhoto(file);
  };

  const choose = byId('choose', HTMLInputElement);
  choose.addEventListener('change', () => {
    take(choose.files?.[0]);
    choose.value = ''; // so that the same file can be chosen again
  });

  document.addEventListener('paste', (event) => {
    const file = event.clipboardData?.files[0];
    if (file) {
      event.preventDefault();
      take(file);
    }
  });

  // Every element that the pointer passes fires its own enter and leave.
  let depth = 0;
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  const mark = (change: number): void => {
    depth = Math.max(0, depth + change);
    document.body.classList.toggle('dragging', depth > 0);
  };
  document.addEventListener('dragenter', (event) => carriesFiles(event) && mark(1));
  document.addEventListener('dragleave', (event) => carriesFiles(event) && mark(-1));
  document.addEventListener('dragover', (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  document.addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    mark(-depth);
    take(event.dataTransfer?.files[0]);
  });
}
