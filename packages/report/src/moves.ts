import { stepName } from './documents.js';
import { markup, type Content, type Html } from './html.js';
import type { ReportCase } from './model.js';
import { drawHost } from './pictures/draw-host.js';
import {
  cpuSet,
  disagreement,
  guestMarks,
  layers,
  threadName,
  type GuestMark,
} from './pictures/guest-marks.js';
import type { GuestPicture, HostPicture } from './pictures/model.js';
import { disagreementsOn } from './pictures/occupancy.js';

type Marks = ReadonlyMap<string, GuestMark>;

interface Frame {
  readonly title: string;
  readonly hosts: readonly { readonly before: HostPicture | undefined; readonly after: HostPicture }[];
}

/** Pictures of the hosts on which something changed, before and after each step that changed it. */
export function movesOf({ recording, steps }: ReportCase): Content {
  const looks = recording?.looks ?? [];
  const guests = looks.flatMap(({ hosts }) => hosts.flatMap((host) => host.guests));
  if (guests.length === 0) return undefined;
  const marks = guestMarks(guests);
  const known = new Map<string, HostPicture>();
  const frames = looks.map(({ step, hosts }): Frame => {
    const changed = hosts.flatMap((after) => {
      const before = known.get(after.name);
      known.set(after.name, after);
      return hasChanged(before, after) ? [{ before, after }] : [];
    });
    return { title: stepName(steps, step), hosts: changed };
  });
  return markup`${legend(guests, marks)}
  ${frames.map((frame) => frame.hosts.length > 0 && drawFrame(frame, marks))}`;
}

/** A host without guests of the case is worth a picture only once it had one. */
function hasChanged(before: HostPicture | undefined, after: HostPicture): boolean {
  if (before === undefined) return after.guests.length > 0;
  const placed = ({ guests, dedicated, shared }: HostPicture): string =>
    JSON.stringify([guests.map(({ uuid, threads, memory }) => [uuid, threads, memory]), dedicated, shared]);
  return placed(before) !== placed(after);
}

function drawFrame({ title, hosts }: Frame, marks: Marks): Html {
  return markup`<section class="frame">
    <h5>After “${title}”</h5>
    ${hosts.map(({ before, after }) => {
      const wrong = disagreementsOn(after);
      return markup`<div class="move">
          ${before !== undefined && figure(before, `${before.name} before`, marks)}
          ${figure(after, before === undefined ? after.name : `${after.name} after`, marks)}
        </div>
        ${
          wrong.length > 0 &&
          markup`<ul class="wrong">
            ${wrong.map((line) => markup`<li>${line}</li>`)}
          </ul>`
        }
        ${threadTables(after.guests, marks)}`;
    })}
  </section>`;
}

function figure(host: HostPicture, caption: string, marks: Marks): Html {
  return markup`<figure>
    <figcaption>${caption}</figcaption>
    <div class="wide" tabindex="0" role="group" aria-label="${caption}">${drawHost(host, marks)}</div>
  </figure>`;
}

function legend(guests: readonly GuestPicture[], marks: Marks): Html {
  const names = new Map(guests.map(({ uuid, name }) => [uuid, name]));
  return markup`<p class="legend">
    ${[...marks].map(([uuid, mark]) => markup`<span class="entry"><i class="swatch ${mark.colour}">${mark.letter}</i> ${names.get(uuid)}</span>`)}
    <span class="entry"><i class="set dedicated"></i> dedicated CPU</span>
    <span class="entry"><i class="set shared"></i> shared CPU</span>
    <span class="entry"><i class="swatch plain">A0</i> vCPU 0 alone</span>
    <span class="entry"><i class="swatch plain small">A</i> vCPUs among others</span>
    <span class="entry"><i class="swatch plain round">A</i> emulator threads</span>
    <span class="entry"
      ><svg width="13" height="12" aria-hidden="true"><path class="warning" d="M6.5 0l6.5 12h-13z" /></svg>
      layers disagree</span
    >
  </p>`;
}

function threadTables(guests: readonly GuestPicture[], marks: Marks): Content {
  if (guests.length === 0) return undefined;
  return markup`<details class="more">
    <summary>Threads in each layer</summary>
    ${guests.map(
      (guest) =>
        markup`<div class="wide" tabindex="0" role="group" aria-label="threads of ${guest.name}">
          <table class="threads">
            <caption>
              <i class="swatch ${marks.get(guest.uuid)?.colour}">${marks.get(guest.uuid)?.letter}</i>
              ${guest.name}
              <span class="where">${guest.state}</span>
            </caption>
            <thead>
              <tr>
                <th><span class="unseen">thread</span></th>
                ${layers.map(([, name]) => markup`<th>${name}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${guest.threads.map((thread) => {
                const wrong = disagreement(thread) !== undefined;
                return markup`<tr class="${wrong ? 'wrong' : ''}">
                  <th scope="row">
                    ${wrong && markup`<span class="cross" aria-label="the layers disagree" role="img">✕</span> `}${threadName(thread)}
                  </th>
                  ${layers.map(([layer]) => markup`<td>${shown(thread[layer])}</td>`)}
                </tr>`;
              })}
            </tbody>
          </table>
        </div>`,
    )}
  </details>`;
}

function shown(cpus: string | undefined): string {
  if (cpus === undefined) return '–';
  return cpuSet(cpus).isEmpty ? 'none' : cpus;
}
