// The strictest content security policy under which everything works, Trusted Types included: the one that docs/environments.md shows. The
// browser reports every violation to the server, those of workers too.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONTENT_SECURITY_POLICY } from '../../../demo/headers.mjs';
import { serve } from '../../../demo/serve.mjs';
import { expect, root, test as base } from '../support/fixtures.mjs';
import { styles } from '../support/models.mjs';

const styleId = styles[0].id;
const documented = /```\nContent-Security-Policy: ([^`]*)\n```/.exec(readFileSync(join(root, 'docs/environments.md'), 'utf8'))[1].replace(/\s+/g, ' ');
/** The harness page's own icon. */
const icon = '; img-src data:';

const test = base.extend({
  /** Opens the harness page under a policy; `violations` has what the browser reported. */
  strict: async ({ page, consoleErrors: _ }, use) => {
    const servers = [];
    await use(async (policy, { isolation = true } = {}) => {
      const violations = [];
      const server = await serve({
        root, isolation, policy: `${policy}${icon}; report-uri /violations`,
        onRequest: (request) => {
          if (request.url === '/violations') request.setEncoding('utf8').on('data', (text) => violations.push(text));
        },
      });
      servers.push(server);
      await page.goto(`${server.url}tests/browser/pages/harness.html`);
      await page.waitForFunction(() => window.t !== undefined);
      return violations;
    });
    for (const server of servers) await server.close();
  },
});

test.beforeEach(() => {
  if (!existsSync(join(root, 'web/dist/index.js'))) throw new Error('web/dist is missing: build the package first');
});

/** Uses every program and every kind of worker. */
const useEverything = (page) => page.evaluate(async (style) => {
  const { bw, t } = window;
  const engine = await bw.Brushwork.create({ threads: 2 });
  const painting = await engine.stylize(t.picture(300, 260), { style });
  await engine.styleFromImage(t.picture(64, 64));
  const frame = new VideoFrame(new Uint8Array(64 * 48 * 4).fill(99), { format: 'RGBA', codedWidth: 64, codedHeight: 48, timestamp: 0 });
  const frames = new ReadableStream({ start: (controller) => (controller.enqueue(frame), controller.close()) });
  for await (const painted of frames.pipeThrough(engine.video({ style }))) painted.close();
  await painting.toBlob('image/jpeg');
  const inline = await bw.Brushwork.create({ host: 'inline', threads: 1 });
  await inline.stylize(t.picture(64, 64), { style });
  const { defineBrushWork } = await import('/web/dist/element.js');
  defineBrushWork();
  const element = document.createElement('brush-work');
  Object.assign(element, { engine, styling: style, image: t.picture(64, 64) });
  const shown = new Promise((resolve, reject) => {
    element.addEventListener('painted', resolve);
    element.addEventListener('error', ({ error }) => reject(error));
  });
  document.body.append(element);
  await shown;
  return engine.backend;
}, styleId);

for (const isolation of [true, false]) {
  test(`everything works under the documented policy, ${isolation ? 'isolated' : 'not isolated'}, and nothing violates it`, async ({ strict, page }) => {
    const violations = await strict(documented, { isolation });
    const backend = await useEverything(page);
    expect(backend).toMatchObject({ threads: 2, parallelism: isolation ? 'threads' : 'workers' });
    expect(violations).toEqual([]);
  });
}

test('a violation would be noticed, in a worker too', async ({ strict, page, consoleErrors }) => {
  const violations = await strict(documented);
  await page.evaluate(() => {
    const policy = trustedTypes.createPolicy('brushwork', { createScriptURL: (url) => url });
    window.worker = new Worker(policy.createScriptURL('/tests/browser/pages/catch2-worker.js'), { type: 'module' });
    try {
      document.body.innerHTML = '<b>text</b>';
    } catch {
      // As it should be.
    }
    // Imports what it is told to.
    window.worker.postMessage({ module: 'https://example.org/module.js', files: [], environment: {}, args: [] });
  });
  await expect.poll(() => violations.join()).toMatch(/require-trusted-types-for/);
  await expect.poll(() => violations.join()).toMatch(/"document-uri":"[^"]*catch2-worker\.js"[^}]*example\.org/);
  consoleErrors.length = 0;
});

test('a policy that does not allow ours to name workers: in the calling thread', async ({ strict, page, consoleErrors }) => {
  await strict(documented.replace('trusted-types brushwork', 'trusted-types theirs'));
  const backend = await useEverything(page);
  expect(backend).toMatchObject({ threads: 1, parallelism: 'none' });
  expect(backend.reasons.join('\n')).toMatch(/^in the calling thread: the engine's worker could not be started: .*TrustedScriptURL/m);
  consoleErrors.length = 0; // the browser's own, about the policy
});

test('a policy that names other trusted types and does not require any: workers', async ({ strict, page, consoleErrors }) => {
  await strict(documented.replace("require-trusted-types-for 'script'; trusted-types brushwork", 'trusted-types theirs'));
  expect((await useEverything(page)).parallelism).toBe('threads');
  consoleErrors.length = 0; // the browser's own, about the policy
});

test('the page carries a policy at least as strict, and no script of its own beside its files', () => {
  const html = readFileSync(join(root, 'demo/dist/index.html'), 'utf8').replaceAll('&#39;', "'");
  expect(html).toContain(`content="${CONTENT_SECURITY_POLICY}"`);
  for (const part of ["default-src 'none'", "require-trusted-types-for 'script'"]) expect(CONTENT_SECURITY_POLICY).toContain(part);
  expect(CONTENT_SECURITY_POLICY).not.toMatch(/'unsafe-inline'|'unsafe-eval'|\*|https?:/);
  expect([...html.matchAll(/<script\b(?![^>]*\bsrc=)/g)]).toEqual([]);
  expect(html).not.toMatch(/\son[a-z]+=|javascript:|<style/i);
});
