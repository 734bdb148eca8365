/** Paints a picture file into a picture file. */
import { Brushwork, type Painting, type Style, type StylizeOptions } from '../index.js';
import type { StyleSource, StylizeCommand } from './arguments.js';
import { naming, outputType, readBytes, writeBytes } from './files.js';
import { ProgressBar } from './progress-bar.js';
import { parseStyleMix } from './style-mix.js';

/** What is known of the painting, in one line. */
export async function stylizeFile(command: StylizeCommand): Promise<string> {
  const type = outputType(command.output);
  const engine = await Brushwork.create();
  try {
    return await stylizeWith(engine, command, type);
  } finally {
    engine.dispose();
  }
}

async function stylizeWith(engine: Brushwork, command: StylizeCommand, type: string): Promise<string> {
  const style = await loadStyle(engine, command.style);
  const photo = await readBytes(command.input);
  const began = performance.now();
  const painting = await naming(command.input, paint(engine, photo, await optionsOf(command, style)));
  const seconds = (performance.now() - began) / 1000;
  const blob = await painting.toBlob(type, command.quality === undefined ? undefined : command.quality / 100);
  await writeBytes(command.output, new Uint8Array(await blob.arrayBuffer()));
  return `${command.output}: ${painting.width} x ${painting.height}, painted in ${seconds.toFixed(2)} s`;
}

async function paint(engine: Brushwork, photo: Uint8Array, options: StylizeOptions): Promise<Painting> {
  const bar = new ProgressBar();
  try {
    return await engine.stylize(photo, { ...options, onProgress: ({ fraction }) => bar.show(fraction, 'painting') });
  } finally {
    bar.end();
  }
}

interface PaintOptions extends StylizeOptions {
  brush?: number;
  mask?: Uint8Array;
  preserveColor?: number;
}

/** Only what was asked for: the package has the defaults. */
async function optionsOf(command: StylizeCommand, style: Style): Promise<PaintOptions> {
  const { strength, maxPixels, statistics, brush, mask, preserveColor } = command;
  return {
    style,
    ...(strength !== undefined && { strength }),
    ...(maxPixels !== undefined && { maxPixels }),
    ...(statistics !== undefined && { statistics }),
    ...(brush !== undefined && { brush }),
    ...(mask !== undefined && { mask: await readBytes(mask) }),
    ...(preserveColor !== undefined && { preserveColor }),
  };
}

async function loadStyle(engine: Brushwork, source: StyleSource): Promise<Style> {
  if (source.kind === 'mix') return mixOf(engine, source.text);
  const bytes = await readBytes(source.path);
  return naming(
    source.path,
    source.kind === 'picture' ? engine.styleFromImage(bytes) : engine.styleFromModel(bytes, source.options),
  );
}

async function mixOf(engine: Brushwork, text: string): Promise<Style> {
  const parts = parseStyleMix(text);
  const styles = await Promise.all(parts.map(({ id }) => engine.style(id)));
  return engine.mix(styles.map((style, i) => ({ style, weight: parts[i]?.weight ?? 1 })));
}
