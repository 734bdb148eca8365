// What a server does that renders the page: it imports the package, and must not fall over.
import assert from 'node:assert/strict';
import { Worker, isMainThread } from 'node:worker_threads';
import { Brushwork, BrushworkError } from 'brushwork';

for (const name of ['document', 'window', 'HTMLImageElement', 'ImageData', 'OffscreenCanvas']) assert.equal(globalThis[name], undefined);
assert.equal(typeof Brushwork.create, 'function');
assert.ok(new BrushworkError('internal', 'x') instanceof Error);

await assert.rejects(Brushwork.create({ host: 'worker' }), { code: 'unsupported-environment' });
await assert.rejects(Brushwork.create({ assets: new URL('./nowhere/', import.meta.url) }), { code: 'network' });
const engine = await Brushwork.create(process.env.ASSETS ? { assets: new URL(process.env.ASSETS) } : {});
assert.equal(engine.backend.parallelism, 'none');
const photo = { data: new Uint8Array(16 * 8 * 4).fill(99), width: 16, height: 8 };
const painting = await engine.stylize(photo, { style: engine.styles()[0].id });
assert.equal(painting.data.length, photo.data.length);
assert.throws(() => painting.toImageData(), { code: 'unsupported-environment' });
assert.ok((await painting.toBlob('image/jpeg')).size > 0);
engine.dispose();

if (isMainThread) {
  await new Promise((resolve, reject) => new Worker(new URL(import.meta.url)).once('error', reject).once('exit', resolve));
  console.log('all is well');
}
