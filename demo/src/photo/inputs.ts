/** The ways a file comes in from anywhere on the page: dropped, or pasted. */
import { signal } from '@preact/signals';
import { openFile } from './open.js';

/** Whether a file is being dragged over the page. */
export const dragging = signal(false);

export function listenForFiles(): void {
  document.addEventListener('paste', (event) => {
    const file = event.clipboardData?.files[0];
    if (!file) return;
    event.preventDefault();
    openFile(file);
  });

  // Every element that the pointer passes fires its own enter and leave.
  let depth = 0;
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  const mark = (change: number): void => {
    depth = Math.max(0, depth + change);
    dragging.value = depth > 0;
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
    const file = event.dataTransfer?.files[0];
    if (file) openFile(file);
  });
}
