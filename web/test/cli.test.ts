import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { HELP, UsageError, parseArguments } from '../src/cli/arguments.js';
import { naming, outputType, readBytes, writeBytes } from '../src/cli/files.js';
import { parseStyleMix } from '../src/cli/style-mix.js';
import { BrushworkError } from '../src/errors.js';

const parse = (line: string) => parseArguments(line.split(' ').filter(Boolean));
const stylize = (more: string) => parse(`in.jpg -o out.png ${more}`);

describe('arguments', () => {
  it('reads what npx brushwork is called with, in any order', () => {
    const wanted = { kind: 'stylize', input: 'in.jpg', output: 'out.png', style: { kind: 'mix', text: 'a:2,b' } };
    expect(parse('in.jpg -o out.png --style a:2,b')).toMatchObject(wanted);
    expect(parse('--style=a:2,b --output out.png in.jpg')).toMatchObject(wanted);
    expect(parse('stylize in.jpg -o out.png -s a:2,b')).toMatchObject(wanted);
    expect(parse('stylize -o out.png -s a')).toMatchObject({ input: 'stylize' });
  });

  it('has styles, help and version', () => {
    expect(parse('styles')).toEqual({ kind: 'styles' });
    expect(parse('--list-styles')).toEqual({ kind: 'styles' });
    expect(parse('in.jpg --help')).toEqual({ kind: 'help' });
    expect(parse('--version')).toEqual({ kind: 'version' });
  });

  it('reads ranges, below zero as well', () => {
    expect(stylize('-m own.onnx --input-range -1 1 --output-range 0,255')).toMatchObject({
      style: { kind: 'model', path: 'own.onnx', options: { inputRange: [-1, 1], outputRange: [0, 255] } },
    });
    expect(() => stylize('-m own.onnx --input-range 0')).toThrow("--input-range: got '0', needed two numbers: --input-range 0 255");
    expect(() => stylize('-m own.onnx --input-range 0,1,2')).toThrow(UsageError);
  });

  it('reads an amount of colour to preserve, or none', () => {
    expect(stylize('-s a --preserve-color')).toMatchObject({ preserveColor: 1 });
    expect(stylize('-s a --preserve-color 0.25')).toMatchObject({ preserveColor: 0.25 });
    expect(parse('--preserve-color in.jpg -o out.png -s a')).toMatchObject({ preserveColor: 1, input: 'in.jpg' });
    expect(() => stylize('-s a --preserve-color=much')).toThrow("--preserve-color: got 'much', needed a number");
  });

  it('reads numbers, names and files', () => {
    expect(stylize('-s a --strength 0.5 --max-pixels 1e6 --brush .5 --mask m.png --statistics exact --quality 80')).toMatchObject({
      strength: 0.5, maxPixels: 1e6, brush: 0.5, mask: 'm.png', statistics: 'exact', quality: 80,
    });
    expect(stylize('-m m.onnx --channel-order bgr --float')).toMatchObject({ style: { options: { channelOrder: 'bgr', precision: 'float' } } });
    expect(parse('-o out.png -s a -- -in.jpg')).toMatchObject({ input: '-in.jpg' });
  });

  it.each([
    ['', 'the photo is missing'],
    ['in.jpg -s a', '--output is required'],
    ['in.jpg -o out.png', '--style, --style-image or --model is required'],
    ['in.jpg -o out.png -s a -m b', 'exclude each other'],
    ['in.jpg other.jpg -o out.png -s a', 'got 2 photos (in.jpg, other.jpg), needed one'],
    ['in.jpg -o out.png -s a --strength high', "--strength: got 'high', needed a number"],
    ['in.jpg -o out.png -s a --quality 0', "--quality: got '0', needed an integer from 1 to 100"],
    ['in.jpg -o out.png -s a --statistics some', "--statistics: got 'some', needed one of auto, exact, thumbnail"],
    ['in.jpg -o out.png -s a --colour', '--colour'],
    ['in.jpg -o', 'output'],
  ])('refuses "%s"', (line, message) => {
    expect(() => parse(line)).toThrow(UsageError);
    expect(() => parse(line)).toThrow(message);
  });

  it('helps with every option', () => {
    for (const name of ['output', 'style-image', 'input-range', 'channel-order', 'mask', 'preserve-color', 'quality']) {
      expect(HELP).toContain(`--${name}`);
    }
  });
});

describe('mixes', () => {
  it('reads weights, which are 1 where they are left out', () => {
    expect(parseStyleMix('a')).toEqual([{ id: 'a', weight: 1 }]);
    expect(parseStyleMix('a:2,b,c:2.5e-1')).toEqual([{ id: 'a', weight: 2 }, { id: 'b', weight: 1 }, { id: 'c', weight: 0.25 }]);
  });

  it.each([
    ['a:much', "style: got the weight 'much' of 'a', needed a number of at least 0"],
    ['a:', "style: got the weight '' of 'a'"],
    ['a:-1', "'-1'"],
    ['a:0x10', "'0x10'"],
    ['a:1:2', "'1:2'"],
    ['a,', "style: got '', needed an id"],
    ['a:0,b:0', "style: got 'a:0,b:0', needed a weight above 0"],
  ])('refuses "%s"', (text, message) => {
    expect(() => parseStyleMix(text)).toThrow(message);
  });
});

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'brushwork-files-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('says why a file cannot be read or written', async () => {
    await expect(readBytes('/nowhere/a.jpg')).rejects.toThrow("can't read '/nowhere/a.jpg': no such file or directory");
    await expect(readBytes(folder)).rejects.toThrow(`can't read '${folder}': illegal operation on a directory`);
    await expect(writeBytes('/nowhere/a.png', new Uint8Array(1))).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  it('writes whole files only', async () => {
    await writeBytes(join(folder, 'a.png'), Uint8Array.of(1, 2));
    expect([...readFileSync(join(folder, 'a.png'))]).toEqual([1, 2]);
    expect(readdirSync(folder)).toEqual(['a.png']);
  });

  it('knows the type of a painting by its name', () => {
    expect(outputType(join(folder, 'a.PNG'))).toBe('image/png');
    expect(outputType('a.jpeg')).toBe('image/jpeg');
    expect(() => outputType('a.gif')).toThrow("output: got 'a.gif', needed a name that ends in .png, .jpg or .jpeg");
    expect(() => outputType('/nowhere/a.png')).toThrow("output: the folder '/nowhere' does not exist");
  });

  it('names the file that an error is about', async () => {
    const fail = (code: BrushworkError['code']) => naming('a.jpg', Promise.reject(new BrushworkError(code, 'got nothing')));
    await expect(fail('unsupported-image')).rejects.toMatchObject({ code: 'unsupported-image', message: "'a.jpg': got nothing" });
    await expect(fail('out-of-memory')).rejects.toThrow(/^got nothing$/);
  });
});
