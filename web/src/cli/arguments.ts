/** What was asked for on the command line. */
import { parseArgs } from 'node:util';

/** The command line makes no sense: exit code 2. */
export class UsageError extends Error {}

/** What to paint like. */
export type StyleSource =
  | { kind: 'mix'; text: string }
  | { kind: 'picture'; path: string }
  | { kind: 'model'; path: string; options: ModelSettings };

export interface ModelSettings {
  inputRange?: [number, number] | undefined;
  outputRange?: [number, number] | undefined;
  channelOrder?: 'rgb' | 'bgr' | undefined;
  precision?: 'auto' | 'float' | 'int8' | undefined;
}

export interface StylizeCommand {
  kind: 'stylize';
  input: string;
  output: string;
  style: StyleSource;
  strength?: number | undefined;
  maxPixels?: number | undefined;
  brush?: number | undefined;
  /** The path of a picture. */
  mask?: string | undefined;
  preserveColor?: number | undefined;
  statistics?: 'auto' | 'exact' | 'thumbnail' | undefined;
  /** Of a JPEG, 1 to 100. */
  quality?: number | undefined;
}

export type Command = StylizeCommand | { kind: 'styles' | 'help' | 'version' };

export const HELP = `usage: brushwork IN -o OUT --style ID [OPTIONS]     paint a picture
       brushwork styles                             list the built-in styles, one a line, the id first

IN is a JPEG, PNG, BMP or GIF; OUT ends in .png, .jpg or .jpeg.

  -o, --output FILE          the painting
what to paint like, one of:
  -s, --style ID             a built-in style, or a mix of some: a:2,b:1
      --style-image FILE     a picture to paint like: JPEG, PNG, BMP or GIF
  -m, --model FILE           an ONNX generator of your own
of your own generator:
      --input-range LOW HIGH     what it reads for black and white (default 0 1)
      --output-range LOW HIGH    what it writes for black and white (default as --input-range)
      --channel-order ORDER      rgb or bgr (default rgb)
      --precision PRECISION      auto (float models in int8 where that loses little), float or int8
      --float                    short for --precision float
how to paint:
      --strength AMOUNT          0 (the photo) to 1 (the painting)
      --max-pixels N             scale larger photos down to this
      --brush SIZE               size of the brush: paint at this scale of the photo (default 1)
      --mask FILE                paint only where this picture is bright
      --preserve-color [AMOUNT]  keep the photo's hues, all of them or an amount from 0 to 1
      --statistics SOURCE        of normalizations: auto, exact (the whole picture) or thumbnail (any size)
      --quality N                of a JPEG, 1 to 100 (default 92)

      --list-styles, --version, -h, --help

Exit codes: 0 done, 1 failed (the message says why), 2 wrong usage.
`;

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  style: { type: 'string', short: 's' },
  'style-image': { type: 'string' },
  model: { type: 'string', short: 'm' },
  'input-range': { type: 'string' },
  'output-range': { type: 'string' },
  'channel-order': { type: 'string' },
  precision: { type: 'string' },
  float: { type: 'boolean' },
  strength: { type: 'string' },
  'max-pixels': { type: 'string' },
  brush: { type: 'string' },
  mask: { type: 'string' },
  'preserve-color': { type: 'string' },
  statistics: { type: 'string' },
  quality: { type: 'string' },
  'list-styles': { type: 'boolean' },
  version: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const isNumber = (text: string | undefined): text is string => text !== undefined && text.trim() !== '' && Number.isFinite(Number(text));

/** Options with two values or with none, which parseArgs does not know, as options with one: --input-range=0,255. */
function joinValues(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (let i = 0; i < args.length; ++i) {
    const [name = '', next, afterNext] = args.slice(i, i + 3);
    if (name === '--') return [...joined, ...args.slice(i)];
    if (/^--(input|output)-range$/.test(name) && isNumber(next) && isNumber(afterNext)) {
      joined.push(`${name}=${next},${afterNext}`);
      i += 2;
    } else if (name === '--preserve-color') {
      joined.push(`${name}=${isNumber(next) ? args[++i] : '1'}`);
    } else {
      joined.push(name);
    }
  }
  return joined;
}

function parse(args: readonly string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args: joinValues(args), options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

type Values = { [K in keyof typeof OPTIONS]?: ((typeof OPTIONS)[K]['type'] extends 'string' ? string : boolean) | undefined };

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined || isNumber(text)) return text === undefined ? undefined : Number(text);
  throw new UsageError(`--${name}: got '${text}', needed a number`);
}

function rangeOf(name: string, text: string | undefined): [number, number] | undefined {
  if (text === undefined) return undefined;
  const [low, high, ...more] = text.split(',');
  if (isNumber(low) && isNumber(high) && more.length === 0) return [Number(low), Number(high)];
  throw new UsageError(`--${name}: got '${text}', needed two numbers: --${name} 0 255`);
}

function oneOf<T extends string>(name: string, text: string | undefined, allowed: readonly T[]): T | undefined {
  const found = allowed.find((value) => value === text);
  if (text === undefined || found !== undefined) return found;
  throw new UsageError(`--${name}: got '${text}', needed one of ${allowed.join(', ')}`);
}

function styleSource(values: Values): StyleSource {
  const { style, 'style-image': picture, model } = values;
  const given = [style, picture, model].filter((value) => value !== undefined).length;
  if (given === 0) throw new UsageError('--style, --style-image or --model is required');
  if (given > 1) throw new UsageError('--style, --style-image and --model exclude each other');
  if (style !== undefined) return { kind: 'mix', text: style };
  if (picture !== undefined) return { kind: 'picture', path: picture };
  const options = {
    inputRange: rangeOf('input-range', values['input-range']),
    outputRange: rangeOf('output-range', values['output-range']),
    channelOrder: oneOf('channel-order', values['channel-order'], ['rgb', 'bgr']),
    precision: values.float ? ('float' as const) : oneOf('precision', values.precision, ['auto', 'float', 'int8']),
  };
  return { kind: 'model', path: model ?? '', options };
}

function qualityOf(values: Values): number | undefined {
  const quality = numberOf('quality', values.quality);
  if (quality === undefined || (Number.isInteger(quality) && quality >= 1 && quality <= 100)) return quality;
  throw new UsageError(`--quality: got '${values.quality}', needed an integer from 1 to 100`);
}

/** Throws UsageError. */
export function parseArguments(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  if (values['list-styles'] || (positionals.length === 1 && positionals[0] === 'styles')) return { kind: 'styles' };
  // As the native program is called.
  if (positionals.length > 1 && positionals[0] === 'stylize') positionals.shift();
  const [input, ...more] = positionals;
  if (input === undefined) throw new UsageError('the photo is missing');
  if (more.length > 0) throw new UsageError(`got ${positionals.length} photos (${positionals.join(', ')}), needed one`);
  if (values.output === undefined) throw new UsageError('--output is required');
  return {
    kind: 'stylize',
    input,
    output: values.output,
    style: styleSource(values),
    strength: numberOf('strength', values.strength),
    maxPixels: numberOf('max-pixels', values['max-pixels']),
    brush: numberOf('brush', values.brush),
    mask: values.mask,
    preserveColor: numberOf('preserve-color', values['preserve-color']),
    statistics: oneOf('statistics', values.statistics, ['auto', 'exact', 'thumbnail']),
    quality: qualityOf(values),
  };
}
