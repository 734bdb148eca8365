import { describe, expect, it } from 'vitest';
import { BrushWorkElement, defineBrushWork } from '../src/element.js';

describe('the custom element without a DOM', () => {
  it('can be imported, and is not registered', () => {
    expect('HTMLElement' in globalThis).toBe(false);
    expect(defineBrushWork()).toSatisfy((element: typeof BrushWorkElement) => element.prototype instanceof BrushWorkElement);
  });

  it('has the attributes that it documents', () => {
    expect(BrushWorkElement.observedAttributes).toEqual(['src', 'alt', 'styling', 'strength', 'preserve-color', 'brush', 'max-pixels']);
  });
});
