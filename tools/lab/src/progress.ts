/** Told what `up` and the others do, as it happens. */
export interface Progress {
  started(stage: string): void;
  finished(stage: string, seconds: number): void;
  failed(stage: string, seconds: number): void;
  /** Something worth a line that is no stage. */
  note(text: string): void;
  /** Takes a live line away, for other output. */
  end(): void;
}

interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const line = (mark: string, stage: string, seconds: number) =>
  `${mark} ${stage.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s\n`;

/** One line per finished stage; for pipes and logs. */
export function plainProgress(output: Output): Progress {
  return {
    started: () => undefined,
    finished: (stage, seconds) => output.write(line('ok    ', stage, seconds)),
    failed: (stage, seconds) => output.write(line('FAILED', stage, seconds)),
    note: (text) => output.write(`${text}\n`),
    end: () => undefined,
  };
}

/** One JSON object per line: `event` is started, finished, failed or note. */
export function jsonProgress(output: Output): Progress {
  const write = (event: Record<string, unknown>) => output.write(`${JSON.stringify(event)}\n`);
  return {
    started: (stage) => write({ event: 'started', stage }),
    finished: (stage, seconds) => write({ event: 'finished', stage, seconds }),
    failed: (stage, seconds) => write({ event: 'failed', stage, seconds }),
    note: (text) => write({ event: 'note', text }),
    end: () => undefined,
  };
}

/** As plain, and below it a line that tells what is running and for how long. */
export function liveProgress(output: Output, now: () => number = Date.now): Progress {
  const running = new Map<string, number>();
  const begin = now();
  let shown = false;
  const clear = () => {
    if (shown) output.write('\r\u001B[K');
    shown = false;
  };
  const draw = () => {
    clear();
    if (running.size === 0) return;
    const parts = [...running].map(([stage, since]) => `${stage} ${Math.round((now() - since) / 1000)} s`);
    const text = `... ${parts.join(', ')}  (${Math.round((now() - begin) / 1000)} s in all)`;
    output.write(text.slice(0, (output.columns ?? 80) - 1));
    shown = true;
  };
  const timer = setInterval(draw, 500);
  timer.unref();
  const plain = plainProgress(output);
  const around = (act: () => void) => {
    clear();
    act();
    draw();
  };
  return {
    started(stage) {
      running.set(stage, now());
      draw();
    },
    finished(stage, seconds) {
      running.delete(stage);
      around(() => {
        plain.finished(stage, seconds);
      });
    },
    failed(stage, seconds) {
      running.delete(stage);
      around(() => {
        plain.failed(stage, seconds);
      });
    },
    note(text) {
      around(() => {
        plain.note(text);
      });
    },
    end() {
      clearInterval(timer);
      running.clear();
      clear();
    },
  };
}

export function progressFor(output: Output, json: boolean): Progress {
  if (json) return jsonProgress(output);
  return output.isTTY === true ? liveProgress(output) : plainProgress(output);
}
