/** A small picture, the same everywhere; large enough to be shared by several workers. */
export function picture(width = 288, height = 240) {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, at = 0; y < height; ++y) {
    for (let x = 0; x < width; ++x, at += 4) {
      const ring = Math.abs(x - width / 2) + Math.abs(y - height / 2);
      data.set([(x * 255) / width, (y * 255) / height, ring % 64 < 32 ? 220 : 40, 255], at);
    }
  }
  return { data, width, height };
}
