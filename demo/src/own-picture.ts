/** A style from a picture of the user's. */
import { type Brushwork, BrushworkError, type Style } from 'brushwork';
import { byId } from './elements.js';
import { explain } from './texts.js';

export class OwnPicture {
  private readonly input = byId('style-file', HTMLInputElement);
  private readonly status = byId('style-status', HTMLParagraphElement);
  private readonly problem = byId('style-problem', HTMLParagraphElement);
  private running: AbortController | undefined;

  /** `preview`: an object URL that shows the picture; to be revoked when it has. */
  constructor(
    private readonly engine: Promise<Brushwork>,
    private readonly onStyle: (style: Style, preview: string) => void,
  ) {
    this.input.addEventListener('change', () => {
      const file = this.input.files?.[0];
      this.input.value = ''; // so that the same file can be chosen again
      if (file) void this.take(file);
    });
  }

  ask(): void {
    this.input.click();
  }

  private async take(file: File): Promise<void> {
    this.running?.abort();
    const controller = new AbortController();
    this.running = controller;
    this.problem.textContent = '';
    this.status.textContent = 'Looking at the picture…';
    try {
      const engine = await this.engine;
      const style = await engine.styleFromImage(file, { signal: controller.signal });
      this.onStyle(style, URL.createObjectURL(file));
    } catch (error) {
      if (error instanceof BrushworkError && error.code === 'aborted') return;
      const { title, text } = explain(error, file.name);
      this.problem.textContent = `${title}. ${text}`;
    } finally {
      if (this.running === controller) this.status.textContent = '';
    }
  }
}
