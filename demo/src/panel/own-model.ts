/** Whether the dialog for a model of the user's is open, and with which file. */
import { signal } from '@preact/signals';

export const modelDialog = signal<{ file: File | undefined } | undefined>(undefined);

export function askForModel(file?: File): void {
  modelDialog.value = { file };
}
