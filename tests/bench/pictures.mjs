// The pictures that are painted: named for the pages, and as files of RGBA bytes for processes that decode no JPEG.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Without data, a made-up picture: times depend on its size. */
export const speedPicture = ({ data }) => (existsSync(join(data, 'photos/eval/kodak_05.jpg')) ? { url: '/data/photos/eval/kodak_05.jpg' } : {});

/** URLs of the evaluation photos. */
export function evaluationPhotos({ data }) {
  const folder = join(data, 'photos', 'eval');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith('.jpg')).sort().map((name) => `/data/photos/eval/${name}`);
}

/** A picture of page.mjs (a URL and a size) as { file, width, height }, decoded by the browser. */
export async function pixelFile({ folders, browser }, picture) {
  const { width, height } = picture;
  const key = createHash('sha256').update(JSON.stringify(picture)).digest('hex').slice(0, 12);
  const file = join(folders.build, `${key}-${width}x${height}.rgba`);
  if (!existsSync(file)) {
    const base64 = await browser.withPage({}, (page) =>
      page.evaluate(async (options) => {
        const { data } = await window.bench.pictureOf(options);
        const url = await new Promise((resolve) => {
          const reader = new FileReader();
          reader.onload = () => resolve(reader.result);
          reader.readAsDataURL(new Blob([data]));
        });
        return url.slice(url.indexOf(',') + 1);
      }, picture),
    );
    mkdirSync(folders.build, { recursive: true });
    writeFileSync(file, Buffer.from(base64, 'base64'));
  }
  return { file, width, height };
}
