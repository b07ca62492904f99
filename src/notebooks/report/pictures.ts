/** Where two pictures differ, as a picture of its own. */
import { differenceOf } from "../check/compare-images";
import { pixelsOf, pngOf } from "../check/pixels";
import { joined, type Output } from "../notebook/notebook-file";

const mimes = ["image/png", "image/jpeg"];

function bytesOf({ data }: Output, mime: string): Buffer | undefined {
  const content = data?.[mime];
  return content === undefined ? undefined : Buffer.from(joined(content as string | string[]), "base64");
}

/** Of each picture that is another than the reference's: what differs in red, as a PNG in base64. */
export function pictureDifferences(reference: readonly Output[], ours: readonly Output[]): string[] {
  const [before, after] = [reference, ours].map((outputs) =>
    outputs.filter(({ data }) => mimes.some((mime) => data?.[mime])),
  );
  return after.flatMap((output, i) => {
    const mime = mimes.find((each) => output.data?.[each]);
    const [a, b] = [before[i], output].map((each) => mime && each && bytesOf(each, mime));
    if (!mime || !a || !b || a.equals(b)) return [];
    try {
      const [theirs, mine] = [a, b].map((bytes) => pixelsOf(bytes, mime));
      const equal = theirs.width === mine.width && theirs.height === mine.height;
      return equal ? [pngOf(differenceOf(theirs, mine)).toString("base64")] : [];
    } catch {
      return []; // the difference says why it cannot be read
    }
  });
}
