// The C++ tests with relaxed SIMD, which Node 20 computes wrongly: so in Chromium.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { serve } from '../../../demo/serve.mjs';
import { expect, policy, root, test } from '../support/fixtures.mjs';

const module = 'build/wasm-relaxed/tests/brushwork_tests.mjs';

/** The files below `folder`/`part`, as the program sees them below `mount` and as the server offers them below `prefix`. */
function filesOf({ folder, mount, prefix }, part) {
  const start = join(folder, part);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true })
    .map((name) => posix.join(part, String(name).replaceAll('\\', '/')))
    .filter((path) => !path.includes('node_modules') && statSync(join(folder, path)).isFile())
    .map((path) => ({ folder: posix.dirname(posix.join(mount, path)), name: posix.basename(path), url: encodeURI(prefix + path) }));
}

const count = (line, name) => Number(new RegExp(`${name}="(\\d+)"`).exec(line)?.[1] ?? 0);

test('the C++ tests, relaxed SIMD', async ({ page, consoleErrors }, info) => {
  test.skip(!existsSync(join(root, module)), `${module} is not built`);
  test.setTimeout(900_000);
  const places = {
    BRUSHWORK_ROOT: { folder: root, mount: '/root', prefix: '/' },
    BRUSHWORK_DATA: { folder: process.env.BRUSHWORK_DATA ?? join(root, '../shared/data'), mount: '/data', prefix: '/mounted-data/' },
    BRUSHWORK_REFERENCE: {
      folder: process.env.BRUSHWORK_REFERENCE ?? join(root, 'build/reference'), mount: '/reference', prefix: '/mounted-reference/',
    },
    BRUSHWORK_MODELS: { folder: process.env.BRUSHWORK_MODELS ?? join(root, 'models'), mount: '/models', prefix: '/mounted-models/' },
  };
  const files = [
    ...['models', 'tests'].flatMap((part) => filesOf(places.BRUSHWORK_ROOT, part)),
    ...['third_party', 'photos'].flatMap((part) => filesOf(places.BRUSHWORK_DATA, part)),
    ...filesOf(places.BRUSHWORK_REFERENCE, ''),
    ...filesOf(places.BRUSHWORK_MODELS, ''),
  ];
  const mounts = Object.fromEntries(
    Object.values(places).filter(({ prefix, folder }) => prefix !== '/' && existsSync(folder)).map(({ prefix, folder }) => [prefix, folder]),
  );
  const server = await serve({ root, mounts, policy });
  await page.goto(`${server.url}tests/browser/pages/catch2.html`);
  await page.waitForFunction(() => window.runCatch2 !== undefined);
  const { code, xml, log } = await page.evaluate((request) => window.runCatch2(request), {
    module: `/${module}`,
    files,
    environment: Object.fromEntries(Object.entries(places).map(([name, { mount }]) => [name, mount])),
    args: ['--reporter', 'compact', '--reporter', 'xml::out=/report.xml'],
  });
  await server.close();
  // Tests look for files that are not there, on purpose.
  consoleErrors.length = 0;
  const sums = /<OverallResultsCases[^>]*>/.exec(xml)?.[0];
  if (!sums) throw new Error(`ended with exit code ${code} before all tests had run:\n${log.slice(-4000)}`);
  const cases = {
    passed: count(sums, 'successes') + count(sums, 'expectedFailures'),
    failed: count(sums, 'failures'),
    skipped: count(sums, 'skips'),
  };
  info.annotations.push({ type: 'cases', description: JSON.stringify(cases) });
  info.annotations.push({ type: 'measured', description: `${cases.passed} passed, ${cases.failed} failed, ${cases.skipped} skipped` });
  expect(cases.passed).toBeGreaterThan(0);
  expect(cases.failed, log.slice(-8000)).toBe(0);
});
