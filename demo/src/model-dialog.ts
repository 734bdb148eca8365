/** Asks for an ONNX file and how it codes colour, and loads it. */
import type { Brushwork, Style } from 'brushwork';
import { byId } from './elements.js';
import { explain } from './texts.js';

export class ModelDialog {
  private readonly dialog = byId('model-dialog', HTMLDialogElement);
  private readonly fileInput = byId('model-file', HTMLInputElement);
  private readonly fileName = byId('model-name', HTMLParagraphElement);
  private readonly range = byId('model-range', HTMLSelectElement);
  private readonly bgr = byId('model-bgr', HTMLInputElement);
  private readonly problem = byId('model-problem', HTMLParagraphElement);
  private readonly loadButton = byId('model-load', HTMLButtonElement);
  private file: File | undefined;

  constructor(
    private readonly engine: Promise<Brushwork>,
    private readonly onStyle: (style: Style) => void,
  ) {
    this.fileInput.addEventListener('change', () => this.take(this.fileInput.files?.[0]));
    byId('model-cancel', HTMLButtonElement).addEventListener('click', () => this.dialog.close());
    byId('model-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      void this.load();
    });
  }

  open(file?: File): void {
    this.fileInput.value = '';
    this.take(file);
    if (!this.dialog.open) this.dialog.showModal();
  }

  private take(file: File | undefined): void {
    this.file = file;
    this.problem.textContent = '';
    this.fileName.textContent = file && !this.fileInput.value ? file.name : '';
    this.loadButton.disabled = !file;
  }

  private async load(): Promise<void> {
    const { file } = this;
    if (!file) return;
    this.loadButton.disabled = true;
    this.problem.textContent = '';
    try {
      const [low = 0, high = 1] = this.range.value.split(',').map(Number);
      const engine = await this.engine;
      const style = await engine.styleFromModel(file, {
        title: file.name.replace(/\.onnx$/i, ''),
        inputRange: [low, high],
        channelOrder: this.bgr.checked ? 'bgr' : 'rgb',
      });
      this.dialog.close();
      this.onStyle(style);
    } catch (error) {
      const { title, text } = explain(error, file.name);
      this.problem.textContent = `${title}. ${text}`;
    } finally {
      this.loadButton.disabled = !this.file;
    }
  }
}
