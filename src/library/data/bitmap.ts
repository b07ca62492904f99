/**
 * Rows of red, green and blue as a Windows bitmap (24 bits, rows from below, each padded to four bytes): every browser
 * reads it, and it needs no compression.
 */
export function bitmap(pixels: ArrayLike<number>, width: number, height: number): Buffer {
  const stride = Math.ceil((width * 3) / 4) * 4;
  const headers = 54;
  const file = Buffer.alloc(headers + stride * height);
  file.write("BM");
  file.writeUInt32LE(file.length, 2);
  file.writeUInt32LE(headers, 10);
  file.writeUInt32LE(40, 14);
  file.writeInt32LE(width, 18);
  file.writeInt32LE(height, 22);
  file.writeUInt16LE(1, 26);
  file.writeUInt16LE(24, 28);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const to = headers + (height - 1 - y) * stride + x * 3;
      for (let channel = 0; channel < 3; channel++) file[to + channel] = pixels[from + 2 - channel];
    }
  }
  return file;
}

/** The same as an address for `<img src>`. */
export function bitmapUrl(pixels: ArrayLike<number>, width: number, height: number): string {
  return `data:image/bmp;base64,${bitmap(pixels, width, height).toString("base64")}`;
}
