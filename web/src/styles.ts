/** Styles: what they are made of, blending them, and taking them from one engine to another. */
import type { Ingredient } from './engine/protocol.js';
import { BrushworkError, describe, invalidArgument } from './errors.js';
import { type StyleJson, readStyleJson, writeStyleJson } from './style-json.js';
import type { Style } from './types.js';

/** What styles have to know of the model that paints them. */
export interface StyleGenerator {
  /** Of the model's file. */
  readonly sha256: string;
  /** The same for generators that paint the same. */
  readonly key: string;
  /** Of each of its style vectors; 0 if there can be but one style. */
  readonly vectorBytes: number;
}

/** How to paint a style: a generator, and a blend of its vectors. Without any, the generator's own style. */
export interface Recipe<G extends StyleGenerator> {
  readonly generator: G;
  readonly ingredients: readonly Ingredient[];
}

class EngineStyle implements Style {
  readonly #json: StyleJson;

  constructor(readonly id: string, readonly title: string, json: Omit<StyleJson, 'id' | 'title'>) {
    this.#json = { id, title, ...json };
    Object.freeze(this);
  }

  toJSON(): unknown {
    return writeStyleJson(this.#json);
  }
}

/** All styles that one engine has made. */
export class Styles<G extends StyleGenerator> {
  private readonly recipes = new WeakMap<object, Recipe<G>>();
  private mixes = 0;

  make(id: string, title: string, recipe: Recipe<G>): Style {
    const style = new EngineStyle(id, title, { generator: recipe.generator.sha256, ingredients: recipe.ingredients });
    this.recipes.set(style, recipe);
    return style;
  }

  /** `name`: of the argument, for the message where it is not a style of this engine. */
  recipeOf(style: unknown, name = 'style', needed = 'the id of a built-in style, or a style made by this engine'): Recipe<G> {
    const recipe = typeof style === 'object' && style !== null ? this.recipes.get(style) : undefined;
    if (!recipe) throw invalidArgument(name, style, needed);
    return recipe;
  }

  /** A blend. The vectors' weights are multiplied here, and summed for equal ones; the vectors themselves the engine blends. */
  mix(parts: unknown): Style {
    const checked = this.checkParts(parts).filter(({ weight }) => Math.fround(weight) > 0);
    const [first] = checked;
    if (!first) throw new BrushworkError('invalid-argument', 'parts: all weights are 0, needed one above');
    for (const part of checked) this.checkBlendable(first, part);
    const ingredients = joinEqual(checked.flatMap(({ recipe, weight }) => weigh(recipe.ingredients, weight)));
    const titles = [...new Set(checked.map(({ title }) => title))];
    return this.make(`mix-${++this.mixes}`, titles.join(' + '), { generator: first.recipe.generator, ingredients });
  }

  /** What `toJSON` gave, here or in another engine. */
  fromJson(json: unknown, find: (sha256: string) => G | undefined): Style {
    const { id, title, generator: sha256, ingredients } = readStyleJson(json);
    const generator = find(sha256);
    if (!generator) {
      const needed = 'that of a built-in generator or of a model that this engine has loaded';
      throw new BrushworkError('incompatible-styles', `json.generator: got ${describe(sha256)}, needed ${needed}`);
    }
    ingredients.forEach(({ vector: { length } }, i) => {
      if (length === generator.vectorBytes) return;
      const needed = `${generator.vectorBytes}, as the generator's styles have`;
      throw new BrushworkError('invalid-argument', `json.parts[${i}].vector: got ${length} bytes, needed ${needed}`);
    });
    return this.make(id, title, { generator, ingredients });
  }

  private checkParts(parts: unknown): Part<G>[] {
    if (!Array.isArray(parts) || parts.length === 0) throw invalidArgument('parts', parts, 'an array of one or more { style, weight }');
    const checked = parts.map((part: unknown, i) => this.checkPart(part, `parts[${i}]`));
    const sum = checked.reduce((total, { weight }) => total + weight, 0);
    // The engine's weights are floats of 32 bits.
    if (Number.isFinite(Math.fround(sum))) return checked;
    throw new BrushworkError('invalid-argument', `parts: got weights whose sum is ${sum}, needed a smaller one`);
  }

  private checkPart(part: unknown, name: string): Part<G> {
    if (typeof part !== 'object' || part === null) throw invalidArgument(name, part, '{ style, weight }');
    const { style, weight } = part as { style?: unknown; weight?: unknown };
    const recipe = this.recipeOf(style, `${name}.style`, 'a style made by this engine (styleFromJSON makes one of that of another)');
    if (typeof weight !== 'number' || !Number.isFinite(weight) || weight < 0) {
      throw invalidArgument(`${name}.weight`, weight, 'a finite number of at least 0');
    }
    return { name: `${name}.style`, title: (style as Style).title, recipe, weight };
  }

  private checkBlendable(first: Part<G>, { name, title, recipe }: Part<G>): void {
    if (recipe.generator.key !== first.recipe.generator.key) {
      const other = `${JSON.stringify(title)} and ${JSON.stringify(first.title)} are painted by different generators`;
      throw new BrushworkError('incompatible-styles', `${name}: ${other}, needed styles of one`);
    }
    if ((recipe.ingredients.length === 0) === (first.recipe.ingredients.length === 0)) return;
    const own = recipe.ingredients.length === 0 ? title : first.title;
    throw new BrushworkError('incompatible-styles', `${name}: ${JSON.stringify(own)} is a model's own style, which blends with no other`);
  }
}

interface Part<G extends StyleGenerator> {
  name: string;
  title: string;
  recipe: Recipe<G>;
  weight: number;
}

/** The ingredients' shares of this weight. */
function weigh(ingredients: readonly Ingredient[], weight: number): Ingredient[] {
  const sum = ingredients.reduce((total, part) => total + part.weight, 0);
  return ingredients.map((part) => ({ vector: part.vector, weight: weight * (part.weight / sum) }));
}

/** So that a blend of a style with itself is that style to the bit. */
function joinEqual(ingredients: readonly Ingredient[]): Ingredient[] {
  const joined: Ingredient[] = [];
  for (const { vector, weight } of ingredients) {
    const equal = joined.find((other) => sameBytes(other.vector, vector));
    if (equal) equal.weight += weight;
    else joined.push({ vector, weight });
  }
  return joined;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
