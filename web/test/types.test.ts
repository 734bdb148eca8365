/** The public types, used as the contract says: what compiles here has to go on compiling. */
import { expect, expectTypeOf, it } from 'vitest';
import { Brushwork, BrushworkError } from '../src/index.js';
import type { BackendInfo, Call, ErrorCode, ImageInput, Painting, Progress, Stage, Style, StyleInfo } from '../src/index.js';

it('has the types of the contract', () => {
  expectTypeOf(Brushwork.create).returns.resolves.toEqualTypeOf<Brushwork>();
  expectTypeOf<Brushwork>().toExtend<Disposable>();
  expectTypeOf<Brushwork['styles']>().returns.toEqualTypeOf<StyleInfo[]>();
  expectTypeOf<Brushwork['style']>().returns.resolves.toEqualTypeOf<Style>();
  expectTypeOf<Brushwork['styleFromImage']>().parameter(0).toEqualTypeOf<ImageInput>();
  expectTypeOf<Brushwork['styleFromImage']>().parameter(1).toEqualTypeOf<Call | undefined>();
  expectTypeOf<Brushwork['styleFromImage']>().returns.resolves.toEqualTypeOf<Style>();
  expectTypeOf<Brushwork['styleFromJSON']>().toEqualTypeOf<(json: unknown) => Style>();
  expectTypeOf<Brushwork['mix']>().toEqualTypeOf<(parts: { style: Style; weight: number }[]) => Style>();
  expectTypeOf<Style>().toEqualTypeOf<{ readonly id: string; readonly title: string; toJSON(): unknown }>();
  expectTypeOf<Brushwork['memory']>().returns.toEqualTypeOf<{ current: number; peak: number }>();
  expectTypeOf<Brushwork['stylize']>().parameter(0).toEqualTypeOf<ImageInput>();
  expectTypeOf<Brushwork['stylize']>().returns.resolves.toEqualTypeOf<Painting>();
  expectTypeOf<Painting['timings']>().toEqualTypeOf<Record<Stage, number>>();
  expectTypeOf<BackendInfo['parallelism']>().toEqualTypeOf<'threads' | 'workers' | 'none'>();
  expectTypeOf<BackendInfo['reasons']>().toEqualTypeOf<string[]>();
  expectTypeOf<Progress>().toEqualTypeOf<{ stage: Stage; done: number; total: number; fraction: number }>();
  expectTypeOf<BrushworkError['code']>().toEqualTypeOf<ErrorCode>();
});

it('takes every picture of the contract', () => {
  expectTypeOf<
    | Blob | File | ArrayBuffer | Uint8Array | ImageData | { data: Uint8Array; width: number; height: number } | ImageBitmap | VideoFrame
    | OffscreenCanvas | HTMLImageElement | HTMLCanvasElement | HTMLVideoElement
  >().toExtend<ImageInput>();
});

it('rejects what cannot be had', async () => {
  await expect(Brushwork.create({ backend: 'webgpu' })).rejects.toMatchObject({ code: 'unsupported-environment' });
  await expect(Brushwork.create({ threads: -1 })).rejects.toBeInstanceOf(BrushworkError);
  await expect(Brushwork.create({ signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError', code: 'aborted' });
});
