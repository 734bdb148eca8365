/** Whether the dialog that saves the painting is open. */
import { signal } from '@preact/signals';

export const exportOpen = signal(false);
