import { afterEach, expect, it, vi } from 'vitest';
import { Assets } from '../src/assets.js';

afterEach(() => vi.unstubAllGlobals());

const scriptFor = (folder: string | undefined): string | undefined => {
  vi.stubGlobal('location', new URL('https://example.com/gallery/'));
  return new Assets(folder).worker();
};

it('takes the workers from the folder it was given', () => {
  expect(scriptFor('https://example.com/brushwork/')).toBe('https://example.com/brushwork/brushwork-worker.js');
});

it('takes them from the package where there is no folder, or one on another site', () => {
  expect(scriptFor(undefined)).toBeUndefined();
  expect(scriptFor('https://cdn.example.com/brushwork/')).toBeUndefined();
});

it('has no workers where there is no page', () => {
  expect(new Assets('file:///srv/assets/').worker()).toBeUndefined();
});

it('takes every other file from the folder, wherever that is', () => {
  const { glue, wasm } = new Assets('https://cdn.example.com/brushwork/').engine('simd');
  expect(glue).toBe('https://cdn.example.com/brushwork/brushwork-simd.mjs');
  expect(wasm).toBe('https://cdn.example.com/brushwork/brushwork-simd.wasm');
});
