/** The few lines that paint what is on the screen. */
import { weightsAt } from '../panel/mixer-weights.js';
import type { Choice, Look, Settings } from '../app/state.js';

const round = (value: number): number => Math.round(value * 1000) / 1000;

function styleExpression(id: string, choice: Choice | undefined, number: string): string[] {
  if (!choice || typeof choice.style === 'string') return [`const style${number} = await engine.style('${id}');`];
  const make = id.startsWith('picture') ? 'styleFromImage(picture)' : 'styleFromModel(onnx)';
  return [`const style${number} = await engine.${make}; // ${choice.title.replaceAll(/[\r\n]/g, ' ')}`];
}

function lookLines(look: Look, choiceOf: (id: string) => Choice | undefined): { lines: string[]; style: string } {
  if (look.kind === 'style') {
    const choice = choiceOf(look.id);
    if (!choice?.own) return { lines: [], style: `'${look.id}'` };
    return { lines: styleExpression(look.id, choice, ''), style: 'style' };
  }
  const weights = weightsAt(look.ids.length, look.x, look.y);
  const lines = look.ids.flatMap((id, i) => styleExpression(id, choiceOf(id), String(i + 1)));
  const parts = look.ids.map((_, i) => `  { style: style${i + 1}, weight: ${round(weights[i] ?? 0)} },`);
  return { lines: [...lines, 'const style = engine.mix([', ...parts, ']);'], style: 'style' };
}

/** On one line while it is short. */
function call(options: string[]): string[] {
  const inOne = `const painting = await engine.stylize(photo, { ${options.join(', ')} });`;
  if (inOne.length <= 84) return [inOne];
  return ['const painting = await engine.stylize(photo, {', ...options.map((option) => `  ${option},`), '});'];
}

export function snippet({ look, strength, preserveColor, brush, maxPixels, region }: Settings, choiceOf: (id: string) => Choice | undefined): string {
  if (!look) return '';
  const { lines, style } = lookLines(look, choiceOf);
  const options = [
    style === 'style' ? 'style' : `style: ${style}`,
    strength !== 1 && `strength: ${round(strength)}`,
    preserveColor !== 0 && `preserveColor: ${round(preserveColor)}`,
    brush !== 1 && `brush: ${brush}`,
    Number.isFinite(maxPixels) && `maxPixels: ${maxPixels}`,
    region && 'mask',
  ].filter((option) => typeof option === 'string');
  return [
    "import { Brushwork } from 'brushwork';",
    'const engine = await Brushwork.create();',
    ...lines,
    ...call(options),
    'context.putImageData(painting.toImageData(), 0, 0);',
  ].join('\n');
}
