import { effect } from '@preact/signals';

/** Resolves as soon as `holds`, which reads signals, is true. */
export function until(holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const end = effect(() => {
      if (!holds()) return;
      queueMicrotask(() => end());
      resolve();
    });
  });
}
