import { markup, type Html } from '../html.js';
import type { GuestMark } from './guest-marks.js';
import type { Box } from './layout.js';
import type { GuestPicture, PagePicture } from './model.js';

interface Share {
  readonly pages: number;
  readonly title: string;
  readonly mark: GuestMark | undefined;
}

/** A pool of hugepages as a bar: each guest's pages in its colour, those that others use hatched, the free ones empty. */
export function drawPool(
  box: Box,
  cell: number,
  { sizeKib, total, free }: PagePicture,
  guests: readonly GuestPicture[],
  marks: ReadonlyMap<string, GuestMark>,
): Html {
  const known = guests.flatMap(({ uuid, name, memory }): Share[] => {
    const pages = memory
      .filter((share) => share.cell === cell && share.pageSizeKib === sizeKib)
      .reduce((sum, share) => sum + share.pages, 0);
    return pages === 0 ? [] : [{ pages, title: `${name}: ${pages}`, mark: marks.get(uuid) }];
  });
  const used = total - free;
  const others = used - known.reduce((sum, { pages }) => sum + pages, 0);
  const shares =
    others > 0 ? [...known, { pages: others, title: `others: ${others}`, mark: undefined }] : known;
  const bar = { y: box.y + 14, height: 9 };
  let x = box.x;
  const segments = shares.map(({ pages, title, mark }) => {
    const width = total === 0 ? 0 : Math.min((pages / total) * box.width, box.x + box.width - x);
    const start = x;
    x += width;
    return markup`<g
      ><title>${title} of ${total} pages</title
      ><rect
        class="pages ${mark?.colour ?? 'others'}"
        x="${round(start)}"
        y="${bar.y}"
        width="${round(width)}"
        height="${bar.height}"
      />${
        width > 10 &&
        markup`<text class="letter" x="${round(start + width / 2)}" y="${bar.y + 7.5}"
          >${mark?.letter ?? ''}</text
        >`
      }</g
    >`;
  });
  return markup`<g>
    <text class="caption" x="${box.x}" y="${box.y + 9}"
      >${pageSize(sizeKib)} pages: ${used} of ${total} used</text
    >
    <rect
      class="pool"
      x="${box.x}"
      y="${bar.y}"
      width="${box.width}"
      height="${bar.height}"
      rx="2"
    />${segments}
  </g>`;
}

/** "2 MiB", "1 GiB", "16 KiB" */
export function pageSize(kib: number): string {
  if (kib % (1024 * 1024) === 0) return `${kib / (1024 * 1024)} GiB`;
  return kib % 1024 === 0 ? `${kib / 1024} MiB` : `${kib} KiB`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
