// As a careful user writes it: every type has a name, and nothing is any.
import { Brushwork, BrushworkError } from 'brushwork';
import type { BackendInfo, CreateOptions, ErrorCode, ImageInput, Painting, Progress, Stage, Style, StyleInfo, StylizeOptions } from 'brushwork';

const options: CreateOptions = { threads: 2, host: 'worker', assets: new URL('https://example.com/brushwork/') };
const seen = new Map<Stage, number>();
const onProgress = ({ stage, fraction }: Progress): void => void seen.set(stage, fraction);

export async function paint(photo: ImageInput, signal: AbortSignal): Promise<Blob | ErrorCode> {
  using engine = await Brushwork.create({ ...options, signal, onProgress });
  const backend: BackendInfo = engine.backend;
  const [first]: StyleInfo[] = engine.styles();
  if (!first) return 'internal';
  const parts: { style: Style; weight: number }[] = [{ style: await engine.style(first.id), weight: backend.threads }];
  const settings: StylizeOptions = { style: engine.mix(parts), strength: 0.5, signal };
  try {
    const painting: Painting = await engine.stylize(photo, settings);
    return await painting.toBlob('image/jpeg', 0.9);
  } catch (error) {
    if (error instanceof BrushworkError) return error.code;
    throw error;
  }
}

// @ts-expect-error: a style is needed
export const incomplete: StylizeOptions = { strength: 1 };
// @ts-expect-error: no such backend
export const misspelt: CreateOptions = { backend: 'gpu' };
// @ts-expect-error: the types are there, not any
export const typed: number = Brushwork;
